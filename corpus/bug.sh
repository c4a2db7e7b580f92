# bug.sh: what is played of one bug, for corpus/run. Sourced; play_bug plays bug $name.
#
# Works in $work, below $top. `ok` tells of a check that held; `fail` of one that did not, and does not
# return. $short: fewer rounds.

# Seconds, in the short form and in the long one.
span() { if [ "$short" ]; then echo "$1"; else echo "$2"; fi; }

fail() {
    drop
    echo "not ok $name: $*"
    exit 1
}
ok() { echo "ok $name: $*"; }

# percent PART WHOLE
percent() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3g", b ? 100 * a / b : 0 }'; }
at_least() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a >= b) }'; }

prepare() {
    kind= args= cflags= test_point= pause_us=2000 window_us=50000 filters=filter.loom
    expose=expose.loom expose_min=90 expose_control=yes unforced=60
    . "corpus/$name/bug.conf"
    rm -rf "$work"
    mkdir -p "$work/log" "$work/source"
    cp -a corpus/common "corpus/$name" "$work/source"
    make -s -C "$work/source/$name" CFLAGS='-O2 -g -Wall -Wextra -Werror' >"$work/said" 2>&1 ||
        fail "it does not build: $(tail -n 5 "$work/said")"
    make -s -C "$work/source/$name" clean
    # shellcheck disable=SC2086
    "$build/loom-rewrite" "$work/source" "$work/copy" -- -pthread $cflags \
        >"$work/said" 2>&1 || fail "it is not rewritten: $(tail -n 5 "$work/said")"
    make -s -C "$work/source/$name" >"$work/said" 2>&1
    make -s -C "$work/copy/$name" >"$work/said" 2>&1 ||
        fail "its copy does not build: $(tail -n 5 "$work/said")"
    original=$work/source/$name copy=$work/copy/$name
    folder=corpus/$name
}

# Without Loom: what a filter does says nothing before this holds.
play_without() {
    start "$original/server"
    play "$(span 1 "$unforced")"
    stop
    row unforced_rounds "$played" unforced_bad "$failed"
    without=$(percent "$failed" "$played")
    start "$original/server" "$test_point=$pause_us"
    play "$(span 0.3 5)" 30
    stop
    row forced_rounds "$played" forced_bad "$failed"
    forced=$(percent "$failed" "$played")
    at_least "$forced" 90 || fail "the test point forces $forced % only"
    needed=$(awk -v p="$forced" 'BEGIN { printf "%d", 300 * 100 / p + 0.999 }')
    ok "bad without filter: unforced $without %, forced $forced %"
}

# play_control WHAT PROGRAM [NAME=VALUE] [FILE]
play_control() {
    start "$2" "$3"
    [ -z "${4:-}" ] || { until_ready && install "$4"; }
    play "$(span 0.3 10)" 10
    stop
    row "control_$1_rounds" "$played" "control_$1_bad" "$failed"
    [ "$failed" -eq 0 ] || fail "control, $1: $failed of $played rounds are bad"
    controls="$controls $played $1,"
}
play_controls() {
    controls=
    play_control unforced "$original/server-fixed" ""
    play_control forced "$original/server-fixed" "$test_point=$pause_us"
    [ "$expose_control" = no ] ||
        play_control exposed "$copy/server-fixed" "" "$folder/$expose"
    ok "control: 0 bad in$controls the same ways"
}

until_ready() {
    until_true 30 "starting" has_rounds 3
}

# In the running program. Pairs get out of step when the machine is so busy that a wait times out: what
# counts is whether the filter exposes the bug once it is in step, so three attempts.
play_exposed() {
    start "$copy/server"
    until_ready
    for attempt in 1 2 3; do
        install "$folder/$expose"
        play "$(span 0.5 10)" 30
        exposed=$(percent "$failed" "$played")
        remove
        at_least "$exposed" "$expose_min" && break
        [ "$attempt" -lt 3 ] || fail "$expose: only $failed of $played rounds are bad"
    done
    row exposed_rounds "$played" exposed_bad "$failed" exposed_attempts "$attempt"
    stop
    ok "bad with $expose: $exposed %"
}

# How long the filter is, and at how many places of the program it does something.
count_filter() {
    row lines "$(grep -vc '^#' "$1")"
    row operations "$("$build/loom-pipe" --explain --format json -f "$1" "$pid" | grep -o '"kind":' | wc -l)"
}

# Forced; the filter comes in mid-run, and goes.
play_middle() {
    start "$copy/server" "$test_point=$pause_us"
    until_ready
    count_filter "$folder/$1"
    install "$folder/$1"
    play 0 "$needed"
    clean "mid-run, forced"
    with=$played with_bad=$failed
    remove
    play "$(span 0.2 2)" 10
    [ "$failed" -gt 0 ] || fail "$1: none bad in $played rounds after its removal"
    row with_rounds "$with" with_bad "$with_bad" after_rounds "$played" after_bad "$failed"
    after=$(percent "$failed" "$played")
    stop
    ok "$1: in mid-run, forced: $with_bad of $with bad; after its removal $after %"
}

