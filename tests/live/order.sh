#!/bin/sh
# timeout: 90
# Orders in a running program: a latch with a count (what comes first has not happened yet when the
# filter comes), pairs (`each`), the end of threads, and a shared region; with the program's own
# counts of what went wrong before, with the filter, and after its removal.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/order}
pid=

fail() {
    echo "not ok order: $*"
    exit 1
}
finish() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
}
trap finish EXIT
trap 'exit 1' INT TERM

pipe() {
    "$build/loom-pipe" "$@" >"$work/said" 2>&1 || fail "loom-pipe $*: status $?: $(cat "$work/said")"
}
start() {
    finish
    "$work/copy/order" >"$work/log" &
    pid=$!
}
# The program's count NAME, two lines from now: what was under way is over.
count() {
    lines=$(wc -l <"$work/log")
    for _ in $(seq 100); do
        [ "$(wc -l <"$work/log")" -ge $((lines + 2)) ] && break
        sleep 0.05
    done
    [ "$(wc -l <"$work/log")" -ge $((lines + 2)) ] || fail "the program hangs"
    tail -n 1 "$work/log" | sed "s/.*\\<$1=\\([0-9]*\\).*/\\1/"
}
# during NAME: how much the count grows in 2 s; sets grown and played
during() {
    from=$(count "$1") first=$(count rounds)
    sleep 2
    grown=$(($(count "$1") - from)) played=$(($(count rounds) - first))
    [ "$played" -gt 20 ] || fail "only $played rounds were played"
}
timeouts() {
    "$build/loom-pipe" --status --format json "$pid" | sed 's/.*"timeouts":\([0-9]*\).*/\1/'
}

rm -rf "$work"
mkdir -p "$work"
cp -a tests/support/order "$work/original"
"$build/loom-rewrite" "$work/original" "$work/copy" -- -pthread >"$work/said" || fail "it is not rewritten"
make -s -C "$work/copy" order

# ---- a latch with a count
start
sleep 1.6
early=$(count early)
[ "$early" -eq 4 ] || fail "without a filter $early of 4 are early"
start
sleep 0.3
pipe -e 'prepare:exit{2} > use:entry' "$pid"
sleep 1.3
early=$(count early)
[ "$early" -eq 0 ] || fail "$early early in spite of the filter"
[ "$(timeouts)" = 0 ] || fail "a wait for the latch timed out: $("$build/loom-pipe" --status "$pid")"
echo "ok order: a latch with a count: 4 early without, 0 with"
pipe --remove all "$pid"

# ---- pairs, and again without, in the same process
# try FILTER COUNT
try() {
    during "$2"
    bad=$grown
    [ "$bad" -gt 10 ] || fail "the bug does not show: $bad $2"
    kill -USR1 "$pid" # no round is cut in half by the installation
    sleep 0.1
    pipe -e "$1" "$pid"
    kill -USR2 "$pid"
    during "$2"
    [ "$grown" -eq 0 ] || fail "$1: $grown $2 in $played rounds in spite of the filter"
    [ "$(timeouts)" = 0 ] || fail "$1: waits timed out"
    with=$played
    if [ "$2" = torn ]; then
        during together
        [ "$grown" -gt 10 ] || fail "$1: readers do not share: $grown together"
    fi
    pipe --remove all "$pid"
    during "$2"
    [ "$grown" -gt 10 ] || fail "$1: $grown $2 after its removal"
    "$build/loom-pipe" --status --format json "$pid" | grep -q '"fast":true' || fail "not on fast copies"
    echo "ok order: $1: $bad $2 before, 0 of $with with it, $grown after"
}
try 'put:exit > get:entry each' swapped
try 'order.c:70 > order.c:74 each' swapped
try 'end(part) > collect:entry each' partial

# ---- readers and writers: they still meet each other, and no writer
try 'shared look <> change' torn
