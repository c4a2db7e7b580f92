#!/bin/sh
# timeout: 240
# Shapes of programs (tests/support/shapes): each has threads that collide in region(); a filter must
# end that, go again, and leave the program alive on its fast copies. What cannot be served must live,
# and the reason must be said. Then runtimes and programs of other versions, clients that are killed,
# other users, and containers.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/shapes}
meter=$work/meter
started='' open='' mode=none
rm -rf "$work"
mkdir -p "$work"

finish() {
    for process in $started; do kill -KILL "$process" 2>/dev/null || :; done
    started=
    [ -z "$open" ] || rm -rf "$open"
}
fail() {
    echo "not ok shapes: $mode: $*"
    [ -n "$started" ] || exit 1
    code=0
    finish
    wait "$first" || code=$?
    echo "the process had status $code (137: it was there until now)"
    exit 1
}
trap finish EXIT
trap 'exit 1' INT TERM

# word N: of the meter (see struct meter)
word() { od -An -t d8 -j $(($1 * 8)) -N 8 "$meter" | tr -d ' '; }
until_() { # until_ WHAT COMMAND...: 20 s at most
    what=$1
    shift
    for _ in $(seq 1000); do
        "$@" && return
        sleep 0.02
    done
    fail "in vain: $what"
}
is_ready() { [ "$(word "$at")" -gt 0 ]; }
# start MODE [COMMAND...]: in front of the program; sets pid, which the program says itself
start() {
    mode=$1
    shift
    head -c 4096 /dev/zero >"$meter"
    "$@" "${program:-$work/copy/shape}" "$mode" "$meter" >"$work/log" 2>&1 &
    first=$!
    started="$started $first"
    at=0
    until_ "it starts" is_ready
    pid=$(word 0)
    started="$started $pid"
}
end() { # it is there, and ends at SIGTERM as it would without Loom
    kill "$first" 2>/dev/null || [ "$pid" != "$first" ] || fail "it has ended: $(cat "$work/log")"
    code=0
    wait "$first" || code=$?
    [ "$pid" = "$first" ] || kill "$pid" # a daemon
    [ $code -eq 143 ] || [ $code -eq 0 ] || fail "status $code"
    started=
}
pipe() {
    "$build/loom-pipe" --timeout 20s "$@" "$pid" >"$work/said" 2>&1 || fail "loom-pipe $*: status $?: $(cat "$work/said")"
}
refused() { # refused CODE WORDS ARGUMENT...
    want=$1 words=$2 code=0
    shift 2
    "$@" "$pid" >"$work/said" 2>&1 || code=$?
    [ $code -eq "$want" ] || fail "$*: status $code, not $want: $(cat "$work/said")"
    grep -qF -- "$words" "$work/said" || fail "$* does not say \`$words\`: $(cat "$work/said")"
}
more_rounds() { [ "$(word 1)" -ge $((rounds + ${many:-100})) ]; }
lives() {
    rounds=$(word 1)
    until_ "it goes on" more_rounds
}
some_overlap() { [ "$(word 2)" -gt "$overlaps" ]; }
collides() {
    overlaps=$(word 2)
    until_ "threads collide without a filter" some_overlap
}
# protects [FILTER [OPTION...]]: in, nobody collides, out
protects() {
    text=${1:-region <> self}
    [ $# -eq 0 ] || shift
    pipe "$@" -e "$text"
    overlaps=$(word 2)
    lives
    [ "$(word 2)" -eq "$overlaps" ] || fail "$text does not protect"
    ! grep -q '^[^ ]* rwx' "/proc/$pid/maps" || fail "there is memory to write code to"
    grep -q '^TracerPid:.0$' "/proc/$pid/status" || fail "it is traced"
    pipe --remove all
    lives
    pipe --status --format json
    grep -q '"fast":true' "$work/said" || fail "not fast: $(cat "$work/said")"
}
works() {
    collides
    protects
    protects 'region <> self' --stop
}
ok() { echo "ok shapes: $*"; }

cp -a tests/support/shapes "$work/original"
"$build/loom-rewrite" "$work/original" "$work/copy" -- -pthread -D_GNU_SOURCE >"$work/log" || fail "it is not rewritten"
make -s -C "$work/copy"
make -s -C "$work/original"

# ---- the process
for shape in plain daemon closed-before closed-later sigwait; do
    start $shape
    works
    if [ $shape = sigwait ]; then
        pipe -e 'region <> self'
        for _ in 1 2 3 4 5; do
            seen=$(word 3)
            kill -USR1 "$pid"
            until_ "sigwait gets its signal" eval '[ "$(word 3)" -gt "$seen" ]'
        done
    fi
    end
    ok "$shape"
done
if [ "$(id -u)" -eq 0 ]; then
    for shape in chroot setuid; do
        start $shape
        works
        end
        ok "$shape"
    done
    start chroot-before # no /proc: the program's sandbox, if it has one, cannot be seen from inside
    refused 3 'changed its root' "$build/loom-pipe" -e 'region <> self'
    lives
    end
    ok "chroot before the second thread"
else
    echo "figure: chroot, setuid, other users, AT_SECURE, containers: not tested, for they need root"
fi

# ---- children: each has a helper of its own, and the filters that its parent had
start prefork
pipe -e 'region <> self'
kill -USR1 "$pid"
at=5
until_ "the child starts" is_ready
parent=$pid pid=$(word 5)
started="$started $pid"
pipe --list
grep -q 'region <> self' "$work/said" || fail "the child has lost its filter: $(cat "$work/said")"
pipe --remove all
pid=$parent
pipe --list
grep -q 'region <> self' "$work/said" || fail "removal in the child took the parent's filter"
pipe --remove all
kill "$(word 5)"
end
ok "prefork"

# ---- LOOM_FILTERS: plans of a running process, from the first thread of the next one on
start plain
pipe --plan "$work/plans" -e 'region <> self name "kept"'
pipe --plan "$work/plans-for-a-second" -e 'region <> self for 1s'
pipe --list
grep -q 'no filters' "$work/said" || fail "--plan installed something: $(cat "$work/said")"
end
at_start() { # at_start MODE: nobody collides from the beginning
    LOOM_FILTERS=$work/plans start "$1"
    lives
    [ "$(word 2)" -eq 0 ] || fail "LOOM_FILTERS does not protect: $(word 2) overlaps"
    pipe --list
    [ "$(grep -c 'in-force' "$work/said")" -eq 1 ] || fail "it is not installed once: $(cat "$work/said")"
}
not_at_start() { # not_at_start FILE WORDS: it lives without, and the event says why
    LOOM_FILTERS=$1 start plain
    collides
    pipe --list
    grep -q 'no filters' "$work/said" || fail "$1: $(cat "$work/said")"
    pipe --events
    grep -qF -- "$2" "$work/said" || fail "$1: no event says \`$2\`: $(cat "$work/said")"
    end
}
for shape in plain daemon closed-before; do
    at_start $shape
    pipe --remove kept
    collides
    end
done
at_start prefork
kill -USR1 "$pid"
at=5
until_ "the child starts" is_ready
parent=$pid pid=$(word 5)
started="$started $pid"
pipe --list
[ "$(grep -c 'in-force' "$work/said")" -eq 1 ] || fail "the child has not one filter: $(cat "$work/said")"
kill "$pid"
pid=$parent
end
echo 'region <> self' >"$work/text"
not_at_start "$work/text" 'not made by loom-pipe --plan'
not_at_start "$work/nowhere" 'cannot be opened'
program=$work/copy/host start host
pipe --plan "$work/plans-of-host" -e 'library_region <> self'
end
not_at_start "$work/plans-of-host" 'they wait for a change of modules'
ok "LOOM_FILTERS: in force before the first thread; of another build, or no plan, left alone"

# ---- threads
start callbacks
works
called=$(word 4)
pipe -e 'region <> self'
until_ "libraries call back" eval '[ "$(word 4)" -gt $((called + 50)) ]'
end # with the filter in force
[ "$(word 6)" -eq 1 ] || fail "the atexit function did not run to its end"
ok "callbacks: qsort, timers that make threads, atexit"

churn() { # churn SECONDS: sets made, threads a second
    from=$(word 3) began=$(date +%s%N)
    sleep "$1"
    made=$((($(word 3) - from) * 1000 / (($(date +%s%N) - began) / 1000000)))
}
start churn
churn 0.5
free=$made
pipe -e 'region <> self within 30s'
overlaps=$(word 2)
churn 0.5
[ "$(word 2)" -eq "$overlaps" ] || fail "the filter does not protect"
[ $made -gt 50 ] || fail "$made threads a second"
pipe --remove all
pipe -e 'short_life:entry > region:exit'
churn 1
[ $made -gt 50 ] || fail "$made threads a second"
pipe --remove all
end
ok "detached threads come and go"
echo "figure: threads made and ended: $free a second without a filter, $made with an order that all pass"

# A filter in the program's own malloc, which libc calls in pthread_create and strdup, too
program=$work/copy/alloc start alloc
collides
protects 'take <> self'
protects 'take <> self' --stop
refused 1 'has the name of a builtin' "$build/loom-pipe" -e 'malloc <> self'
pipe -e 'take <> self'
end
ok "a filter on an allocator"

# while (read()) BODY, a filter on BODY: who idles in the condition neither holds it nor holds it up.
start serving
line=$(grep -n 'the body:' "$work/original/shape.c" | cut -d : -f 1)
pipe -e "shape.c:$line-$((line + 1)) <> self"
for _ in 1 2 3; do
    seen=$(word 4) made=$(word 3)
    kill -USR1 "$pid"
    until_ "the idle one gets work" eval '[ "$(word 4)" -gt "$seen" ] && [ "$(word 3)" -gt $((made + 50)) ]'
done
pipe --list
grep -q 'in-force' "$work/said" && grep -q 'timed out 0$' "$work/said" || fail "it keeps others: $(cat "$work/said")"
! grep -q 'entered 0 times' "$work/said" || fail "nobody enters: $(cat "$work/said")"
end
ok "a loop whose condition idles"

# A region that is left by pthread_exit, longjmp, siglongjmp out of a call, both kinds of cancellation,
# by a child of fork through exec and exit, and of vfork through exec: nobody waits for who has gone.
start exits
more_exits() { [ "$(word 3)" -ge $((exits + 20)) ] && [ "$(word 4)" -ge $((called + 100)) ]; }
for how in '' --stop; do
    # shellcheck disable=SC2086
    pipe $how --force -e 'leaky <> self'
    exits=$(word 3) called=$(word 4)
    until_ "all ways out" more_exits
    pipe --list
    grep -q 'timed out 0$' "$work/said" || fail "somebody waited in vain: $(cat "$work/said")"
    pipe --remove all
done
end
ok "every way out of a region, $(word 3) rounds"

# A thread is in the region, in a read: the others obey, it is named, and obeys once it is out.
start stuck
line=$(grep -n 'read(wake_up' "$work/original/shape.c" | cut -d : -f 1)
sentence="(shape) has been in the region at shape.c:$line, in read, for"
refused 5 'in force for 3 of 4 threads' "$build/loom-pipe" --timeout 300ms -e 'stuck <> region'
refused 5 "$sentence" "$build/loom-pipe" --timeout 300ms -e 'stuck <> region'
pipe --status
grep -q 'in force for 3 of 4 threads' "$work/said" && grep -qF "$sentence" "$work/said" ||
    fail "--status: $(cat "$work/said")"
pipe --remove all # while it is being installed
collides
refused 5 "$sentence" "$build/loom-pipe" --timeout 300ms --all-or-nothing -e 'stuck <> region'
refused 5 "$sentence" "$build/loom-pipe" --timeout 300ms --stop -e 'stuck <> region'
pipe --list
! grep -q 'published\|in-force' "$work/said" || fail "it was not taken back: $(cat "$work/said")"
code=0
"$build/loom-pipe" --timeout 300ms -e 'stuck <> region' "$pid" >"$work/said" 2>&1 || code=$?
[ $code -eq 5 ] || fail "status $code: $(cat "$work/said")"
kill -USR1 "$pid"
is_in_force() { "$build/loom-pipe" --list "$pid" | grep -q 'in-force'; }
until_ "it obeys" is_in_force
overlaps=$(word 2)
lives
[ "$(word 2)" -eq "$overlaps" ] || fail "it does not protect"
pipe --later --remove all
is_gone() { ! "$build/loom-pipe" --list "$pid" | grep -q 'in-force\|removing'; }
until_ "it goes" is_gone
pipe --events
[ "$(grep -c ' removed ' "$work/said")" -ge 2 ] || fail "no event tells that it is gone: $(cat "$work/said")"
end
ok "a thread that stays in the region is named; --later: an event tells"

# memory MODE ROUNDS: sets with and without, in kB, before the first filter; the first one still runs
anonymous() { awk '/^RssAnon/ { print $2 }' "/proc/$pid/status"; }
memory() {
    rounds=0 many=$2
    LOOM=0 start "$1"
    until_ "all threads" more_rounds
    without=$(anonymous)
    refused 3 'there is no Loom in it' "$build/loom-pipe" -e 'region <> self'
    end
    start "$1"
    until_ "all threads" more_rounds
    with=$(anonymous) more=$(($(anonymous) - without)) many=100
}
memory single 100 # nothing but the constructor has run
[ "$(ls "/proc/$pid/task" | wc -l)" -eq 1 ] || fail "there is a second thread"
refused 3 'has a single thread' "$build/loom-pipe" -e 'region <> self'
end
single=$more
memory plain 100
pipe --list
end
few=$more
memory many 1000
pipe --list
protects 'region <> self within 1m'
end
ok "1, 4 and 1,000 threads, and LOOM=0"
echo "figure: memory before the first filter, with Loom: $single kB more with 1 thread, $few kB with 4, $more kB with 1,000 ($without kB without)"
[ "$single" -le 100 ] || fail "$single kB more before the second thread"
[ "$few" -le 300 ] || fail "$few kB more with 4 threads"
[ "$more" -le 1300 ] || fail "$more kB more with 1,000 threads"

# ---- processors: behind a client the helper goes back behind everybody, with room and in a crowd; the
# program's threads stay as they are
start plain nice -n 3
scheduling() { # NAME POLICY NICE of each thread; policy 0: other, 3: batch
    for task in /proc/"$pid"/task/*; do
        echo "$(cat "$task/comm") $(sed 's/.*) //' "$task/stat" | cut -d' ' -f 17,39)"
    done | sort -u
}
nice=$(nice -n 3 nice)
as_it_should() { [ "$(scheduling)" = "$(printf 'loom %d 3\nshape %d 0' "$nice" "$nice")" ]; }
pipe --list
as_it_should || fail "with room: $(scheduling)"
for _ in $(seq $(($(nproc) * 2 + 4))); do
    timeout 20 sh -c 'while :; do :; done' &
    crowd="${crowd:-} $!"
done
for _ in 1 2 3; do pipe --list; done
# shellcheck disable=SC2086
kill $crowd
as_it_should || fail "in a crowd: $(scheduling)"
end

# ---- sandboxes: the program lives, and the reason is said
for shape in sandbox-before sandbox-later sandbox-one; do
    start $shape
    refused 3 'seccomp' "$build/loom-pipe" -e 'region <> self'
    lives
    end
    ok "$shape"
done

# A filter of LOOM_FILTERS is in force when the sandbox comes, and its time ends behind that; plans that
# wait for other modules do not come any more.
LOOM_FILTERS=$work/plans-for-a-second start sandbox-later
is_in_sandbox() { [ "$(word 3)" -eq 1 ]; }
until_ "it is in the sandbox" is_in_sandbox
lives
refused 3 'seccomp' "$build/loom-pipe" --list
collides
end
LOOM_FILTERS=$work/plans-of-host start sandbox-later
until_ "it is in the sandbox" is_in_sandbox
sleep 0.5 # two looks at the modules
lives
end
ok "a sandbox that comes after the filters"

# ---- libraries: in an instrumented program, and in one that is not
mkdir "$work/mixed"
cp "$work/copy"/lib*.so "$work/original/host" "$work/mixed"
for mixed in copy mixed; do
    program=$work/$mixed/host start host
    collides
    protects 'library_region <> self
other_region <> self'
    end
    ok "two libraries in $([ $mixed = copy ] && echo an instrumented || echo another) program"
done

# ---- versions: a newer runtime, one that is too new; an older and a newer program
unset program
for version in newer abi; do
    option=
    [ $version = newer ] || option=-D$(echo $version | tr a-z A-Z)
    # shellcheck disable=SC2086
    ${CC:-gcc} -shared -fPIC -O1 -D_GNU_SOURCE $option -I. tests/support/other_rt.c -o "$work/$version.so" -ldl
    OTHER_RT=$build/libloom-rt.so.1 LOOM_RT=$work/$version.so start plain
    if [ $version = abi ]; then
        lives
        refused 3 'no helper' "$build/loom-pipe" -e 'region <> self'
    else
        works
    fi
    end
    ok "the program with a runtime that is $version"
done
# ... and the runtime, which includes slot.h itself, looks for none
LOOM_RT=$work/newer.so OTHER_RT=/dev/null LD_PRELOAD=$build/libloom-rt.so.1 cat /proc/self/maps >"$work/said"
grep -q libloom-rt "$work/said" || fail "it was not preloaded"
! grep -q newer "$work/said" || fail "it loaded a runtime"
ok "the runtime alone loads no other"
# program_of NAME SED...: the copy with another struct loom_file
program_of() {
    cp -a "$work/copy" "$work/$1"
    rm "$work/$1/shape"
    for header in slot.h slot_emit.h; do
        sed -i "$2" "$work/$1/.loom/$header"
        ! cmp -s "$work/$1/.loom/$header" "$work/copy/.loom/$header" || fail "$header is not altered"
    done
    make -s -C "$work/$1" shape
    program=$work/$1/shape
    start plain
    works
    end
    ok "a program that is $1 than the runtime"
}
program_of older 's/^    unsigned long (\*global)(unsigned n);//; s/loom_global_##tag}/}/'
program_of newer 's/^    unsigned long (\*global)(unsigned n);/&\n    unsigned long more[4];/; s/loom_global_##tag}/loom_global_##tag, {1, 2, 3, 4}}/'
unset program

# ---- loom-pipe is killed at every frame it sends: the next one works
${CC:-gcc} -shared -fPIC -O1 -D_GNU_SOURCE -I. tests/support/kill_at.c -o "$work/kill_at.so" -ldl
start plain
kills=0
for behind in '' 1; do
    for frame in $(seq 40); do
        code=0
        KILL_AT=$frame KILL_BEHIND=$behind LD_PRELOAD=$work/kill_at.so \
            "$build/loom-pipe" -e "region <> self name \"$frame\"" "$pid" >"$work/said" 2>&1 || code=$?
        [ $code -eq 137 ] || break
        kills=$((kills + 1))
        pipe --list
        if grep -q 'no filters' "$work/said"; then pipe -e 'region <> self'; fi
        pipe --remove all
    done
    [ $code -eq 0 ] || fail "with frame $frame: status $code: $(cat "$work/said")"
    pipe --remove all
done
[ $kills -ge 12 ] || fail "only $kills frames"
works
end
ok "loom-pipe killed in front of and behind each of its frames, $kills times"

# ---- users and containers
[ "$(id -u)" -eq 0 ] || exit 0
open=$(mktemp -d /tmp/loom-shapes.XXXXXX) # where another user may come
chmod 755 "$open"
cp "$build/loom-pipe" "$work/copy/shape" "$open"
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups'
start plain
# shellcheck disable=SC2086
refused 4 'belongs to somebody else' $nobody "$open/loom-pipe" -e 'region <> self'
# shellcheck disable=SC2086
refused 4 'belongs to somebody else' $nobody "$open/loom-pipe" --list
end
ok "another user is refused"

# A setuid program that another user starts: the environment names neither runtime nor filters.
program=$open/shape
chmod 4755 "$program"
chmod 666 "$meter"
if findmnt -no OPTIONS -T "$open" | grep -q nosuid; then
    echo "figure: AT_SECURE: not tested, /tmp is mounted nosuid"
else
    # shellcheck disable=SC2086
    chmod 644 "$work/plans"
    LOOM=0 LOOM_RT=$work/newer.so OTHER_RT=/dev/null LOOM_FILTERS=$work/plans start plain $nobody
    collides
    grep -q 'libloom-rt\.so' "/proc/$pid/maps" || fail "LOOM=0 was obeyed"
    ! grep -q newer "/proc/$pid/maps" || fail "LOOM_RT was obeyed"
    refused 3 'raised privileges' "$build/loom-pipe" -e 'region <> self'
    lives
    end
    ok "AT_SECURE: the environment is not obeyed, and nothing is installed"
fi
unset program

# A process in pid and mount namespaces of its own, reached from outside and from inside
if unshare --pid --mount --fork --mount-proc true 2>/dev/null; then
    mode=container
    head -c 4096 /dev/zero >"$meter"
    unshare --pid --mount --fork --mount-proc "$work/copy/shape" container "$meter" &
    first=$!
    started="$started $first"
    at=0
    until_ "it starts" is_ready
    [ "$(word 0)" -eq 1 ] || fail "it is not the first process of its namespace"
    pid=$(pgrep -P $first)
    works
    cat >"$work/inside" <<'END'
build=$1
set -e
"$build/loom-pipe" -e 'region <> self' 1
"$build/loom-pipe" --ps
"$build/loom-pipe" --remove all 1
END
    nsenter -t "$pid" -p -m sh "$work/inside" "$build" >"$work/said" 2>&1 || fail "from inside: $(cat "$work/said")"
    grep -q 'in force' "$work/said" || fail "from inside: $(cat "$work/said")"
    lives
    kill -KILL "$pid"
    wait $first 2>/dev/null || :
    started=
    ok "a container, from outside and from inside"
else
    echo "figure: containers: not tested, unshare is not allowed here"
fi
