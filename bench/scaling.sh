#!/bin/sh
# Response time and throughput from 1 to 32 threads, without a filter and with one that is in force.
#
#     bench/scaling.sh [ROUNDS [SECONDS]]        (5 rounds of 2 s per figure)
#
# The server of bench/availability (a thread per connection, pages in memory), each connection busy all the
# time. In every round, for every number of threads, one after the other:
#
#   original  not rewritten, with the bug          idle    rewritten, no filter
#   control   a copy of the same file              filter  rewritten, `ap_buffered_log_writer <> self`
#   fixed     not rewritten, the conventional fix
#
# Into $LOOM_BUILD/figures: scaling.dat, a line per number of threads: threads, then per kind the median
# over the rounds of throughput (a second) and response time (ms); scaling.txt, the ratios to the
# original of the same round, median, least and greatest. Pictures: ninja figures.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/scaling}
figures=$build/figures
rounds=${1:-5}
seconds=${2:-2}
port=${LOOM_PORT:-7431}
pids=

trap '[ -z "$pids" ] || kill $pids 2>/dev/null || :' EXIT
trap 'exit 1' INT TERM

rm -rf "$work"
mkdir -p "$figures"
. bench/availability/tree.sh
availability_tree httpd httpd-fixed
cp "$work/source/availability/httpd" "$work/control"

# serve PROGRAM PORT: starts it and brings its pages into memory
serve() {
    "$1" "$2" /dev/null &
    pids="$pids $!"
    last=$!
    sleep 0.3
    "$work/load" "$2" 32 16 6000 "$work/warm-$2.dat" >/dev/null &
    warming="${warming:-} $!"
}
serve "$work/source/availability/httpd" "$port"
serve "$work/control" $((port + 1))
serve "$work/source/availability/httpd-fixed" $((port + 2))
serve "$work/copy/availability/httpd" $((port + 3))
copy=$last
wait $warming

# measure ROUND THREADS KIND PORT: a line ROUND THREADS KIND THROUGHPUT RESPONSE_MS
measure() {
    "$work/load" "$4" "$2" "$seconds" 0 "$work/slices" >/dev/null
    # The first and the last slice are not whole.
    sed '1d;$d' "$work/slices" | awk -v line="$1 $2 $3" -v n="$2" '
        { requests += $2; slices++ }
        END { t = requests * 10 / slices; printf "%s %.1f %.5f\n", line, t, n * 1000 / t }' >>"$work/runs"
}

rm -f "$work/runs"
for round in $(seq "$rounds"); do
    for threads in 1 2 4 8 16 32; do
        order="original control fixed idle filter"
        [ $((round % 2)) -eq 1 ] || order="filter idle fixed control original"
        for kind in $order; do
            case $kind in
            original) measure "$round" "$threads" "$kind" "$port" ;;
            control) measure "$round" "$threads" "$kind" $((port + 1)) ;;
            fixed) measure "$round" "$threads" "$kind" $((port + 2)) ;;
            idle) measure "$round" "$threads" "$kind" $((port + 3)) ;;
            filter)
                "$build/loom-pipe" "$copy" <corpus/apache-25520/filter.loom >"$work/said"
                measure "$round" "$threads" "$kind" $((port + 3))
                "$build/loom-pipe" --remove all "$copy" >"$work/said"
                ;;
            esac
        done
    done
done

# column KIND THREADS FIELD: its values, sorted; then the median
values() {
    awk -v k="$1" -v n="$2" -v f="$3" '$3 == k && $2 == n { print $f }' "$work/runs" | sort -g
}
middle='function middle() { return (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
median() {
    values "$@" | awk "$middle"' { v[NR] = $1 } END { print middle() }'
}
for threads in 1 2 4 8 16 32; do
    row=$threads
    for kind in original control fixed idle filter; do
        row="$row $(median $kind $threads 4) $(median $kind $threads 5)"
    done
    echo "$row"
done >"$figures/scaling.dat"

echo "response time, ratio to the original of the same round: median (least - greatest)" >"$figures/scaling.txt"
for kind in control fixed idle filter; do
    for threads in 1 2 4 8 16 32; do
        awk -v k=$kind -v n=$threads '$2 == n && $3 == "original" { base[$1] = $5 } $2 == n && $3 == k { own[$1] = $5 }
            END { for (r in own) print own[r] / base[r] }' "$work/runs" | sort -g |
            awk -v k=$kind -v n=$threads "$middle"' { v[NR] = $1 } END {
                printf "%-8s %2d threads  %.3f (%.3f - %.3f)\n", k, n, middle(), v[1], v[NR] }'
    done
done >>"$figures/scaling.txt"
cat "$figures/scaling.txt"
