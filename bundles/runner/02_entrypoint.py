#!/opt/app/bin/python -I
"""The image's entry point: reads which command is wanted and starts it; what commands do is theirs."""

import os
import sys

sys.path.insert(0, "/opt/runner")

from runner import commands, first_process, log_device, user  # noqa: E402
from runner.problem import Problem  # noqa: E402


def main():
    name = os.path.basename(sys.argv[0])
    words = [name, *sys.argv[1:]] if name in commands.COMMANDS else sys.argv[1:]
    # Cron changes to the user of each job, so it alone keeps root.
    keeps_root = words[:1] == ["cron"]
    user.prepare()
    log = log_device.open_where_missing()
    if log is None and os.getpid() != 1:
        become(words, keeps_root)
    sys.exit(first_process.run(lambda: become(words, keeps_root), log, keeps_root))


def become(words, keeps_root):
    """Replaces this process by the command, or ends it with what is wrong."""
    try:
        if not keeps_root:
            user.give_up_root()
        commands.become(words)
    except Problem as problem:
        problem.tell()
        sys.stderr.flush()
        os._exit(problem.code)


if __name__ == "__main__":
    main()
