# splash2.sh: traps that the three programs of splash2 have in common. Sourced by their check.sh, in
# corpus/run; see bug.sh for what is used here.

# The filter may come at any moment of a run: with threads that have ended, and with number 0 at the
# test point. No rest between two runs. Leaves the forced program running.
comes_in_the_middle() {
    start "$copy/server" "$test_point=$pause_us"
    until_ready
    for _ in $(seq "$(span 5 20)"); do
        "$build/loom-pipe" -t 20s -f "$folder/filter.loom" "$pid" >"$work/said" 2>&1 ||
            fail "loom-pipe: status $?: $(cat "$work/said")"
        play 0 20
        clean "in the middle of a run"
        remove
    done
    ok "filter.loom: in the middle of a run: 0 bad, no wait in vain"
}

# does_not_do FILTER WHY: an order that looks right, and is not
does_not_do() {
    echo "$1" >"$work/wrong.loom"
    install "$work/wrong.loom"
    play 0 30
    [ "$failed" -gt 0 ] || fail "$1: 0 of $played bad: $2"
    stop
    ok "$1: still $failed of $played bad"
}

# Number 0 is main in some runs, and another thread in others: the event that is waited for may be that
# of the thread that waits. Nothing forced.
waits_for_itself() {
    start "$copy/server"
    until_ready
    install "$folder/order.loom"
    play "$(span 0.5 5)" 300
    filter=order.loom
    clean "from a rest on"
    remove
    stop
    ok "order.loom: from a rest on: 0 of $played bad"
}
