#!/bin/sh
# timeout: 90
# The tutorial in corpus/README.md: its commands, as they stand in the text, block by block in one
# shell. After each the log of the server must show what the text says.
set -eu
cd "$(dirname "$0")/../.."
work=${LOOM_WORK:-$PWD/build/work/tutorial}
mkdir -p "$work"
server=
step=0

fail() {
    echo "not ok tutorial: step $step: $*"
    exit 1
}
finish() {
    status=$?
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    [ $status -eq 0 ] || sed 's/^/    /' "$work/told"
}
trap finish EXIT
trap 'exit 1' INT TERM

# The last two lines of totals: sets rounds and bad, and in between them played and failed.
totals() {
    figures=$(grep '^rounds=' build/tutorial/log | tail -n 2 |
        sed 's/rounds=\([0-9]*\) good=[0-9]* bad=\([0-9]*\) .*/\1 \2/' | tr '\n' ' ')
    # shellcheck disable=SC2086
    set -- $figures
    [ $# -eq 4 ] || fail "the log has no two lines of totals"
    rounds=$3 bad=$4 played=$(($3 - $1)) failed=$(($4 - $2))
    [ "$played" -gt 0 ] || fail "no round was played"
}

awk -v to="$work/step" '
    /^```sh$/ { on = 1; n++; next }
    /^```$/ { on = 0 }
    on { print >(to "." n) }' corpus/README.md
[ -e "$work/step.7" ] && [ ! -e "$work/step.8" ] || fail "the text has not seven blocks of commands"

for step in 1 2 3 4 5 6 7; do
    status=0
    # shellcheck disable=SC1090
    . "$work/step.$step" >"$work/told" 2>&1
    [ "$step" -eq 1 ] || totals
    case $step in
    2) [ "$bad" -gt 0 ] || fail "no bad round" ;;
    3) grep -q 'log.c:54:5: statement' "$work/told" || fail "line 54 is not listed" ;;
    4) [ $((failed * 10)) -ge $((played * 9)) ] || fail "$failed of $played rounds are bad" ;;
    5) grep -q '^ *enter *43 ' "$work/told" || fail "nothing is explained" ;;
    6)
        [ "$failed" -eq 0 ] || fail "$failed of $played rounds are bad with the filter"
        with=$bad
        ;;
    7) [ "$bad" -gt "$with" ] || fail "no bad round without the filter" ;;
    esac
    echo "ok tutorial: step $step"
done
server=
