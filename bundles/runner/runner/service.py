"""`si-service`: nginx before uWSGI under supervisord, kept until a signal or until one of them cannot be."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import xmlrpc.client

from . import configuration, user
from .problem import SURROUNDINGS, Problem, listed

SUPERVISORD = "/usr/bin/supervisord"
UWSGI = "/opt/app/bin/uwsgi"
SOCKET = f"{user.RUN}/supervisor.sock"
ADDRESS = "http://app:app@supervisord"  # as supervisord.conf says; the socket is what it is reached by
FIFO = f"{user.RUN}/uwsgi.fifo"
ENDS = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
TURN = 0.05  # seconds: how often supervisord is made to look at who has ended, while it stops
LOOK = 1  # seconds between two looks at what became of the programs


def become(app, name):
    """Serves until a signal, and ends this process: with 0, or with 1 where the service cannot run."""
    path = prepare(app, name)
    with open(f"{user.RUN}/service", "w", encoding="utf-8") as file:
        file.write(f"{name}\n")
    code = keep([SUPERVISORD, "--nodaemon", "--configuration", path], name)
    sys.stdout.flush()
    os._exit(code)


def prepare(app, name):
    """Makes the configuration of the service; gives back supervisord's."""
    services = app.services()
    if name not in services:
        offered = f"it offers {listed(services)}" if services else "it offers none"
        raise Problem(f"`{app.name}` has no service `{name}`", offered)
    if not os.path.exists(UWSGI):
        raise Problem(
            f"uWSGI is not among what `{app.name}` was bundled with",
            "add `uwsgi` to what its wheelhouse is made of",
        )
    drain = number_of("BUNDLE_DRAIN", 1)
    values = {
        "package": app.name,
        "version": app.version,
        "service": name,
        "module": services[name],
        "run": user.RUN,
        "workers": number_of("BUNDLE_WORKERS", 2),
        "drain": drain,
        "patience": drain + 1,
    }
    for file in ("uwsgi", "nginx"):
        suffix = "ini" if file == "uwsgi" else "conf"
        values[file] = configuration.path_of(f"{file}.{suffix}", values)
    return configuration.path_of("supervisord.conf", values)


def number_of(variable, default):
    text = os.environ.get(variable, str(default))
    if not text.isdecimal() or int(text) == 0:
        raise Problem(f"`{variable}` is `{text}`", "give a whole number from 1", SURROUNDINGS)
    return int(text)


def keep(command, name):
    # A program that ends just when it is asked or woken must not end this one. Popen gives its child the default.
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, (*ENDS, signal.SIGCHLD))
    supervisord = subprocess.Popen(
        command, preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, ())
    )
    while supervisord.poll() is None:
        heard = signal.sigtimedwait((*ENDS, signal.SIGCHLD), LOOK)
        if heard is not None and heard.si_signo in ENDS:
            stop(supervisord)
            return 0
        failed = [it["name"] for it in ask("getAllProcessInfo") or () if it["statename"] == "FATAL"]
        if failed:
            stop(supervisord)
            why = f"{listed(failed)} of the service `{name}` does not start"
            Problem(why, "its own words are above").tell()
            return 1
    return supervisord.returncode or 1


def stop(supervisord):
    """Lets supervisord stop first nginx and then uWSGI, each after its last request.

    Left alone, both supervisord and uWSGI look once a second at who has ended, which together would take
    longer than there is. Whoever is asked something looks at once.
    """
    if ask("shutdown") is None:
        supervisord.terminate()
    while True:
        try:
            supervisord.wait(TURN)
            return
        except subprocess.TimeoutExpired:
            ask("getState")
            wake(FIFO)


def ask(method):
    """An answer of supervisord, or None while there is none to be had."""
    try:
        with xmlrpc.client.ServerProxy(ADDRESS, transport=OverSocket()) as server:
            return getattr(server.supervisor, method)()
    except (OSError, http.client.HTTPException, xmlrpc.client.Error):
        return None


def wake(path):
    """Writes what is no command to uWSGI."""
    try:
        fifo = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return  # It has ended, or the uwsgi.ini of /config has no fifo.
    try:
        os.write(fifo, b"\n")
    except OSError:
        pass  # It ended meanwhile.
    finally:
        os.close(fifo)


class OverSocket(xmlrpc.client.Transport):
    def make_connection(self, host):
        host, self._extra_headers, _ = self.get_host_info(host)
        connection = http.client.HTTPConnection(host)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(LOOK)
        connection.sock.connect(SOCKET)
        return connection
