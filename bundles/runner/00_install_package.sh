#!/bin/sh
# 00_install_package.sh PYTHON PACKAGE VERSION: makes /opt/app, a virtual environment with the package and
# all that it needs, from the wheelhouse beside this file and from nothing else.
set -eu
python=$1 package=$2 version=$3
wheelhouse=$(dirname "$0")/wheelhouse

fail() {
    echo "error: $1" >&2
    echo "hint: $2" >&2
    exit 1
}

case $python in */*) ;; *) python=python$python ;; esac
command -v "$python" >/dev/null ||
    fail "no interpreter \`$python\` in the base image" "name one that it has as the argument PYTHON"
[ -r "$wheelhouse/requirements.txt" ] ||
    fail "no \`requirements.txt\` in the wheelhouse" "make the wheelhouse again"

export PYTHONDONTWRITEBYTECODE=1
"$python" -m venv /opt/app
PIP_DISABLE_PIP_VERSION_CHECK=1 /opt/app/bin/pip install --no-cache-dir --no-compile \
    --no-index --find-links "$wheelhouse" --require-hashes --requirement "$wheelhouse/requirements.txt"

installed=$(/opt/app/bin/python -I -c \
    'import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))' "$package") ||
    fail "the wheelhouse has no \`$package\`" "make the wheelhouse again, for this package"
[ "$installed" = "$version" ] ||
    fail "the wheelhouse has \`$package\` $installed, not $version" "make the wheelhouse again, for this version"

# What this step writes gets the time of the package: of the newest file in its wheel.
/opt/app/bin/python -I - "$package" "$wheelhouse" >/dev/shm/time <<'END'
import calendar, glob, os, sys, zipfile
from pip._vendor.packaging.utils import canonicalize_name, parse_wheel_filename

for file in glob.glob(os.path.join(sys.argv[2], "*.whl")):
    if parse_wheel_filename(os.path.basename(file))[0] == canonicalize_name(sys.argv[1]):
        times = [it.date_time for it in zipfile.ZipFile(file).infolist()]
        print(calendar.timegm((*max(times), 0, 0, 0)))
END

# Compiled to the same bytes each time: by the content of the source, not by its time. A package may have
# files that this Python cannot read, as pip allows too.
find /opt/app -name __pycache__ -prune -exec rm -r {} +
/opt/app/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/app/lib /opt/runner || true

# What a wheel was linked against in the compiler must be here too.
if [ -x /opt/app/bin/uwsgi ]; then
    missing=$(ldd /opt/app/bin/uwsgi | sed -n 's/^[[:space:]]*\([^ ]*\) => not found$/\1/p' | tr '\n' ' ')
    [ -z "$missing" ] ||
        fail "\`uwsgi\` needs libraries that the image lacks: $missing" "add their packages to the base image"
fi
