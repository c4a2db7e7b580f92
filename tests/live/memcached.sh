#!/bin/sh
# timeout: 900
# The main job on a real server: memcached 1.6.18, rewritten, under load, with a filter that comes
# and goes.
#
#     tests/live/memcached.sh [--full]     --full: all 82 files of its own test suite
#
#   1. rewrites the tree, builds the copy with memcached's own make
#   2. runs memcached's own tests on the copy: a file must end as it does with the original
#   3. 4 workers, 32 connections under load; 20 times `item_get <> self` in and out, 20 times the
#      same with --stop. Every request must get its right answer, the process must be back on fast
#      copies at the end
#   4. CPU per request without a filter, against the original (bench/memcached.sh)
#
# All traffic is on 127.0.0.1, and bounded.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/memcached}
times=20
filter='item_get <> self'
rm -rf "$work"
mkdir -p "$work"
. tests/support/mcserver.sh
trap '[ -z "${mc_pid:-}" ] || kill $mc_pid 2>/dev/null || :' EXIT
trap 'exit 1' INT TERM

figure() { echo "figure:$*"; }
ok() { echo "ok memcached: $*"; }
die() {
    echo "not ok memcached: $*"
    if [ -n "${mc_pid:-}" ] && ! kill -0 "$mc_pid" 2>/dev/null; then
        status=0
        wait "$mc_pid" || status=$?
        echo "memcached has ended, with status $status: $(cat "$work/server.log")"
    fi
    exit 1
}

# ---- 1. rewrite and build ----

tests/support/memcached "$build/memcached"
original=$build/memcached/original
copy=$work/copy
"$build/loom-rewrite" --report "$work/report" "$build/memcached/source" "$copy" >"$work/rewrite" ||
    die "loom-rewrite failed: $(tail -n 5 "$work/rewrite")"
figure "$(sed "s|^$work/||" "$work/rewrite")"
make -s -j"$(nproc)" -C "$copy" >"$work/make.log" 2>&1 ||
    die "the copy does not build: $(grep -m 5 -i error "$work/make.log")"
ok "the copy builds, by its own make with its own -Werror"
figure "left alone (reasons of the report, with how often):"
sed -E '1,/^$/d; s/^[^ ]+ ([^ :]+: )?//; s/(does not parse).*/\1/' "$work/report" | sort | uniq -c | sed 's/^/figure:  /'

# ---- 2. memcached's own tests ----

