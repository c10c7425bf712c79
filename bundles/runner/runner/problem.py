"""What a user can cause, with the next action; everything else is a bug and shows its trace."""

import sys

USAGE = 2
SURROUNDINGS = 3


class Problem(Exception):
    def __init__(self, message, hint, code=USAGE):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code

    def tell(self):
        print(f"error: {self.message}\nhint: {self.hint}", file=sys.stderr)


def listed(names):
    """The names for a message: `a`, `b`."""
    return ", ".join(f"`{name}`" for name in sorted(names))
