"""Takes the wheelhouse of one package out of what `--wheels` gives: a wheelhouse, or a folder of several.

Which package a wheelhouse is of, its requirements.txt says in the first line. Hashes are verified where the
wheels are installed.
"""

import argparse
import glob
import os
import re
import shutil
import sys


def main():
    parser = argparse.ArgumentParser()
    for name in ("package", "version", "given", "shown", "to"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    wanted = f"{options.package}-{options.version}"
    own = os.path.join(options.given, wanted)
    folder, shown = (own, f"{options.shown}/{wanted}") if os.path.isdir(own) else (options.given, options.shown)
    found = first_requirement(folder)
    if not is_wanted(found, options):
        whose = f"is that of `{found}`" if found else "has no `requirements.txt`"
        print(f"::error::the wheelhouse `{shown}` {whose}, and `{options.package}=={options.version}` is wanted")
        print(f"::hint::for several packages give a folder that has each in a folder such as `{wanted}`")
        return 1
    os.makedirs(options.to, exist_ok=True)
    for file in glob.glob(os.path.join(folder, "*.whl")) + glob.glob(os.path.join(folder, "*.txt")):
        shutil.copy(file, options.to)
    return 0


def first_requirement(folder):
    try:
        with open(os.path.join(folder, "requirements.txt"), encoding="utf-8") as lines:
            return next(iter(lines.readline().split()), "")
    except FileNotFoundError:
        return ""


def is_wanted(found, options):
    name, _, version = found.partition("==")
    return plain(name) == plain(options.package) and version == options.version


def plain(name):
    """As indexes compare names."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
