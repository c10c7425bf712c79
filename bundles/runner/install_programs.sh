#!/bin/sh
# install_programs.sh: the entry point, the health check and what they consist of, at their places.
set -eu
here=$(dirname "$0")
mkdir -p /opt/runner/bin
cp -r "$here/runner" "$here/templates" "$here/02_entrypoint.py" "$here/03_health.py" /opt/runner/
cp "$here/cronwrapper.sh" /opt/runner/bin/cronwrapper
chmod -R u=rwX,go=rX /opt/runner
chmod 755 /opt/runner/*.py /opt/runner/bin/cronwrapper
# The commands that jobs, and `docker exec`, call by their names.
ln -s ../02_entrypoint.py /opt/runner/bin/pyscript
ln -s ../02_entrypoint.py /opt/runner/bin/django-admin
