#!/bin/sh
# timeout: 60
# A program that was built with CC=loom-cc is filtered: its units never knew of each other. A region
# in a loop around a call of another unit comes in force though four threads wait in that call for
# good (I1); a function of a header that two units made different things of is one function.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/loom_cc}
pid=

fail() {
    echo "not ok loom_cc: $*"
    exit 1
}
finish() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
}
trap finish EXIT
trap 'exit 1' INT TERM

pipe() {
    "$build/loom-pipe" "$@" "$pid" >"$work/said" 2>&1 || fail "loom-pipe $*: status $?: $(cat "$work/said")"
}
# until_ WHAT COMMAND...: waits until it succeeds, 20 s at most
until_() {
    what=$1
    shift
    for _ in $(seq 400); do
        "$@" && return
        sleep 0.05
    done
    fail "in vain: $what"
}
# meter NAME: sets overlaps and calls
meter() {
    line=$(tail -n 2 "$work/log" | head -n 1 | grep -o "\\<$1=[0-9/]*")
    line=${line#*=} overlaps=${line%/*} calls=${line#*/}
}
more_lines() { [ "$(wc -l <"$work/log")" -ge $((lines + 3)) ]; }
more_calls() { meter "$1" && [ "$calls" -ge $((first + 200)) ]; }
# during NAME: until 200 more calls were made, and what was under way is over: sets grown
during() {
    lines=$(wc -l <"$work/log")
    until_ "three lines" more_lines
    meter "$1"
    from=$overlaps first=$calls
    until_ "calls of $1" more_calls "$1"
    grown=$((overlaps - from))
}
some() { during "$1" && [ "$grown" -gt 0 ] || fail "no overlap $2"; }
none() { during "$1" && [ "$grown" -eq 0 ] || fail "$grown overlaps $2"; }

rm -rf "$work"
mkdir -p "$work"
cp -R tests/support/alone "$work/program"
LOOM_ROOT=$work/program LOOM_CC_LOG=$work/cc.log make -s -C "$work/program" CC="$build/loom-cc" \
    >"$work/make.log" 2>&1 || fail "it is not built: $(cat "$work/make.log")"
[ "$(grep -c ': rewritten$' "$work/cc.log")" = 5 ] || fail "not all is rewritten: $(cat "$work/cc.log")"
"$work/program/program" >"$work/log" 2>&1 &
pid=$!
until_ "three lines" sh -c "[ \$(wc -l <'$work/log') -ge 3 ]"

some own 'without a filter'
begin=$(grep -n 'own.inside, 1) > 0' "$work/program/main.c" | cut -d: -f1)
pipe -e "main.c:$begin-$((begin + 3)) <> self"
none own 'with a filter on lines behind a call of another unit'
pipe --remove all
some own 'after its removal'
echo "ok loom_cc: lines, beside threads that wait in another unit"

some touched 'without a filter'
pipe -e 'touch <> self'
none touched 'with touch <> self'
pipe --remove all
some touched 'after its removal'
echo "ok loom_cc: a function of a header, made twice"
