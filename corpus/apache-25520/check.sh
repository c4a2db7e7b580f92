# Traps of apache-25520, for corpus/run.
#
# The flush blocks in `write` inside the region: who keeps the log reads 1 KB in 20 ms, so that a
# worker stands in a write, and others behind it, nearly all the time. The filter must come and go
# without anybody's help, with nobody's wait cut short.
start "$copy/server" AP_SLOW_US=20000
until_ready
for _ in $(seq "$(span 2 5)"); do
    install "$folder/filter.loom"
    play 0 "$(span 5 20)"
    clean "blocked in write"
    waited=$(sed 's/.*"waits":\([0-9]*\).*/\1/' "$work/said")
    [ "$waited" -gt 0 ] || fail "nobody waited for who is blocked in write: $(cat "$work/said")"
    remove
done
play 0 10
[ "$failed" -gt 0 ] || fail "none of $played rounds bad without filter, blocked in write"
stop
ok "blocked in write inside the region: 0 bad with the filter, $failed of $played without"
