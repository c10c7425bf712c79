#!/bin/sh
# 02_step.sh COMMAND…: one step of an image, whose layer has the same bytes whenever it is made.
#
# What only tells of the making goes. What the step wrote gets one time: of the newest file that was there
# before or came with a Debian package, or the one that the step leaves in /dev/shm/time.
set -eu
started=/dev/shm/started
touch -d '-10 seconds' $started

# files WORDS-OF-FIND…: all of the image, and nothing that is mounted into it.
files() {
    words=
    for place in $(cut -d' ' -f5 /proc/self/mountinfo); do
        [ "$place" = / ] || words="$words -path $place -prune -o"
    done
    # shellcheck disable=SC2086 # a list of words
    find / -mindepth 1 $words "$@"
}

newest() { files ! -newer $started -printf '%T@\n' | cut -d. -f1 | sort -n | tail -n 1; }

# Users are made on that day, and Python knows compiled files by content and not by time.
SOURCE_DATE_EPOCH=$(newest) PYTHONHASHSEED=0 "$@"

# Emptied and not removed: what is removed of a layer below leaves an entry with the time of now.
files -newer $started -type f \( -path '/var/log/*' -o -path /var/cache/ldconfig/aux-cache \) \
    -exec truncate --size 0 {} +

time=$(cat /dev/shm/time 2>/dev/null || newest)
files -newer $started -print0 | xargs -0r touch --no-dereference --date="@$time"
