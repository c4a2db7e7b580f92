# Traps of pbzip2, for corpus/run.
#
# `end(consumer)` knows threads from before it came: put in force at any moment, with consumers that have
# ended, that sleep at the test point, and that have not begun, it must neither miss one nor wait for
# one that has gone. No rest between two files, that is: the window is open.
start "$copy/server" "$test_point=$pause_us"
until_ready
for _ in $(seq "$(span 5 20)"); do
    "$build/loom-pipe" -t 20s -f "$folder/filter.loom" "$pid" >"$work/said" 2>&1 ||
        fail "loom-pipe: status $?: $(cat "$work/said")"
    play 0 10
    clean "while consumers end"
    remove
done
ok "filter.loom: in the middle of a file: 0 bad, no wait in vain"

# Counting returns does, too, if it begins between two files.
install "$folder/order.loom"
play 0 "$(span 50 300)"
filter=order.loom
clean "from a rest on"
remove
ok "order.loom: from a rest on: 0 of $played bad"

# The first return does not do: all four are needed.
first='consumer:exit > '$(sed -n 's/^end.*> //p' "$folder/filter.loom")
echo "$first" >"$work/first.loom"
install "$work/first.loom"
play 0 30
[ "$failed" -gt 0 ] || fail "$first: 0 of $played bad: the first return is enough"
stop
ok "$first: still $failed of $played bad"
