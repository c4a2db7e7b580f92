#!/bin/sh
# timeout: 150
# The main job, to watch: a bug in a running program is bypassed, then let loose again.
#
# Copies corpus/mozilla-133773, rewrites it, builds the copy with its own plain make, starts it,
# and counts its bad rounds before the filter, with it, and after its removal, all in one process.
# Fails unless there are bad rounds before, none with the filter, and bad ones again after.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/demo}
seconds=${LOOM_DEMO_SECONDS:-6}
bug=corpus/mozilla-133773
program=$work/copy/mozilla-133773
pid=

fail() {
    echo "not ok demo: $*"
    exit 1
}
gone() {
    ended=$pid pid=
    status=0
    wait "$ended" || status=$?
    fail "the program has ended, with status $status"
}
finish() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
}
trap finish EXIT
trap 'exit 1' INT TERM

# loom-pipe, which must succeed, with what it says moved to the right.
pipe() {
    "$build/loom-pipe" "$@" >"$work/said" 2>&1 || fail "loom-pipe $*: status $?: $(cat "$work/said")"
    sed 's/^/  /' "$work/said"
}

# The last totals the program printed: sets rounds and bad.
totals() {
    line=$(grep '^rounds=' "$work/log" | tail -n 1)
    rounds=${line#rounds=} rounds=${rounds%% *}
    bad=${line##*bad=} bad=${bad%% *}
}

# Waits for two more lines of totals: what was under way is then over and counted.
settle() {
    lines=$(wc -l <"$work/log")
    for _ in $(seq 100); do
        [ "$(wc -l <"$work/log")" -ge $((lines + 2)) ] && return
        sleep 0.05
    done
    fail "the program does not print totals any more"
}

# watch WORD: counts for some seconds, with a progress line; sets delta_rounds, delta_bad, and
# adds a line to the summary.
watch() {
    settle
    totals
    from_rounds=$rounds from_bad=$bad
    for second in $(seq "$seconds"); do
        sleep 1
        kill -0 "$pid" 2>/dev/null || gone
        totals
        [ ! -t 1 ] || printf '\r  %-7s %2d of %d s: %6d rounds, %5d bad ' \
            "$1" "$second" "$seconds" $((rounds - from_rounds)) $((bad - from_bad))
    done
    delta_rounds=$((rounds - from_rounds)) delta_bad=$((bad - from_bad))
    [ "$delta_rounds" -gt 0 ] || fail "no round was played"
    result=$(awk -v w="$1" -v r="$delta_rounds" -v b="$delta_bad" 'BEGIN {
        printf "  %-7s %6d rounds, %5d bad: %6.1f in 1000", w, r, b, 1000 * b / r }')
    if [ -t 1 ]; then printf '\r%s          \n' "$result"; else echo "$result"; fi
    echo "$result" >>"$work/summary"
}

rm -rf "$work"
mkdir -p "$work"

echo "1. Rewrite a copy of $bug and build it with its own make."
mkdir "$work/original"
cp -a corpus/common "$bug" "$work/original"
"$build/loom-rewrite" "$work/original" "$work/copy" -- -pthread >"$work/said"
sed "s|^$work/|  |" "$work/said"
make -s -C "$program" server

echo "2. Start it. Two threads in js_DestroyContext at once make a round bad."
"$program/server" -i 100 -t 120 >"$work/log" &
pid=$!
sleep 0.5
watch before
[ "$delta_bad" -gt 0 ] || fail "the program shows no bad round"

echo "3. echo '$(grep -v '^#' $bug/filter.loom)' | loom-pipe $pid"
pipe "$pid" <$bug/filter.loom
watch with
"$build/loom-pipe" --status "$pid" | sed -n 's/^    /  /p'
[ "$delta_bad" -eq 0 ] || fail "$delta_bad bad rounds in spite of the filter"

echo "4. loom-pipe --remove all $pid"
pipe --remove all "$pid"
watch after
[ "$delta_bad" -gt 0 ] || fail "no bad round came back after the filter was removed"
status=$("$build/loom-pipe" --status --format json "$pid")
echo "$status" | grep -q '"fast":true' || fail "not back on fast copies: $status"

ended=$pid
kill "$pid"
pid=
wait "$ended" || fail "the program ended with status $?"

echo "  one process ($ended) from start to end, back on its fast copies" >>"$work/summary"
echo
sed "s/^/${LOOM_WORK:+figure:}/" "$work/summary" # tests/run shows lines with `figure:`
echo "ok demo"
