# Traps of splash2-fft, for corpus/run.
#
# The filter may come at any moment of a run: with slaves that have ended, and with slave 0 at the test
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

# The end of some slave does not do: it must be that of slave 0.
some='Slave:exit > '$(sed -n 's/^end.*> //p' "$folder/filter.loom")
echo "$some" >"$work/some.loom"
install "$work/some.loom"
play 0 30
[ "$failed" -gt 0 ] || fail "$some: 0 of $played bad: any slave will do"
stop
ok "$some: still $failed of $played bad"

# Slave 0 is main in some runs, and another thread in others: the store that is waited for may be
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
