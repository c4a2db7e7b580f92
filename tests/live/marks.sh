#!/bin/sh
# timeout: 60
# A thread that runs a function of the program in the arguments of printf is inside, whatever printf is;
# one in a call that a macro makes is outside. Seen from what can be put in force.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/marks}
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || :' EXIT
trap 'exit 1' INT TERM

fail() {
    echo "not ok marks: $*"
    exit 1
}
# said LINE: the program says it
said() {
    for _ in $(seq 1500); do
        [ "$(tail -n 1 "$work/answers")" = "$1" ] && return
        sleep 0.02
    done
    fail "the program does not say $1"
}

rm -rf "$work"
mkdir -p "$work"
"$build/loom-rewrite" tests/support/marks "$work/out" -- -O2 >"$work/said" 2>&1 || fail "$(cat "$work/said")"
make -s -C "$work/out" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
mkfifo "$work/commands"
"$work/out/marks" <"$work/commands" >"$work/answers" &
pid=$!
exec 3>"$work/commands"
said argument

status=0
"$build/loom-pipe" -t 300ms -e 'region <> self' "$pid" >"$work/said" 2>&1 || status=$?
[ $status = 5 ] || fail "a thread in the arguments of a call: status $status, not 5: $(cat "$work/said")"
echo "ok marks: a thread in the arguments of a call is inside"

echo go >&3
said macro
"$build/loom-pipe" -t 20s -e 'elsewhere <> self' --stop "$pid" >"$work/said" 2>&1 ||
    fail "a thread in a call that a macro makes: status $?: $(cat "$work/said")"
echo "ok marks: a thread in a call that a macro makes is outside"
echo go >&3
wait "$pid" || fail "the program: status $?"
pid=
