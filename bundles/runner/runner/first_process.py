"""The container's first process: passes signals on, fetches the dead, empties /dev/log before the end.

It is no general init from Debian, because such a one ends with the command, and the last lines that the
command sent to /dev/log would be lost.
"""

import os
import selectors
import signal
import socket
import traceback

from . import log_device, user

PASSED_ON = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
    signal.SIGWINCH,
)


def run(become, log, keeps_root):
    """Runs `become`, which never returns, in a child; gives back the exit code for this process."""
    woken = hear_signals()
    # A signal that comes before the command is there waits for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, PASSED_ON)
    child = os.fork()
    if child == 0:
        in_child(become)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
    if not keeps_root:
        user.give_up_root()
    selector = selectors.DefaultSelector()
    selector.register(woken, selectors.EVENT_READ)
    if log is not None:
        selector.register(log, selectors.EVENT_READ)
    code = None
    while code is None:
        ready = [key.fileobj for key, _ in selector.select()]
        if log in ready:
            log_device.print_all(log)
        if woken in ready:
            code = handle_signals(woken.recv(4096), child)
    if log is not None:
        log_device.print_all(log)
    return code


def hear_signals():
    """A socket on which the number of each signal arrives, so that one loop waits for everything."""
    woken, write_end = socket.socketpair()
    write_end.setblocking(False)
    signal.set_wakeup_fd(write_end.detach())
    for number in (*PASSED_ON, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return woken


def in_child(become):
    try:
        signal.set_wakeup_fd(-1)
        take_terminal()
        for number in (*PASSED_ON, signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, PASSED_ON)
        become()
    except BaseException:
        traceback.print_exc()
    os._exit(70)  # Only a bug leads here.


def take_terminal():
    """Where there is a terminal, its signals are for the command alone."""
    if not os.isatty(0):
        return
    os.setpgid(0, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    try:
        os.tcsetpgrp(0, os.getpid())
    except OSError:
        pass  # A terminal that controls nobody.
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)


def handle_signals(numbers, child):
    """Passes signals on, and fetches the dead; the exit code once the child is among them."""
    code = None
    for number in numbers:
        if number in PASSED_ON:
            os.kill(child, number)
    while True:
        try:
            dead, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if dead == 0:
            return code
        if dead == child:
            ended = os.waitstatus_to_exitcode(status)
            code = ended if ended >= 0 else 128 - ended
