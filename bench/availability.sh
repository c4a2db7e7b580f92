#!/bin/sh
# What clients see while protection against a bug comes to a server: by a filter, or by a restart.
#
#     bench/availability.sh [SECONDS [PER_SECOND]]        (60 s at 6000 requests a second)
#
# The server is the web server of corpus/apache-25520 with its pages in memory (bench/availability), which takes
# about 10 s after a start until it serves at full speed. 32 connections. After a warm-up, in a third of
# the time, the bug is
#
#   rolling   bypassed by `loom-pipe`, thread by thread, nobody paused
#   stop      bypassed by `loom-pipe --stop`, all threads at one instant
#   restart   gone: the server is ended, and the one with the conventional fix started
#   nothing   still there: the control
#
# In $LOOM_BUILD/figures: availability-WAY.dat, a line per 100 ms as bench/availability/load.c says,
# and availability.txt, a summary: throughput and latency in the second before and the seconds behind,
# requests not answered, lines of the log that are garbled, before and from the moment when the filter
# is in force. Pictures: ninja figures.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/availability}
figures=$build/figures
seconds=${1:-60}
rate=${2:-6000}
at=$((seconds / 3))
port=${LOOM_PORT:-7421}
line='^127\.0\.0\.1 - - "(get [0-9]+|put [0-9]+ [0-9]+)" 200 [0-9]+$'
pid=

finish() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
}
trap finish EXIT
trap 'exit 1' INT TERM

rm -rf "$work"
mkdir -p "$figures"
. bench/availability/tree.sh
availability_tree httpd httpd-fixed

# serve PROGRAM: starts it
serve() {
    "$1" "$port" "$work/log" &
    pid=$!
}
end() {
    kill "$pid"
    wait "$pid" 2>/dev/null || :
    pid=
}

# protect WAY: what the operator does; the log's length when it is in force
protect() {
    case $1 in
    rolling) "$build/loom-pipe" "$pid" <corpus/apache-25520/filter.loom >"$work/said-$1" ;;
    stop) "$build/loom-pipe" --stop "$pid" <corpus/apache-25520/filter.loom >"$work/said-$1" ;;
    restart)
        end
        serve "$work/source/availability/httpd-fixed"
        ;;
    esac
    wc -c <"$work/log" >"$work/length"
}

# garbled < LINES: how many lines are none
garbled() {
    grep -a -v -c -E "$line" || :
}

# summary WAY: one line, from its data, the load's last line and the log
summary() {
    data=$figures/availability-$1.dat length=$(cat "$work/length")
    # A line that began before the filter may end behind it: the first 64 KiB are nobody's.
    before=$(head -c "$length" "$work/log" | garbled)
    behind=$(tail -c +$((length + 65536)) "$work/log" | tail -n +2 | garbled)
    awk -v at=$((at * 1000)) -v way="$1" -v answered="$(cat "$work/answered")" -v rate="$rate" \
        -v before="$before" -v behind="$behind" '
        $1 >= at - 1000 && $1 < at { n++; requests += $2; if ($6 > worst) worst = $6 }
        $1 >= at && $1 < at + 2000 { if ($6 > worst_then) worst_then = $6 }
        $1 >= at { if ($2 < rate / 20) short += 0.1; served += $2; time += 0.1 }
        END {
            printf "%-8s %6.0f/s before; behind: %5.1f s below half, %7.0f requests short, longest %8.1f ms (before %.1f); garbled %d before, %d behind; %s\n",
                way, requests * 10 / n, short, time * rate - served, worst_then, worst, before, behind, answered }' "$data"
}

play() {
    rm -f "$work/log"
    serve "$work/copy/availability/httpd"
    sleep 0.3
    "$work/load" "$port" 32 14 "$rate" "$work/warm.dat" >/dev/null
    "$work/load" "$port" 32 "$seconds" "$rate" "$figures/availability-$1.dat" >"$work/answered" &
    load=$!
    sleep "$at"
    protect "$1"
    wait "$load"
    end
    summary "$1" | tee -a "$figures/availability.txt"
}

rm -f "$figures/availability.txt"
for way in nothing rolling stop restart; do play "$way"; done