# clean WHEN: what was played since the filter is in force was good, and the filter was in force. One of
# the kind `r <> *` lets the others go on when it blocks in r, and says so: then it was not.
clean() {
    passed=$(timeouts)
    suspended=$(grep -c '"suspended":true' "$work/said" || :)
    [ "$suspended" -eq 0 ] || fail "$filter, $1: suspended: $("$build/loom-pipe" --events "$pid")"
    ! is_alone "$filter" || [ "$failed" -gt "$passed" ] || [ $((passed * 10)) -gt "$played" ] || return 0
    [ "$failed" -eq 0 ] || fail "$filter, $1: $failed of $played rounds are bad, $passed waiters passed"
    [ "$passed" -eq 0 ] || fail "$filter, $1: timed out: $("$build/loom-pipe" --events "$pid")"
}
is_alone() { grep -q '<> \*' "$folder/$1"; }

# Forced; the filter comes with the second thread.
play_start() {
    start "$copy/server" "$test_point=$pause_us"
    until_true 10 "starting a thread" "$build/loom-pipe" -f "$folder/$1" "$pid" >"$work/said" 2>&1
    play "$(span 0.3 3)" 30
    clean "at the start"
    row start_rounds "$played"
    stop
    ok "$1: at the start, forced: $failed of $played bad"
}

# The buggy window is open nearly all the time. (Not for `r <> *`: a window so long blocks in r.)
play_window() {
    ! is_alone "$1" || return 0
    start "$copy/server" "$test_point=$window_us"
    until_ready
    open_ms= open_rounds=0
    for _ in $(seq "$(span 1 5)"); do
        install "$folder/$1"
        open_ms="$open_ms $took"
        play 0 "$(span 5 20)"
        clean "window open"
        open_rounds=$((open_rounds + played))
        remove
    done
    row window_rounds "$open_rounds" window_ms "$(echo "$open_ms" | awk '{ print $NF }')"
    stop
    ok "$1: while the window is open: 0 of $open_rounds bad; in force after$open_ms ms"
}

# Unforced: how long it takes, and what it makes wait.
play_pause() {
    start "$copy/server"
    until_ready
    : >"$work/took"
    quiet=0 around=0
    for _ in $(seq "$(span 5 20)"); do
        settle
        sleep 0.2
        first=$(lines)
        quiet=$(gap "$from_line" "$first" | awk -v a="$quiet" '{ print ($1 > a ? $1 : a) }')
        install "$folder/$1"
        settle
        around=$(gap "$first" "$from_line" | awk -v a="$around" '{ print ($1 > a ? $1 : a) }')
        echo "$took" >>"$work/took"
        remove
    done
    stop
    install_ms=$(sort -n "$work/took" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }')
    install_max=$(sort -n "$work/took" | tail -n 1)
    row install_ms "$install_ms" install_max_ms "$install_max" gap_ms "$around" quiet_gap_ms "$quiet"
    ok "$1: in force after $install_ms ms (longest $install_max); longest pause $around ms, without $quiet ms"
}

# Sets rate: rounds per CPU second, and speed: rounds per second.
speed_of() {
    settle
    cpu_from=$(cpu) time_from=$(date +%s%N)
    sleep "$1"
    since
    row_of=$(awk -v r="$played" -v c="$(($(cpu) - cpu_from))" -v t="$(($(date +%s%N) - time_from))" '
        BEGIN { printf "%.1f %.1f", c ? 1000 * r / c : 0, 1e9 * r / t }')
    rate=${row_of% *} speed=${row_of#* }
}

# median_ratio A B: of columns of the five lines
median_ratio() { awk -v a="$1" -v b="$2" '{ print $a / $b }' "$work/cost" | sort -n | sed -n 3p; }

# Unforced: rounds per CPU second without filter, with it, and of the fixed control (not rewritten).
play_cost() {
    : >"$work/cost"
    for _ in 1 2 3 4 5; do
        start "$copy/server"
        until_ready
        speed_of 3
        none=$rate none_speed=$speed
        install "$folder/$1"
        speed_of 3
        with_filter=$rate with_speed=$speed
        stop
        start "$original/server-fixed"
        until_ready
        speed_of 3
        echo "$none $with_filter $rate $none_speed $with_speed $speed" >>"$work/cost"
        stop
    done
    cost=$(median_ratio 1 2) cost_control=$(median_ratio 3 2)
    slower=$(median_ratio 4 5) slower_control=$(median_ratio 6 5)
    row cost "$cost" cost_control "$cost_control" slower "$slower" slower_control "$slower_control"
    ok "$1: CPU per round: $cost of that without filter, $cost_control of the control's; time $slower, $slower_control"
}

play_bug() {
    trap drop EXIT
    trap 'exit 1' INT TERM
    work=$top/$name
    prepare
    row_begin
    row name "$name" kind "$kind" short "${short:-no}"
    play_without
    play_controls
    play_exposed
    common=$row_fields
    for filter in $filters; do
        row_fields=$common
        row filter "$filter" text "$(grep -v '^#' "$folder/$filter" | tr '\n' ' ')"
        play_middle "$filter"
        play_start "$filter"
        play_window "$filter"
        play_pause "$filter"
        [ "$short" ] || play_cost "$filter"
        row_end
    done
    [ ! -e "$folder/check.sh" ] || . "$folder/check.sh"
}
