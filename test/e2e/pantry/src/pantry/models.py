from django.db import models


class Jar(models.Model):
    name = models.CharField(max_length=40)
