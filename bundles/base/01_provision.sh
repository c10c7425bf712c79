#!/bin/sh
# Installs what all bundles share, and what compiler and runner do their own steps with.
set -eu
here=$(dirname "$0")
. "$here/base_vars.sh"
sh "$here/00_apt_config.sh"
mkdir -p /usr/local/lib/bundle
cp "$here/base_vars.sh" "$here/02_step.sh" /usr/local/lib/bundle/
# shellcheck disable=SC2086 # a list of words
install $base_packages
