"""Root, and how it is given up for the user that everything runs as; `--user` leaves nothing to give up."""

import contextlib
import os
import pwd
import stat

NAME = "app"
RUN = "/run/bundle"


def is_root():
    return os.geteuid() == 0


def prepare():
    """Makes what only root can: the folder of the running files, and output that may be opened again."""
    if not is_root():
        return
    who = pwd.getpwnam(NAME)
    os.makedirs(RUN, exist_ok=True)
    os.chown(RUN, who.pw_uid, who.pw_gid)
    for number in (0, 1, 2):
        own(number, who)


def own(number, who):
    """Gives a pipe or terminal to the user: who opens /dev/stdout is asked for the right to."""
    try:
        mode = os.fstat(number).st_mode
        if stat.S_ISFIFO(mode) or os.isatty(number):
            os.fchown(number, who.pw_uid, who.pw_gid)
    except OSError:
        pass  # Closed, or of another user's terminal: then it can be written, and not opened again.


def give_up_root():
    if not is_root():
        return
    who = pwd.getpwnam(NAME)
    os.initgroups(NAME, who.pw_gid)
    os.setgid(who.pw_gid)
    os.setuid(who.pw_uid)
    os.environ.update(HOME=who.pw_dir, USER=NAME, LOGNAME=NAME)


@contextlib.contextmanager
def lowered():
    """Does as the user what root could do too, so that what the user may not is found out now."""
    if not is_root():
        yield
        return
    who = pwd.getpwnam(NAME)
    os.initgroups(NAME, who.pw_gid)
    os.setegid(who.pw_gid)
    os.seteuid(who.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups([])


def described():
    """The user for a message."""
    number = os.geteuid()
    try:
        return f"user `{pwd.getpwuid(number).pw_name}` ({number})"
    except KeyError:
        return f"user {number}"
