#!/bin/sh
# Installs what all bundles share.
set -eu
. /usr/local/lib/bundle/base_vars.sh
# shellcheck disable=SC2086 # a list of words
install $base_packages
