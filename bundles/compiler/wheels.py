"""Compiles source distributions to wheels that have the same bytes wherever and whenever that is done.

Each is compiled in a folder of a fixed name, and at the time of the newest file in it: pip's own folders have
names by chance, and programs such as uWSGI say where they were compiled. What was compiled is kept by the
content of its source.
"""

import calendar
import glob
import hashlib
import os
import shutil
import tarfile
import zipfile

from pip._internal.utils.unpacking import unpack_file

FOLDER = "/tmp/bundle"
# Archives of wheels know no earlier moment.
EARLIEST = 315532800


def make_wheels(downloads, wheels, keep, pip):
    """Fills the folder of wheels from what was downloaded; `pip(words, environment)` runs pip.

    When one does not compile the others still do, and are kept: the next time is shorter.
    """
    failures = []
    for name in sorted(os.listdir(downloads)):
        file = os.path.join(downloads, name)
        if name.endswith(".whl"):
            shutil.move(file, wheels)
            continue
        kept = os.path.join(keep, sha256(file))
        if not glob.glob(os.path.join(kept, "*.whl")):
            try:
                compile_one(file, kept, pip)
            except Exception as failure:
                failures.append(failure)
        for wheel in glob.glob(os.path.join(kept, "*.whl")):
            shutil.copy(wheel, wheels)
    if failures:
        raise failures[0]


def compile_one(file, to, pip):
    folder = os.path.join(FOLDER, os.path.basename(file))
    shutil.rmtree(folder, ignore_errors=True)
    unpack_file(file, folder)
    pip(["wheel", "--no-deps", "--wheel-dir", to, folder], {"SOURCE_DATE_EPOCH": str(newest(file))})
    shutil.rmtree(folder)


def newest(file):
    """The time of the newest file in an archive, in seconds since 1970."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            times = [calendar.timegm((*it.date_time, 0, 0, 0)) for it in archive.infolist()]
    else:
        with tarfile.open(file) as archive:
            times = [int(member.mtime) for member in archive]
    return max(EARLIEST, *times)


def sha256(file):
    digest = hashlib.sha256()
    with open(file, "rb") as source:
        for chunk in iter(lambda: source.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()
