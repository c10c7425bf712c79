#!/bin/sh
# How apt behaves in every bundle: nothing that was not asked for, nothing that is only read by people.
set -eu
cat >/etc/apt/apt.conf.d/90bundle <<'END'
APT::Install-Recommends "false";
APT::Install-Suggests "false";
Acquire::Languages "none";
Acquire::Retries "3";
END
