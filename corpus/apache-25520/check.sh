# Traps of apache-25520, for corpus/run.
#
# The flush blocks in `write` inside the region: who keeps the log reads 1 KB in 20 ms, so that a
# worker stands in a write, and others behind it, much of the time. The filter must come and go without
# anybody's help, with nobody's wait cut short.
has_waited() {
    "$build/loom-pipe" --status --format json "$pid" >"$work/said"
    grep -q '"waits":[1-9]' "$work/said"
}
start "$copy/server" AP_SLOW_US=20000
until_ready
for _ in $(seq "$(span 2 5)"); do
    install "$folder/filter.loom"
    play 0 5
    until_true 60 "waiting for somebody who waits" has_waited
    since
    clean "blocked in write"
    remove
done
play 0 5
until_true 60 "waiting for a bad round" has_bad
stop
ok "blocked in write inside the region: 0 bad with the filter, $failed of $played without"
