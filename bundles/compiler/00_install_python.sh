#!/bin/sh
# Adds to Debian's Python what compiles wheels with it.
set -eu
. /usr/local/lib/bundle/base_vars.sh
# shellcheck disable=SC2086 # a list of words
install $compiler_packages
