"""`store NAME`: puts a jar into the pantry."""

from django.core.management.base import BaseCommand, CommandError

from pantry.models import Jar


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("name")

    def handle(self, name, **_options):
        if name == "snakes":
            raise CommandError("no snakes", returncode=9)
        Jar.objects.create(name=name)
        self.stdout.write(f"stored {name}")
