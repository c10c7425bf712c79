# shellcheck shell=bash
# What every script here shares: messages, programs to install, Node's side. Sourced, not run.

root_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
lib_dir=$root_dir/scripts/lib
# Not inside the checkout: a socket's path may have 108 bytes, and overlay2 wants a real file system.
# shellcheck disable=SC2034 # the scripts use it
engine_dir=${TBUILD_ENGINE_DIR:-/var/lib/tbuild/engine}
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive

say() { printf '%s\n' "$*" >&2; }

# fail MESSAGE [HINT…]: the surroundings are not as needed
fail() {
  say "error: $1"
  shift
  local hint
  for hint in "$@"; do say "hint: $hint"; done
  exit 3
}

# usage_error MESSAGE HINT
usage_error() {
  say "error: $1"
  say "hint: $2"
  exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

# help_of FILE: the comment at the top of a script is its help
help_of() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# need_root WHY
need_root() {
  [ "$(id -u)" = 0 ] || fail "$1 needs root" "run \`sudo -E $0${script_args:+ $script_args}\`"
}

# need_programs PROGRAM:PACKAGE…: installs the packages of the programs that are missing
need_programs() {
  local pair packages=()
  for pair in "$@"; do
    have "${pair%%:*}" || packages+=("${pair##*:}")
  done
  need_packages "${packages[@]}"
}

# need_packages PACKAGE…: installs them, without letting them start any service
need_packages() {
  [ $# -gt 0 ] || return 0
  have apt-get || fail "missing here: $*" "install them; only Debian's apt-get is used automatically"
  need_root "installing $*"
  say "installing $*"
  local log policy=/usr/sbin/policy-rc.d own_policy=
  log=$(mktemp)
  if [ ! -e $policy ]; then
    own_policy=$policy
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
  fi
  if ! apt_install "$@" >"$log" 2>&1 </dev/null; then
    rm -f ${own_policy:+"$own_policy"}
    tail -n 15 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install $*" "see the lines above; once they are installed, run this again"
  fi
  rm -f "$log" ${own_policy:+"$own_policy"}
}

apt_install() {
  if [ -z "${TBUILD_APT_UPDATED:-}" ]; then
    apt-get -q -o DPkg::Lock::Timeout=120 update || return
    export TBUILD_APT_UPDATED=1
  fi
  apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@"
}

need_node() {
  have node || fail "Node is missing" "install Node 20.19 or newer, with npm"
  node -e 'const [a, b] = process.versions.node.split(".");
    process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
    fail "Node $(node -p process.versions.node) is too old" "install Node 20.19 or newer"
}

# Installs node_modules when they are not what package-lock.json says, and bundles the sources.
need_built() {
  need_node
  have npm || fail "npm is missing" "install npm, it comes with Node"
  cd "$root_dir" || exit
  if ! node "$lib_dir/modules-current.js"; then
    say "installing node_modules"
    quietly "npm ci failed" "behind a proxy, npm needs https_proxy" \
      npm ci --ignore-scripts --no-progress --loglevel=error
  fi
  quietly "the sources could not be bundled" "run \`npm run build\` again after a change" npm run --silent build
}

# quietly MESSAGE HINT COMMAND…: shows the command's output, at most 20 lines, only when it fails
quietly() {
  local log message=$1 hint=$2
  shift 2
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1 </dev/null; then
    head -n 20 "$log" >&2
    rm -f "$log"
    fail "$message" "see the lines above" "$hint"
  fi
  rm -f "$log"
}

# started_at PID: when a process started, so that a number used again is not taken for it
started_at() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  # After the name in parentheses the state is field 1 and the start time field 20.
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  [ "$1" != Z ] && echo "${20}"
}

# alive FILE: whether the process that a file names as `PID START` still runs; sets $pid
alive() {
  local start
  pid=
  { read -r pid start <"$1"; } 2>/dev/null || return 1
  [ -n "$start" ] && [ "$(started_at "$pid")" = "$start" ]
}

# stop_process FILE SECONDS: ends the process a file names, politely and then not
stop_process() {
  local tries=$(($2 * 10))
  if alive "$1"; then
    kill -TERM "$pid" 2>/dev/null || true
    while alive "$1" && [ $tries -gt 0 ]; do
      sleep 0.1
      tries=$((tries - 1))
    done
    if alive "$1"; then kill -KILL "$pid" 2>/dev/null || true; fi
    while alive "$1"; do sleep 0.05; done
  fi
  rm -f "$1"
}

# What the fleet's own targets run on this machine.
need_fleet_programs() {
  need_programs git:git mmdebstrap:mmdebstrap update-ca-certificates:ca-certificates
}
