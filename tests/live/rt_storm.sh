#!/bin/sh
# timeout: 600
# Filters come and go in a process of many threads: blocked ones, computing ones, more than there
# are processors. Others ask the process meanwhile: no client takes another's replies.
LOOM_RT=$LOOM_BUILD/libloom-rt.so.1
export LOOM_RT
bad=0
for _ in $(seq 20); do "$LOOM_BUILD/loom-pipe" --ps || break; done >"$LOOM_WORK/ps" 2>&1 &
"$LOOM_BUILD/tests/rt_storm" 8 200 50 100 || bad=1
wait $!
"$LOOM_BUILD/tests/rt_storm" 32 100 20 2000 || bad=1
"$LOOM_BUILD/tests/rt_storm" 4 100 0 0 || bad=1
"$LOOM_BUILD/tests/rt_storm" 32 40 0 0 || bad=1
exit $bad
