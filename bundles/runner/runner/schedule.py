"""`cron`: the package's crontab, or the one of /config, each job of it run by the wrapper as the user."""

import os
import pwd
import re
import shlex

from . import configuration, user
from .problem import SURROUNDINGS, Problem

CRON = "/usr/sbin/cron"
TABLE = "/etc/cron.d/bundle"
ENVIRONMENT = f"{user.RUN}/environment"
WRAPPER = "/opt/runner/bin/cronwrapper"
# Variables are no jobs; `@daily` stands for five fields.
VARIABLE = re.compile(r"\s*\w+\s*=")
JOB = re.compile(r"\s*(@\w+|(?:\S+\s+){4}\S+)\s+(\S.*)")


def become(app):
    if not user.is_root():
        raise Problem(
            f"`cron` cannot be run by {user.described()}",
            "start it without `--user`: cron gives root up for its jobs itself",
        )
    with user.lowered():
        path = source(app)
        with open(path, encoding="utf-8") as file:
            table = table_of(file.read(), path)
    write_environment()
    with open(TABLE, "w", encoding="utf-8") as file:
        # The wrapper has said it all; what is left would be mail.
        file.write(f'MAILTO=""\n{table}')
    # Its own words about each start would say what the wrapper says again.
    os.execv(CRON, ["cron", "-f", "-L", "0"])


def source(app):
    if configuration.given("crontab"):
        return os.path.join(configuration.CONFIG, "crontab")
    path = app.crontab()
    if path is None:
        raise Problem(
            f"`{app.name}` brings no crontab",
            "put a file `crontab` into `/config`, or among the files of the package",
            SURROUNDINGS,
        )
    return path


def table_of(text, path):
    """A crontab as cron wants it in its own folder: with the user, and each command wrapped."""
    lines = [table_line(line, f"{path}:{at}") for at, line in enumerate(text.splitlines(), 1)]
    return "".join(f"{line}\n" for line in lines)


def table_line(line, place):
    if not line.strip() or line.lstrip().startswith("#") or VARIABLE.match(line):
        return line
    job = JOB.fullmatch(line)
    if job is None:
        raise Problem(
            f"{place}: not a line of a crontab: `{line.strip()}`",
            "MINUTE HOUR DAY MONTH WEEKDAY COMMAND, or @daily COMMAND",
            SURROUNDINGS,
        )
    when, command = job.groups()
    words = command.split(maxsplit=1)
    if words[0] == "cronwrapper":
        return f"{when} {user.NAME} {WRAPPER} {words[1] if len(words) > 1 else ''}".rstrip()
    return f"{when} {user.NAME} {WRAPPER} -- sh -c {shlex.quote(command)}"


def write_environment():
    """The container's environment, for the wrapper: cron gives its jobs almost nothing of it."""
    kept = {**os.environ, "HOME": os.path.expanduser(f"~{user.NAME}"), "USER": user.NAME}
    lines = [
        f"export {name}={shlex.quote(value)}\n"
        for name, value in kept.items()
        if re.fullmatch(r"[A-Za-z_]\w*", name)
    ]
    with open(ENVIRONMENT, "w", encoding="utf-8", opener=private) as file:
        file.writelines(lines)


def private(path, flags):
    """Secrets may be in it: for the user of the jobs and for nobody else."""
    number = os.open(path, flags, 0o640)
    os.fchown(number, 0, pwd.getpwnam(user.NAME).pw_gid)
    return number
