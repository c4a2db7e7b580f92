# Traps of splash2-barnes, for corpus/run.
#
# The filter may come at any moment of a run: with slaves that have ended, and with number 0 at the test
# point. No rest between two runs.
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

# The first addition of a run does not do: it must be the last. A sum that is read too early looks like
# any other, so only the judge can tell.
first='code.c:64 > run.c:36 each'
echo "$first" >"$work/first.loom"
install "$work/first.loom"
play 0 30
[ "$failed" -gt 0 ] || fail "$first: 0 of $played bad: the first addition will do"
stop
ok "$first: still $failed of $played bad"

# Number 0 is main in some runs, and another thread in others: the last addition that is waited for may be
# that of the thread that waits. Nothing forced.
start "$copy/server"
until_ready
install "$folder/order.loom"
play "$(span 0.5 5)" 300
filter=order.loom
clean "from a rest on"
remove
stop
ok "order.loom: from a rest on: 0 of $played bad"
