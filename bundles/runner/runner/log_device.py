"""A small syslog: where nothing is mounted at /dev/log, what programs send there goes to the output."""

import os
import re
import socket
import sys

DEVICE = "/dev/log"
LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
# The priority, and the time, which `docker logs --timestamps` tells better.
HEAD = re.compile(r"<(\d{1,3})>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d )?")


def open_where_missing():
    """The socket, or None where one is mounted or this user may not make it."""
    if os.path.exists(DEVICE):
        return None
    device = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        device.bind(DEVICE)
        os.chmod(DEVICE, 0o666)
    except OSError:
        device.close()
        return None
    return device


def print_all(device):
    """Prints what has arrived, and waits for nothing."""
    while True:
        try:
            message = device.recv(65536)
        except BlockingIOError:
            break
        sys.stdout.write(line_of(message) + "\n")
    sys.stdout.flush()


def line_of(message):
    """`<11>Nov 21 09:20:00 tick: lost` as `err tick: lost`."""
    text = message.decode("utf-8", "replace").rstrip("\0\n").replace("\n", " ")
    head = HEAD.match(text)
    if head is None:
        return text
    return f"{LEVELS[int(head[1]) % 8]} {text[head.end():]}"
