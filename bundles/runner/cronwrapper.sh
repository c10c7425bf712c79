#!/bin/sh
# cronwrapper [--name NAME] [--kill-previous] [--environment NAME[,NAME…]] [--] COMMAND…
#
# Runs a job of cron: never twice at a time, its output to syslog, and as failed when it wrote to stderr.
#   --name           what the job is called in the log and by its pid file; else made from the command
#   --kill-previous  ends the run that is still going on, in place of leaving this one out
#   --environment    runs only where BUNDLE_ENVIRONMENT is one of these
set -eu
[ ! -r /run/bundle/environment ] || . /run/bundle/environment

refuse() {
    logger --stderr --tag cronwrapper --priority cron.err -- "$1"
    exit 2
}

name='' kill_previous='' environments=''
while [ $# -gt 0 ]; do
    case $1 in
        --name) name=$2; shift 2 ;;
        --name=*) name=${1#*=}; shift ;;
        --kill-previous) kill_previous=1; shift ;;
        --environment) environments=$2; shift 2 ;;
        --environment=*) environments=${1#*=}; shift ;;
        --) shift; break ;;
        -*) refuse "no option \`$1\`" ;;
        *) break ;;
    esac
done
[ $# -gt 0 ] || refuse "no command is given"
[ -n "$name" ] || name=job-$(printf '%s\n' "$@" | cksum | cut -d' ' -f1)
case $name in */* | .*) refuse "\`$name\` cannot be the name of a job" ;; esac

say() { logger --tag "$name" --priority "cron.$1" -- "$2"; }

if [ -n "$environments" ]; then
    case ,$environments, in
        *,"${BUNDLE_ENVIRONMENT-}",*) ;;
        *) exit 0 ;;
    esac
fi

# Whoever holds the lock on the file runs; the number in it says who that is. The file stays: who waits
# for the lock must wait for the same file as the next one.
folder=/run/bundle/cron
mkdir -p "$folder"
pid_file=$folder/$name.pid
exec 9<>"$pid_file"
end_previous() { kill -s "$1" -- "-$(cat "$pid_file")" 2>/dev/null || true; }
if ! flock --nonblock 9; then
    previous=$(cat "$pid_file")
    if [ -z "$kill_previous" ]; then
        say notice "left out: the previous run, process $previous, still goes on"
        exit 0
    fi
    say notice "the previous run, process $previous, is ended"
    end_previous TERM
    until flock --timeout 5 9; do end_previous KILL; done
fi

work=$(mktemp -d "$folder/$name.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkfifo "$work/out" "$work/err"
logger --tag "$name" --priority cron.info <"$work/out" 9>&- &
tee "$work/stderr" <"$work/err" 9>&- | logger --tag "$name" --priority cron.err 9>&- &
# A group of its own, so that all of the job can be ended, and nothing else.
setsid --wait "$@" >"$work/out" 2>"$work/err" 9>&- &
job=$!
echo "$job" >"$pid_file"
code=0
wait "$job" || code=$?
wait

if [ "$code" -eq 0 ] && [ -s "$work/stderr" ]; then
    say err "failed: wrote to stderr"
    exit 1
fi
[ "$code" -eq 0 ] || say err "failed: exit code $code"
exit "$code"
