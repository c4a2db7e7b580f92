# Traps of apache-21287, for corpus/run.
#
# Several regions in several functions: with that of decrement_refcount alone the race stays. It is
# rarer then, since who serves a page waits for who sleeps at the test point.
start "$copy/server" "$test_point=$pause_us"
until_ready
for part in 'mod_mem_cache.c:88-91 <> self' 'decrement_refcount <> self'; do
    echo "$part" >"$work/part.loom"
    install "$work/part.loom"
    settle
    until_true 60 "waiting for a bad round with $part" has_bad
    remove
    ok "$part, forced: does not do, a bad round after $played"
done
stop

# Lock order: memcache_cache_free is called with the cache's lock held, and the other two functions
# take it. Whole functions as regions wait in circles; the runtime must break them all.
has_circle() { "$build/loom-pipe" --events "$pid" | grep -q cycle; }
start "$copy/server"
until_ready
echo 'decrement_refcount <> remove_url <> memcache_cache_free' >"$work/whole.loom"
install "$work/whole.loom"
until_true 60 "waiting for a circle" has_circle
play 0 5
remove
play 0 100
stop
ok "whole functions as regions: circles are broken, the program goes on"
