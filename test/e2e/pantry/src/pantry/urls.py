from django.http import HttpResponse
from django.urls import path

from .models import Jar


def jars(_request):
    names = Jar.objects.order_by("name").values_list("name", flat=True)
    return HttpResponse("<h1>Pantry</h1>" + "".join(f"<p>{name}</p>" for name in names))


urlpatterns = [path("", jars)]
