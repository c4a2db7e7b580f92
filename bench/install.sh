#!/bin/sh
# How long it takes until a filter is in force.
#
#     bench/install.sh [TIMES]        (50)
#
# A process of 32 threads (bench/install/threads.c) which all compute, more than there are
# processors, or all wait in a call that is safe for the filter; `account <> self` comes and goes
# TIMES times. Medians and worst in ms:
#
#     command     all of loom-pipe, from its start to "in force"
#     runtime     from the moment it sends the plan until it sees "in force"
#
# once rolling, once with --stop. Fails if the median of the command is more than 20 ms with busy
# threads, or that of the runtime more than 2 ms with blocked ones. The last line is loom-pipe's
# instructions on memcached's tables (callgrind; no load can change them), if a rewritten memcached
# is there: $LOOM_COPY, or what tests/live/memcached.sh left.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=$build/bench/install
times=${1:-50}
copy=${LOOM_COPY:-$build/work/memcached/copy}
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || :' EXIT
rm -rf "$work"
mkdir -p "$work/source"
cp bench/install/threads.c "$work/source"
"$build/loom-rewrite" "$work/source" "$work/copy" -- -std=gnu11 >"$work/rewrite.log"
${CC:-gcc} -std=gnu11 -O2 -pthread "$work/copy/threads.c" -o "$work/threads"

start() { # start busy|blocked
    "$work/threads" "$1" >"$work/ready" &
    pid=$!
    until grep -q ready "$work/ready"; do sleep 0.01; done
}
stop() {
    kill "$pid"
    wait "$pid" 2>/dev/null || :
    pid=
}

number() { sed "s/.*\"$1\":\([0-9.]*\).*/\1/" "$2"; }

# once [--stop]: one line `COMMAND RUNTIME`, in ms
once() {
    "$build/loom-pipe" --format json -e 'account <> self' "$@" $pid >"$work/said"
    grep -q '"state":"in-force"' "$work/said" || { cat "$work/said" >&2; exit 1; }
    echo "$(number total_ms "$work/said") $(number publish_ms "$work/said")"
    "$build/loom-pipe" --remove all $pid >/dev/null
}

# column N FILE: median and worst
column() { sort -n -k "$1" "$2" | awk -v n="$1" '{ v[NR] = $n } END { print v[int((NR + 1) / 2)], v[NR] }'; }

failed=0
echo "ms: median worst     command          runtime"
for kind in busy blocked; do
    start $kind
    for how in rolling --stop; do
        for _ in $(seq "$times"); do
            if [ $how = rolling ]; then once; else once --stop; fi
        done >"$work/$kind.$how"
        echo "$kind $how $(column 1 "$work/$kind.$how") $(column 2 "$work/$kind.$how")" | awk '{
            printf "%-8s %-8s %8.1f %7.1f %8.1f %7.1f\n", $1, $2, $3, $4, $5, $6
            exit $2 == "rolling" && ($1 == "busy" ? $3 > 20 : $5 > 2) }' || failed=1
    done
    stop
done

if [ -x "$copy/memcached" ] && command -v valgrind >/dev/null; then
    LOOM_RT=$build/libloom-rt.so.1
    export LOOM_RT
    . tests/support/mcserver.sh
    mc_start "$copy/memcached"
    pid=$mc_pid
    valgrind --tool=callgrind --callgrind-out-file="$work/callgrind" "$build/loom-pipe" \
        -e 'item_get <> self' "$pid" >"$work/valgrind.log" 2>&1
    awk '/^(summary|totals):/ { n = $2 } END { printf "loom-pipe on memcached: %.1f million instructions\n", n / 1e6 }' \
        "$work/callgrind"
    stop
fi
[ $failed -eq 0 ] || echo "more than the goal"
exit $failed
