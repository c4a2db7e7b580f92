# process.sh: one playing program, for corpus/run. Sourced.
#
# Its totals come by lines (common/rounds.h). What is counted from a moment on is counted from the
# end of the round that was under way then: see settle.
#
# Uses $work, $build; fails through `fail TEXT`, which does not return.

pid=
log=

# start PROGRAM [NAME=VALUE]: PROGRAM of the bug, printing totals every 20 ms
start() {
    log=$work/log/$name.$((starts = ${starts:-0} + 1))
    : >"$log" # here, not by the process: what reads it does not meet an earlier one
    # shellcheck disable=SC2086
    env ${2:+"$2"} "$1" $args -i 20 >"$log" 2>&1 &
    pid=$!
}

# Ends it. It must end by itself, with status 0.
stop() {
    kill -TERM "$pid" 2>/dev/null || :
    for _ in $(seq 200); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    kill -0 "$pid" 2>/dev/null && fail "it does not end on SIGTERM"
    ended=$pid pid=
    wait "$ended" || fail "it ends with status $?: $(tail -n 3 "$log")"
}

# It has ended by itself, which it must not.
ended() {
    status=0
    wait "$pid" || status=$?
    pid=
    fail "it ended with status $status $1: $(tail -n 3 "$log")"
}

# For traps: no process of ours stays.
drop() {
    [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || :
}

lines() {
    grep -c '^rounds=' "$log" || :
}

# The last totals: sets rounds, bad.
totals() {
    line=$(grep '^rounds=.* gap=[0-9]' "$log" | tail -n 1)
    rounds=${line#rounds=} rounds=${rounds%% *}
    bad=${line##*bad=} bad=${bad%% *}
    rounds=${rounds:-0} bad=${bad:-0}
}

# until_true SECONDS WHAT COMMAND...: polls; a program that hangs fails
until_true() {
    tries=$(($1 * 50)) what=$2
    shift 2
    while ! "$@"; do
        kill -0 "$pid" 2>/dev/null || ended "while $what"
        [ $((tries -= 1)) -gt 0 ] || fail "hangs while $what: $(tail -n 1 "$log")"
        sleep 0.02
    done
}
has_lines() { [ "$(lines)" -ge "$1" ]; }
has_rounds() { totals && [ "$rounds" -ge "$1" ]; }
has_rested() { [ "$(grep -c '^resting' "$log")" -gt "$1" ]; }

# What was under way when this was called is over and counted: sets rounds, bad, from_rounds,
# from_bad, from_line.
settle() {
    until_true 30 "printing totals" has_lines $(($(lines) + 2))
    totals
    until_true 30 "ending a round" has_rounds $((rounds + 1))
    from_rounds=$rounds from_bad=$bad from_line=$(lines)
}

# Sets played, failed: since settle.
since() {
    totals
    played=$((rounds - from_rounds)) failed=$((bad - from_bad))
}

has_bad() { since && [ "$failed" -gt 0 ]; }

# play SECONDS [ROUNDS]: settles, and plays so long, and so many rounds at least
play() {
    settle
    sleep "$1"
    until_true 120 "playing ${2:-1} rounds" has_rounds $((from_rounds + ${2:-1}))
    since
}

# The longest gap in lines $1 to $2 of totals, in ms.
gap() {
    grep '^rounds=' "$log" | awk -v from="$1" -v to="$2" -F 'gap=' '
        NR >= from && NR <= to && $2 > longest { longest = $2 }
        END { printf "%.1f", longest / 1000 }'
}

# CPU of the process so far, in ms.
cpu() {
    awk -v tick="$(getconf CLK_TCK)" '{ printf "%d", ($14 + $15) * 1000 / tick }' "/proc/$pid/stat"
}

rest() {
    before=$(grep -c '^resting' "$log" || :)
    kill -USR1 "$pid"
    until_true 30 "coming to rest" has_rested "$before"
}

# install FILE [OPTION...]: puts its filters in force; sets took, ms from the start of loom-pipe.
# No pair of an order is cut in half.
install() {
    pairs=$(grep -cw each "$1" || :)
    [ "$pairs" -eq 0 ] || rest
    status=0
    "$build/loom-pipe" --format json -t 20s -f "$@" "$pid" >"$work/said" 2>&1 || status=$?
    [ "$pairs" -eq 0 ] || kill -USR2 "$pid"
    [ "$status" -eq 0 ] || fail "$(basename "$1"): loom-pipe: status $status: $(cat "$work/said")"
    took=$(sed -n 's/.*"total_ms":\([0-9.]*\).*/\1/p' "$work/said")
}

remove() {
    "$build/loom-pipe" --remove all "$pid" >"$work/said" 2>&1 ||
        fail "loom-pipe --remove all: status $?: $(cat "$work/said")"
}

# Filters that the runtime suspended or whose waits timed out protect nothing, or not always.
timeouts() {
    "$build/loom-pipe" --status --format json "$pid" >"$work/said"
    sed 's/"timeouts"/\n&/g' "$work/said" | awk -F '[:,]' '/^"timeouts"/ { n += $2 } END { print n + 0 }'
}
