#!/bin/sh
# How apt behaves in every bundle: nothing that was not asked for, that is only read by people,
# or that tells when it ran.
set -eu
cat >/etc/apt/apt.conf.d/90bundle <<'END'
APT::Install-Recommends "false";
APT::Install-Suggests "false";
Acquire::Languages "none";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Retries "3";
END
