"""The commands of the image: each makes the environment of the application and becomes a program."""

import os

from . import configuration, package, schedule, service, user
from .problem import SURROUNDINGS, USAGE, Problem, listed

SCRIPTS = "/scripts"
PYTHON = "/opt/app/bin/python"
DJANGO_ADMIN = "/opt/app/bin/django-admin"

USAGE_TEXT = """commands:
  si-service SERVICE             serve a web service on port 8080
  cron                           run the jobs of the crontab
  shell                          bash
  pyscript SCRIPT [PARAMS]       a Python script of /scripts
  django-admin COMMAND [PARAMS]  a management command of Django
  PROGRAM [PARAMS]               anything else, as it is"""


def become(words):
    """Replaces this process by the program that the words ask for; returns only by a Problem."""
    app = package.installed()
    if not words:
        raise Problem("no command is given", f"{USAGE_TEXT}\n{offers(app)}")
    with user.lowered():
        set_environment(app)
    command = COMMANDS.get(words[0])
    if command is None:
        execute(words, app)
    command(app, words[1:])


def offers(app):
    told = [f"services: {listed(app.services())}" if app.services() else "services: none"]
    if app.programs():
        told.append(f"programs of `{app.name}`: {listed(app.programs())}")
    return "\n".join(told)


def set_environment(app):
    """What the application finds its settings by; what the caller set counts."""
    values = {"package": app.name, "version": app.version}
    os.environ.setdefault(
        app.config_variable(), configuration.path_of("settings.ini", values)
    )
    module = app.settings_module()
    if module is not None:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", module)


def execute(words, app):
    try:
        os.execvp(words[0], words)
    except FileNotFoundError as error:
        raise Problem(
            f"no command `{words[0]}`", f"{USAGE_TEXT}\n{offers(app)}", 127
        ) from error
    except OSError as error:
        raise Problem(
            f"`{words[0]}` cannot be run: {error.strerror.lower()}", "name a program", 126
        ) from error


def si_service(app, words):
    if len(words) != 1:
        raise Problem("`si-service` takes the name of one service", offers(app))
    service.become(app, words[0])


def cron(app, words):
    if words:
        raise Problem("`cron` takes no parameters", "jobs are told by the crontab")
    schedule.become(app)


def shell(_app, words):
    os.execv("/bin/bash", ["bash", *words])


def pyscript(_app, words):
    if not words:
        raise Problem("`pyscript` takes the name of a script", there())
    path = os.path.join(SCRIPTS, words[0])
    if not os.path.isfile(path):
        raise Problem(f"no script `{words[0]}` in `{SCRIPTS}`", there())
    os.execv(PYTHON, [PYTHON, path, *words[1:]])


def there():
    """What /scripts has, for a hint."""
    try:
        names = [name for name in os.listdir(SCRIPTS) if name.endswith(".py")]
    except OSError as error:
        raise Problem(
            f"`{SCRIPTS}` cannot be read: {error.strerror.lower()}",
            "let the user of the container read it",
            SURROUNDINGS,
        ) from error
    if names:
        return f"there are {listed(names)}"
    return f"nothing is there: mount a folder with scripts at `{SCRIPTS}`"


def django_admin(app, words):
    if not os.path.exists(DJANGO_ADMIN):
        raise Problem(f"Django is not among what `{app.name}` needs", offers(app), USAGE)
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        raise Problem(
            f"`{app.name}` has no module `settings`",
            "name it with `--env DJANGO_SETTINGS_MODULE=MODULE`",
        )
    os.execv(DJANGO_ADMIN, [DJANGO_ADMIN, *words])


COMMANDS = {
    "si-service": si_service,
    "cron": cron,
    "shell": shell,
    "pyscript": pyscript,
    "django-admin": django_admin,
}
