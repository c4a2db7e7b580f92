#!/bin/sh
# timeout: 90
# Modules that come and go under filters: --wait installs when a plugin is loaded; a plan that was
# made before a load is refused, and made again; dlclose removes a filter, with an event; one filter
# on a header's function holds in all modules. The program counts overlaps: some without a filter,
# none with it, some after its removal. It is built with -O3, so the function of the header, and one
# that must always be inlined, have no code of their own.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/modules}
pid=

fail() {
    echo "not ok modules: $*"
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
# refused CODE WORDS ARGUMENT...
refused() {
    want=$1 words=$2 code=0
    shift 2
    "$build/loom-pipe" "$@" "$pid" >"$work/said" 2>&1 || code=$?
    [ $code -eq "$want" ] || fail "loom-pipe $*: status $code, not $want: $(cat "$work/said")"
    grep -qF -- "$words" "$work/said" || fail "loom-pipe $* does not say \`$words\`: $(cat "$work/said")"
}
# until WHAT COMMAND...: waits until it succeeds, 20 s at most
until_() {
    what=$1
    shift
    for _ in $(seq 400); do
        "$@" && return
        sleep 0.05
    done
    fail "in vain: $what"
}
do_() {
    before=$(grep -c "^done $1\$" "$work/log" || :)
    echo "$1" >&3
    until_ "$1" has_done "$1"
}
has_done() { [ "$(grep -c "^done $1\$" "$work/log" || :)" -gt "$before" ]; }

# meter NAME: sets overlaps and calls
meter() {
    line=$(grep '^own=' "$work/log" | tail -n 1 | grep -o "\\<$1=[0-9/]*")
    line=${line#*=} overlaps=${line%/*} calls=${line#*/}
}
# during NAME: until 300 more calls were made, and what was under way is over: sets grown and made
during() {
    lines=$(wc -l <"$work/log")
    until_ "two lines" two_more
    meter "$1"
    from=$overlaps first=$calls
    until_ "calls of $1" many_calls "$1"
    grown=$((overlaps - from)) made=$((calls - first))
}
two_more() { [ "$(wc -l <"$work/log")" -ge $((lines + 3)) ]; }
many_calls() { meter "$1" && [ "$calls" -ge $((first + 300)) ]; }
some() {
    during "$1"
    [ "$grown" -gt 0 ] || fail "no overlap $2 in $made calls"
}
none() {
    during "$1"
    [ "$grown" -eq 0 ] || fail "$grown overlaps of $made calls, $2"
}

rm -rf "$work"
mkdir -p "$work"
cp -a tests/support/modules "$work/original"
"$build/loom-rewrite" "$work/original" "$work/copy" -- -pthread >"$work/said" || fail "it is not rewritten"
make -s -C "$work/copy" || fail "it is not built"
gcc -shared -fPIC -O1 -D_GNU_SOURCE -I. tests/support/hold.c -o "$work/hold.so" -ldl
mkfifo "$work/commands"
(cd "$work/copy" && exec ./host <"$work/commands" >"$work/log" 2>&1) &
pid=$!
exec 3>"$work/commands"
until_ "the first line" grep -q '^own=' "$work/log"

# ---- a function that is always inlined
some own 'without a filter'
pipe -e 'inlined <> self'
none own 'with inlined <> self'
pipe --remove all
some own 'after removal'
echo "ok modules: an always inlined function at -O3"

# ---- --wait, in vain
refused 1 'no function `work_a` in this process' -e 'work_a <> self'
refused 5 'not there after 300 ms' --wait --timeout 300ms -e 'work_a <> self'
grep -q 'waiting for a module of process' "$work/said" || fail "it does not say what it waits for"
refused 1 'contains line 9999' --wait -e 'work_a <> self
host.c:9999 <> self'
: >"$work/said" # what was there would be taken for the client's, before it is one that a signal ends
"$build/loom-pipe" --wait -e 'inlined <> self
work_a <> self' "$pid" >"$work/said" 2>&1 &
client=$!
until_ "the client waits" grep -qs 'no function `work_a`' "$work/said"
kill -INT $client 2>/dev/null || kill $client
kill $client 2>/dev/null || :
wait $client 2>/dev/null && fail "a signal did not end the client"
pipe --list
grep -q 'no filters' "$work/said" || fail "it left something behind: $(cat "$work/said")"
echo "ok modules: --wait gives up in time, at once if another thing is wrong, and at a signal"

# ---- --wait, and the plugin comes
: >"$work/waited"
"$build/loom-pipe" --wait -e 'work_a <> self' "$pid" >"$work/waited" 2>&1 &
client=$!
until_ "the client waits" grep -qs 'waiting for' "$work/waited"
do_ 'load a'
wait $client || fail "--wait: status $?: $(cat "$work/waited")"
grep -q 'in force' "$work/waited" || fail "--wait: $(cat "$work/waited")"
none a 'with work_a <> self'
pipe --remove all
some a 'after removal'
pipe -e 'work_a <> self'
echo "ok modules: --wait installs when the plugin is loaded"

# ---- the plugin goes with a filter in it
do_ 'unload a'
pipe --events
grep -q 'was unloaded: the filter is removed' "$work/said" || fail "no event: $(cat "$work/said")"
until_ "the filter is gone" sh -c "'$build/loom-pipe' --list $pid | grep -q 'no filters'"
do_ 'load a'
pipe -e 'work_a <> self'
none a 'with work_a <> self after the plugin came again'
pipe --remove all
echo "ok modules: dlclose removes the filter, with an event; loaded again, it holds again"

# ---- a plan made before a load
before=$(grep -c '^done load b$' "$work/log" || :)
LD_PRELOAD=$work/hold.so HOLD_COUNT=$work/commits \
    HOLD="echo load b >'$work/commands'; until grep -q '^done load b\$' '$work/log'; do sleep 0.05; done" \
    "$build/loom-pipe" -e 'touch <> self' "$pid" >"$work/said" 2>&1 ||
    fail "a load in between: status $?: $(cat "$work/said")"
[ "$(cat "$work/commits")" -eq 2 ] || fail "$(cat "$work/commits") commits, not 2: the old plan was not refused"
grep -q 'in force' "$work/said" || fail "not in force: $(cat "$work/said")"
echo "ok modules: a plan made before a load is refused, and made again"

pipe --explain --source "$work/original" -e 'touch <> self'
[ "$(grep -c 'touch, meter.h:.*in 3 modules' "$work/said")" -eq 1 ] ||
    fail "--explain does not say that it is one function: $(cat "$work/said")"

# ---- one filter on a header's function: plugin a in one thread, b in the other
none common 'with touch <> self'
pipe --remove all
some common 'after removal'
echo "ok modules: one function of a header in three modules is one region"
"$build/loom-pipe" --status --format json "$pid" | grep -q '"fast":true' || fail "not on fast copies"
echo quit >&3
ended=$pid
pid=
wait "$ended" || fail "the program ended with status $?"
