#!/bin/sh
# What clients of a server see while filters come and go.
#
#     bench/latency.sh [ROUNDS [SECONDS [PER_SECOND]]]      (5 times 5 s of each, 6000 requests a second)
#
# A rewritten memcached with 4 workers, 32 connections at a fixed rate (tests/live/mcload.c: latency
# counts from the moment when a request is due). In each round, one after the other:
#
#     nothing    no filter; the control
#     rolling    `item_get <> self` is installed and removed five times a second
#     stop       the same with --stop
#     held       it is installed before, and stays: what the filter costs, not its coming and going
#     starts     no filter, but as many programs are started (loom-pipe --version)
#     control    nothing, again: what two equal stretches differ by
#
# Prints the latencies of each stretch, and per kind the ratio of its p99.9 to that of `nothing` in
# the same round: median, least, greatest. Fails if the median for rolling is more than 1.2.
# $LOOM_COPY: a rewritten and built memcached; else what tests/live/memcached.sh left; else it is made.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=$build/bench/latency
rounds=${1:-5}
seconds=${2:-5}
rate=${3:-6000}
copy=${LOOM_COPY:-$build/work/memcached/copy}
filter='item_get <> self'
rm -rf "$work"
mkdir -p "$work"
. tests/support/mcserver.sh
trap '[ -z "${mc_pid:-}" ] || kill $mc_pid 2>/dev/null || :' EXIT
trap 'exit 1' INT TERM

if [ ! -x "$copy/memcached" ]; then
    copy=$build/bench/latency-copy
    tests/support/memcached "$build/memcached"
    rm -rf "$copy"
    "$build/loom-rewrite" "$build/memcached/source" "$copy" >"$work/rewrite.log"
    make -s -j"$(nproc)" -C "$copy" >"$work/make.log"
fi
LOOM_RT=$build/libloom-rt.so.1
export LOOM_RT

# change [--stop]: installs and removes until the load is over; a line per installation
change() {
    while [ -e "$work/going" ]; do
        "$build/loom-pipe" -e "$filter" "$@" "$mc_pid" || return
        sleep 0.1
        "$build/loom-pipe" --remove all "$mc_pid" || return
        sleep 0.1
    done >>"$work/changes" 2>&1
}

# The same without changing anything.
start_only() {
    while [ -e "$work/going" ]; do
        "$build/loom-pipe" --version
        sleep 0.1
    done >"$work/said"
}

# stretch KIND ROUND: a line `KIND ROUND P50 P99 P999 LONGEST INSTALLATIONS`
stretch() {
    [ "$1" != held ] || "$build/loom-pipe" -e "$filter" "$mc_pid" >"$work/said"
    : >"$work/going"
    : >"$work/changes"
    case $1 in
    rolling) change & ;;
    stop) change --stop & ;;
    starts) start_only & ;;
    *) : & ;;
    esac
    changer=$!
    "$build/mcload" -p "$mc_port" -s "$2" -t "$seconds" -r "$rate" >"$work/load"
    rm "$work/going"
    wait $changer || { echo "loom-pipe failed: $(cat "$work/changes")"; exit 1; }
    [ "$1" != held ] || "$build/loom-pipe" --remove all "$mc_pid" >"$work/said"
    sed -n 's/^total .*p50_ms=\([^ ]*\) p99_ms=\([^ ]*\) p999_ms=\([^ ]*\) longest_ms=/\1 \2 \3 /p' "$work/load" |
        awk -v kind="$1" -v round="$2" -v changes="$(grep -c 'in force' "$work/changes")" '{
            printf "%-8s %2d %8.3f %8.3f %8.3f %8.3f %5d\n", kind, round, $1, $2, $3, $4, changes }' |
        tee -a "$work/stretches"
}

mc_start "$copy/memcached"
"$build/mcload" -p "$mc_port" -t 2 -r "$rate" >/dev/null # warm
echo "latency, ms:     p50      p99    p99.9  longest  installations"
for round in $(seq "$rounds"); do
    # Back and forth, so that what changes slowly on the machine hits all alike.
    order="nothing rolling starts stop held control"
    [ $((round % 2)) -eq 1 ] || order="control held stop starts rolling nothing"
    for kind in $order; do stretch "$kind" "$round"; done
done

failed=0
for kind in rolling starts stop held control; do
    awk -v kind=$kind '
        $1 == "nothing" { base[$2] = $5 }
        $1 == kind { mine[$2] = $5 }
        END { for (round in mine) print mine[round] / base[round] }' "$work/stretches" | sort -n |
        awk -v kind=$kind '{ r[NR] = $1 } END {
            m = NR % 2 ? r[(NR + 1) / 2] : (r[NR / 2] + r[NR / 2 + 1]) / 2
            printf "p99.9 / nothing, %-8s %.2f (%.2f to %.2f in %d rounds)\n", kind ":", m, r[1], r[NR], NR
            exit kind == "rolling" && m > 1.2 }' || failed=1
done
[ $failed -eq 0 ] || echo "more than 1.2"
exit $failed