# The part that `ninja test` runs: all but those that wait for the disk or for restarts.
files=$(cd "$original" && ls t/*.t)
part="the whole suite"
if [ "${1:-}" != --full ]; then
    files=$(echo "$files" | grep -v -e extstore -e restart -e 00-startup)
    part="all files but extstore, restart and startup"
fi

# suite TREE: writes `FILE ok|skipped|failed` lines to TREE/results. Files wait rather than work,
# so 12 run at a time. A file that failed is run again alone, for some of them are short of time on
# a busy machine; it is the second result that counts.
suite() {
    (
        cd "$1"
        # shellcheck disable=SC2086
        prove -j 12 $files >prove.log 2>&1 || :
        for file in $files; do
            result=$(sed -n "s|^$file \.* ||p" prove.log | tail -n 1)
            case $result in
            ok* | skipped*) echo "$file ${result%%[: ]*}" ;;
            *)
                if prove "$file" >>again.log 2>&1; then
                    echo "$file ok"
                    echo "figure:  $file failed beside others and passed alone, in $1"
                else
                    echo "$file failed"
                fi
                ;;
            esac
        done
    ) >"$1/results.all"
    grep '^figure:' "$1/results.all" || :
    grep -v '^figure:' "$1/results.all" >"$1/results"
}

rm -f "$original/again.log" "$copy/again.log"
suite "$original"
suite "$copy"
cmp -s "$original/results" "$copy/results" ||
    die "its own tests end otherwise: $(diff "$original/results" "$copy/results" | tr '\n' ' ')"
passed=$(grep -c ' ok$' "$copy/results")
[ "$passed" -ge 40 ] || die "only $passed files of its own tests ran"
ok "its own tests end as with the original"
figure "own tests, $part: $passed files pass, $(grep -c skipped "$copy/results") skip themselves," \
    "$(grep -c failed "$copy/results" || :) fail; $(sed -n 's/^Files=.*Tests=\([0-9]*\).*/\1/p' \
        "$copy/prove.log") checks"

# ---- 3. a filter comes and goes under load ----

# The load generator must see a wrong answer, or its zero errors would say nothing.
mc_start "$copy/memcached"
(
    sleep 0.3
    for i in $(seq 0 55); do printf 'delete c3:%d noreply\r\n' "$i"; done |
        perl -MIO::Socket::INET -e '
            my $s = IO::Socket::INET->new("127.0.0.1:" . shift); print $s <STDIN>; sleep 1' "$mc_port"
) &
if "$build/mcload" -p "$mc_port" -t 1.5 >"$work/sabotage" 2>&1; then
    die "the load generator did not notice that somebody else deleted its keys"
fi
wait $!
grep -q 'wrong answer' "$work/sabotage" || die "sabotage was not a wrong answer"
mc_stop
ok "the load generator notices wrong answers"

# pipe ARGUMENT...: loom-pipe, which must succeed
pipe() {
    "$build/loom-pipe" "$@" "$mc_pid" >"$work/said" 2>&1 </dev/null ||
        die "loom-pipe $* $mc_pid: status $?: $(cat "$work/said")"
}
expect() { # expect TEXT WHEN: --status, as JSON, has it
    pipe --status --format json
    grep -q "$1" "$work/said" || die "$2: expected $1, got: $(cat "$work/said")"
}

mc_start "$copy/memcached"
expect '"fast":true' "before the first filter"
rm -f "$work/fifo"
mkfifo "$work/fifo"
"$build/mcload" -p "$mc_port" -t 300 -f "$work/fifo" >"$work/load" 2>"$work/load.errors" &
load=$!
exec 3<>"$work/fifo"
sleep 1

for how in rolling stop; do
    option=
    [ $how = rolling ] || option=--stop
    for i in $(seq $times); do
        echo "begin $how" >&3
        pipe $option -e "$filter"
        echo end >&3
        expect '"fast":false.*"state":"in-force"' "with the filter"
        sleep 0.2
        expect '"enters":[1-9]' "with the filter under load"
        pipe --remove all
        expect '"fast":true.*"filters":\[\]' "without the filter"
        kill -0 $load || die "the load generator gave up: $(cat "$work/load.errors")"
        sleep 0.1
    done
    ok "$times times $how, in and out"
done
expect '"fast":true' "after the last filter"
ok "back on fast copies"

echo stop >&3
wait $load || die "requests failed: $(tail -n 1 "$work/load") $(cat "$work/load.errors")"
exec 3>&-
kill -0 "$mc_pid" || die "memcached is gone"
mc_stop
ok "every request got its right answer: $(tail -n 1 "$work/load")"

# spread FIELD HOW: median and worst of a field of the windows
spread() {
    sed -n "s/^window $2 .*\<$1=\([0-9.]*\).*/\1/p" "$work/load" | sort -n | awk '
        { v[NR] = $1 } END { printf "%.1f ms median, %.1f ms worst of %d",
            (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2, v[NR], NR }'
}
for how in rolling stop; do
    [ "$(grep -c "^window $how " "$work/load")" -eq $times ] || die "windows of $how are missing"
    figure "$how: loom-pipe start to in force $(spread took_ms $how); longest request $(spread longest_ms $how)"
done
figure "load: $(tail -n 1 "$work/load")"

# ---- 4. cost without a filter ----

LOOM_COPY=$copy LOOM_WORK=$work/bench bench/memcached.sh 5 400000 >"$work/bench.log" ||
    die "bench: $(cat "$work/bench.log")"
sed 's/^/figure:/' "$work/bench/ratios"
