#!/bin/sh
# provision.sh PYTHON: adds to the base the programs that serve, and the user that everything runs as.
set -eu
. /usr/local/lib/bundle/base_vars.sh
case $1 in */*) own= ;; *) own="python$1-venv libpython$1" ;; esac
# shellcheck disable=SC2086 # a list of words
install cron nginx supervisor $own

groupadd --gid 1000 app
useradd --uid 1000 --gid app --create-home --shell /bin/bash app
mkdir -p /config /scripts /run/bundle
chown app:app /scripts
chmod 1777 /run/bundle
sh "$(dirname "$0")/01_setup_cron.sh"
