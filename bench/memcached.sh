#!/bin/sh
# What a rewritten memcached costs while no filter is installed: CPU per request, user and system.
#
#     bench/memcached.sh [ROUNDS [REQUESTS]]        (5 rounds of 300000)
#
# Three servers, run one after the other in each round, each under the same load (same seed, same
# number of requests, 32 connections, 4 worker threads): the original, its rewritten copy, and a
# copy of the original file, the control, which shows what the measurement itself varies by.
# Prints a line per run and the ratios to the original of the same round: median, least, greatest.
# Workload: tests/live/mcload.c (65 % get, 25 % set, add and the like, 10 % counters and delete).
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/bench-memcached}
rounds=${1:-5}
requests=${2:-300000}
copy=${LOOM_COPY:-$work/copy} # a rewritten and built tree, if there is one
mkdir -p "$work"
. tests/support/mcserver.sh
trap '[ -z "${mc_pid:-}" ] || kill $mc_pid 2>/dev/null || :' EXIT

tests/support/memcached "$build/memcached"
if [ ! -x "$copy/memcached" ]; then
    rm -rf "$copy"
    "$build/loom-rewrite" "$build/memcached/source" "$copy"
    make -s -j"$(nproc)" -C "$copy" >"$work/make.log"
fi
mkdir -p "$work/control"
cp "$build/memcached/original/memcached" "$work/control/memcached"

# run WHAT ROUND PROGRAM: one line `WHAT ROUND TOTAL USER SYSTEM`, microseconds per request
run() {
    mc_start "$3"
    "$build/mcload" -p "$mc_port" -s 5 -n 20000 -t 60 >/dev/null # warm
    before=$(mc_ticks)
    "$build/mcload" -p "$mc_port" -s "$2" -n "$requests" -t 120 >"$work/load"
    after=$(mc_ticks)
    mc_stop
    echo "$1 $2 $requests $before $after" | awk '{
        user = ($6 - $4) * 10000 / $3; system_ = ($7 - $5) * 10000 / $3
        printf "%-9s %2d %7.3f %7.3f %7.3f\n", $1, $2, user + system_, user, system_ }' |
        tee -a "$work/runs"
}

rm -f "$work/runs"
echo "us per request: total, user, system"
for round in $(seq "$rounds"); do
    # Back and forth, so that what changes slowly on the machine hits all alike.
    order="original rewritten control"
    [ $((round % 2)) -eq 1 ] || order="control rewritten original"
    for what in $order; do
        case $what in
        original) run original "$round" "$build/memcached/original/memcached" ;;
        rewritten) run rewritten "$round" "$copy/memcached" ;;
        control) run control "$round" "$work/control/memcached" ;;
        esac
    done
done

# summary WHAT COLUMN NAME: median, least and greatest ratio to the original of the same round
summary() {
    awk -v what="$1" -v column="$2" '
        $1 == "original" { base[$2] = $column }
        $1 == what { mine[$2] = $column }
        END { for (round in mine) print mine[round] / base[round] }' "$work/runs" | sort -n |
        awk -v what="$1" -v name="$3" '{ r[NR] = $1 } END {
            m = NR % 2 ? r[(NR + 1) / 2] : (r[NR / 2] + r[NR / 2 + 1]) / 2
            printf "%-9s %-10s CPU per request / original: %.3f (%.3f to %.3f in %d rounds)\n",
                what, name, m, r[1], r[NR], NR }'
}
{
    summary rewritten 3 "user + sys"
    summary control 3 "user + sys"
    summary rewritten 4 user
    summary control 4 user
} | tee "$work/ratios"
