#!/bin/sh
# timeout: 600
# The models of the runtime, checked by spin: each correct one without an error, each seeded bug
# found. What a model covers and leaves out is said in its first comment.
set -u
model=$(pwd)/tests/model
command -v spin >/dev/null || { echo "not ok spin is not installed (./setup test)"; exit 1; }

# check WANTED(none|error) MODEL [-DSWITCH]...
check() {
    wanted=$1 name=$2
    shift 2
    what="$name $*"
    room=$LOOM_WORK/$(echo "$what" | tr -dc 'A-Za-z0-9_')
    mkdir -p "$room" && cp "$model"/*.pml "$room" && cd "$room" || exit 1
    if ! spin -a "$@" "$name.pml" >spin.log 2>&1 || ! "${CC:-gcc}" -O2 -w -DSAFETY -DMEMLIM=2000 \
        -DVECTORSZ=2048 pan.c -o pan >cc.log 2>&1; then
        echo "not ok $what: does not build"
        cat spin.log cc.log
        return
    fi
    timeout 240 ./pan -m20000 -w22 >pan.log 2>&1
    found=incomplete
    grep -q 'errors: 0' pan.log && ! grep -Eq 'search was not completed|max search depth|out of memory' \
        pan.log && found=none
    grep -Eq '^pan:1: (assertion violated|invalid end state)' pan.log && found=error
    if [ $found = "$wanted" ]; then
        echo "ok $what"
    else
        echo "not ok $what: wanted $wanted, found $found"
        tail -n 30 pan.log
    fi
    sed -n "s/^ *\([0-9.e+]*\) states, stored.*/$what: \1 states/p; s/.*total actual memory.*/&/p; \
        s/^pan: elapsed/elapsed/p; s/^pan:1: /found: /p" pan.log
    rm -f pan pan.[bchmtp]*
}

check none install
check error install -DBUG_ENTER_WITHOUT_LEAVE
check error install -DBUG_NO_BARRIER
check none install -DREMOVAL
check error install -DREMOVAL -DBUG_NO_GRACE
check none stop
check error stop -DBUG_UNPARK
check error stop -DBUG_OPEN_AFTER_SCAN
check none stop -DMUTEX
check none stop -DDEADLINE
check none stop -DROLLING
check none alone
check none alone -DMUTEX
check error alone -DBUG_NO_BARRIER
check error alone -DBUG_NOT_OWED
check error alone -DBUG_GIVE_AFTER_UNLOCK
check error alone -DMUTEX -DBUG_NO_LOOK
check none lock
check none lock -DOPPOSITE
check none lock -DREMOVAL
check error lock -DBUG_NO_WAKE
check error lock -DBUG_NO_TRY
