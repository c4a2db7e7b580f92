#!/bin/sh
# timeout: 100
# loom-pipe from outside: every kind of bad input and of trouble on the other side gets a clear
# message and its exit code, and the good way works. tests/support/fakeloom.c plays the process.
pipe=$LOOM_BUILD/loom-pipe
fake=$LOOM_BUILD/tests/fakeloom
cd "$LOOM_WORK" || exit 1

cat >table <<'END'
loom 1
type 0 void%20(void)
rec 0 s item 16
m next 0 pr0
m size 8 i4
g 0 limit i4
fn 0 f 3:6 5 - 0
l 0 it pr0
n 0 entry 3:6 3:6 SR 1 0
n 1 stmt 4:5 4:20 S 3
c 2 d read bix
n 3 exit 5:1 5:2 S -
fn 1 g 7:6 9 - 0
n 4 entry 7:6 7:6 SR 5
n 5 exit 9:1 9:2 S -
END

pid=
finish() { [ -z "$pid" ] || kill "$pid" 2>/dev/null; }
trap finish EXIT
play() { # play MODE: a process in $pid
    finish
    rm -f pid # or the last one would be taken for this one
    "$fake" "$1" "$PWD/table" >pid 2>/dev/null &
    pid=$!
    for _ in $(seq 100); do [ -s pid ] && break; sleep 0.02; done
}

# check NAME CODE WORDS ARGUMENT...: loom-pipe ARGUMENT... ends with CODE and says WORDS
check() {
    name=$1 want=$2 words=$3
    shift 3
    timeout 20 "$pipe" "$@" >said 2>&1 </dev/null
    code=$?
    if [ $code -eq "$want" ] && grep -qF -- "$words" said; then
        echo "ok $name"
    else
        echo "not ok $name: exit $code, wanted $want and \`$words\`"
        sed 's/^/    /' said
    fi
}

# ---- usage
check no-arguments 2 'which process?'
check unknown-option 2 'not understood' --nonsense 1
check pid-not-a-number 2 'not the number of a process: 12x' 12x
check pid-negative 2 'not the number of a process' -- -3
check pid-zero 2 'not the number of a process' 0
check pid-huge 2 'not the number of a process' 99999999999999999999
check two-pids 2 'too many words: 2' --list 1 2
check two-verbs 2 'only one of' --list --status 1
check two-texts 2 'do not go together' -e 'f <> self' -f table 1
check bad-timeout 2 'not a time: soon' --timeout soon 1
check bad-format 2 'unknown format: xml' --format xml --list 1
check dot-of-a-list 2 'is for --explain' --format dot --list 1
check wait-for-a-list 2 'is for installing' --wait --list 1
check help 0 'Exit: 0 done' --help
check version 0 'protocol 1' --version

# ---- processes
check no-process 3 'there is no process 4194999' -e 'f <> self' 4194999
sleep 30 & other=$!
check not-instrumented 3 'there is no Loom in it' -e 'f <> self' $other
kill $other
play plain
check somebody-elses-loom 3 'there is no Loom in it' -e 'f <> self' "$pid"
play off
check switched-off 3 'switched itself off in process' -e 'f <> self' "$pid"
check switched-off-why 3 'told so' --list "$pid"
play silent
check silent 5 'does not answer' --list "$pid"
play lose
check repeats-what-was-lost 0 'in force after' -e 'f <> self' "$pid"
check a-removal-is-repeated 0 '1 filter removed' --remove all "$pid"
check and-was-done-once 0 'no filters to remove' --remove all "$pid"
play lose-commit
check finds-what-it-committed 0 'in force after' -e 'f <> self' "$pid"
check and-once 0 '1 filter removed' --remove all "$pid"
play lose-refusal
check a-lost-refusal 5 'why was lost: try again' -e 'f <> self' "$pid"
play lose-all
check not-known 5 'is not known: loom-pipe --list' -e 'f <> self' "$pid"
play ok
kill -STOP "$pid"
(sleep 3; kill -CONT "$pid") &
check waits-for-a-stopped-process 0 'a.c' --explain -e 'f <> self' "$pid"
play busy
check busy 5 'another loom-pipe' --list "$pid"
play die
check dies-in-the-middle 3 'has ended' -e 'f <> self' "$pid"
play wrong-table
check wrong-table 3 'the wrong size' -e 'f <> self' "$pid"
printf 'loom 1\nfn nonsense here\n' >table.bad
mv table table.good; mv table.bad table
play ok
check bad-table 3 'slot table of src/a.c cannot be read: line 2' -e 'f <> self' "$pid"
mv table.good table
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    play ok
    cp "$pipe" ./pipe-copy && chmod 755 ./pipe-copy pid . && chmod a+x "$LOOM_WORK"
    cp ./pipe-copy /tmp/loom-pipe.$$ && chmod 755 /tmp/loom-pipe.$$
    setpriv --reuid=65534 --regid=65534 --clear-groups /tmp/loom-pipe.$$ -e 'f <> self' "$pid" \
        >said 2>&1
    code=$?
    rm -f /tmp/loom-pipe.$$
    if [ $code -eq 4 ] && grep -q 'belongs to somebody else' said; then echo "ok somebody-else"
    else echo "not ok somebody-else: exit $code"; cat said; fi
fi

# ---- texts
play ok
check empty 1 'the text is empty' -e '' "$pid"
check empty-input 1 'the text is empty' "$pid"
check no-file 1 'nowhere: No such file' -f nowhere "$pid"
check folder 1 'Is a directory' -f . "$pid"
printf 'f <> self\000' >nul
check nul 1 'a NUL byte' -f nul "$pid"
head -c 1048576 /dev/urandom >garbage
check garbage 1 'are not a filter' -f garbage "$pid"
head -c 16000 /dev/urandom | tr -d '\000' >garbage
check short-garbage 1 'error:' -f garbage "$pid"
check unknown-function 1 'did you mean `f` (src/a.c:3)' -e 'ff <> self' "$pid"
check wait-in-vain 5 'not there after 50 ms' --wait --timeout 50ms -e 'ff <> self' "$pid"
check wait-says-for-what 5 'no file `plug.c` in this process' --wait --timeout 50ms \
    -e 'f <> plug.c:7' "$pid"
check wait-not-for-this 1 'contains line 6' --wait -e 'ff <> a.c:6' "$pid"
check several-errors 1 'filter:2:1' -e 'zz <> self
gg <> self' "$pid"
# on NAME WANTED COMMAND: what it says on a terminal has colours, or has none
on() {
    script -qec "$3" /dev/null >said 2>&1 </dev/null
    grep -q 'no function .zz' said || { echo "not ok $1: says nothing of it"; return; }
    if grep -q "$(printf '\033')\\[" said; then has=colours; else has=none; fi
    if [ $has = "$2" ]; then echo "ok $1"; else echo "not ok $1: $has"; cat said; fi
}
on colours-on-a-terminal colours "TERM=xterm NO_COLOR= '$pipe' -e 'zz <> self' $pid"
on no-colours-if-told-so none "TERM=xterm NO_COLOR=1 '$pipe' -e 'zz <> self' $pid"
on no-colours-on-a-dumb-one none "TERM=dumb '$pipe' -e 'zz <> self' $pid"
on no-colours-in-a-file none "TERM=xterm '$pipe' -e 'zz <> self' $pid 2>err; cat err"
check nothing-was-done 0 'no filters' --list "$pid"

# ---- the good way
check install 0 'in force after 3 ms' -e 'f <> self' "$pid"
check already 0 'already in force' -e '  f  <>  self # the same' "$pid"
check list 0 '1  f <> self' --list "$pid"
check status 0 'threads 2 of 3; entered 7 times' --status "$pid"
check name-taken-not 0 'in force' -e 'g <> self name "a b"' "$pid"
check name-taken 1 'another filter has the name' -e 'f <> g name "a b"' "$pid"
check list-json 0 '"name":"a b"' --list --format json "$pid"
check remove-by-name 0 '1 filter removed' --remove 'a b' "$pid"
check remove-unknown 1 'no filter `nix`' --remove nix "$pid"
check remove-all 0 '1 filter removed' --remove all "$pid"
check one-text 2 'one -e; several filters stand on lines' -e 'f <> self' -e 'g <> self' "$pid"
check remove-none 0 'no filters to remove' --remove all "$pid"
check slots 0 'src/a.c:3: f  3 slots' --slots "$pid"
check slots-pattern 0 'calls read' --slots f "$pid"
check slots-line 0 'src/a.c:4:5: statement' --slots a.c:4 "$pid"
check slots-none 1 'nothing matches' --slots nix "$pid"
check slots-json 0 '"function":"g"' --slots='*' --format json "$pid"
check events 0 'installed' --events "$pid"
check explain 0 'goes slow: 1 of 2 functions: f' --explain -e 'f <> self' "$pid"
check explain-unsafe 0 'thread 77 `worker` at f src/a.c:4, in read' --explain -e 'f <> self' "$pid"
check slots-values 0 'entry  passes it (struct item *)' --slots f "$pid"
check slots-values-json 0 '"passes":[{"name":"it","type":"struct item *"}]' --slots=f --format json "$pid"
check explain-key 0 'key       | of it (struct item *, passed here)' --explain -e 'f(it->next) <> self' "$pid"
check explain-condition 0 'if       | of limit (int, of src/a.c), it (struct item *, passed here)' \
    --explain -e 'f (it->size > limit) <> self' "$pid"
check explain-key-json 0 '"key":[{"name":"limit","type":"int","from":"file"}]' --explain \
    --format json -e 'f(limit) <> self' "$pid"
check key-unknown 1 'did you mean `limit`' -e 'f(limits) <> self' "$pid"
check status-build 0 'build 00000000000000ab' --status "$pid"
check ps-build 0 'build 00000000000000ab' --ps
check other-build 1 'runs build 00000000000000ab: this filter is for build 00000000ac' \
    -e 'f <> g for build 00000000ac' "$pid"
check other-build-did-nothing 0 'no filters' --list "$pid"
check this-build 0 'goes slow' --explain -e 'f <> g for build 00000000' "$pid"
check explain-json 0 '"slow":["f"]' --explain --format json -e 'f <> self' "$pid"
check ps 0 "$pid" --ps
check install-json 0 '"state":"in-force"' --format json -e 'f <> self' "$pid"
echo 'g <> self' | "$pipe" "$pid" >said 2>&1 && grep -q 'in force' said && echo "ok standard-input"

# ---- --plan: whole or not at all, and nothing is installed
check plan 0 'LOOM_FILTERS=/' --plan kept -e 'f <> self
g <> self' "$pid"
[ "$(od -An -c -N 4 kept | tr -d ' ')" = LOOM ] && echo "ok plan-file" || echo "not ok plan-file: kept is no plan"
cp kept kept.good
check plan-wrong 1 'no function `nowhere`' --plan kept -e 'nowhere <> self' "$pid"
cmp kept kept.good && [ "$(ls kept*)" = "kept
kept.good" ] && echo "ok plan-untouched" || echo "not ok plan-untouched: a refused filter has changed kept"
check plan-nowhere 2 'No such file' --plan no/such/folder/kept -e 'f <> self' "$pid"
check plan-stop 2 'do not go with --plan' --plan kept --stop -e 'f <> self' "$pid"

play noise
check noise 0 'in force' -e 'f <> self' "$pid"
play stale
check modules-change 0 'in force' -e 'f <> self' "$pid"
play refuse-second
check refused 1 'I do not like it' -e 'f <> self
g <> self' "$pid"
check taken-back 0 'no filters' --list "$pid"
play missing
check missing 5 'thread 77 (worker) has been in the region at src/a.c:4, in read, for 90.0 s' \
    --timeout 100ms -e 'f <> self' "$pid"
check stays 0 'published' --list "$pid"
check missing-count 5 'in force for 2 of 3 threads' --timeout 100ms -e 'f <> self' "$pid"
check status-missing 0 'thread 77 (worker) has been in the region at src/a.c:4, in read, for 90.0 s' --status "$pid"
check status-count 0 'in force for 2 of 3 threads' --status "$pid"

# a filter that was rolled back is told of for a while: nothing to remove, nothing to wait for
play rolled-back
check rolled-back 5 'taken back' --all-or-nothing --timeout 100ms -e 'f <> self' "$pid"
check rolled-back-told 0 'rolled-back' --list "$pid"
check rolled-back-none 0 'no filters to remove' --remove all "$pid"
check rolled-back-unknown 1 'no filter `1`' --remove 1 "$pid"

# ---- what would hurt beside what is there
cp table table.good
cat >table <<'END'
loom 1
type 0 void%20(void)
fn 0 f 3:6 5 - 0
n 0 entry 3:6 3:6 SR 1
n 1 stmt 4:5 4:20 SR 3
c 2 d read bx
c - d g r
n 3 exit 5:1 5:2 SR -
fn 1 g 7:6 9 - 0
n 4 entry 7:6 7:6 SR 5
c - d f r
n 5 exit 9:1 9:2 SR -
END
play ok
check nesting-first 0 'in force' -e 'f <> self' "$pid"
check nesting 1 'can enter that of `f <> self` in `f` (src/a.c:3), and the reverse in `g` (src/a.c:7)' \
    -e 'g <> self' "$pid"
check nesting-path 1 'and the reverse: f -> g (src/a.c:4)' -e 'g <> self' "$pid"
check nesting-explained 1 'name all these regions in one filter' --explain -e 'g <> self' "$pid"
check nesting-forced 0 'in force' --force -e 'g <> self' "$pid"
check nesting-again 0 'already in force' --force -e 'g <> self' "$pid"
cat >table <<'END'
loom 1
type 0 void%20(void)
fn 0 main 3:6 5 - 0
n 0 entry 3:6 3:6 SR 1
n 1 stmt 4:5 4:20 SR 3
c - d init r
n 3 exit 5:1 5:2 SR -
c 2 d read bix
fn 1 init 7:6 9 - 0
n 4 entry 7:6 7:6 SR 5
n 5 exit 9:1 9:2 SR -
END
play ok
check somebody-runs 0 'in force' -e 'init:exit > main:exit' "$pid"
play idle
check past 1 'none of the 1 threads can come to this event any more' -e 'init:exit > main:exit' "$pid"
check past-forced 0 'in force' --force -e 'init:exit > main:exit' "$pid"
check past-but-there 0 'already in force' -e 'init:exit > main:exit' "$pid"
mv table.good table

# ---- clients that are killed half-way do no harm
play ok
for n in $(seq 40); do
    "$pipe" -e 'f <> self' "$pid" >/dev/null 2>&1 &
    client=$!
    [ $((n % 2)) -eq 0 ] || sleep 0.00$n
    kill -9 $client 2>/dev/null
    wait $client 2>/dev/null
done
check after-killed-clients 0 'f <> self' -e 'f <> self' "$pid"
# ---- full disk
if [ -e /dev/full ]; then
    "$pipe" --list "$pid" >/dev/full 2>said
    [ $? -eq 2 ] && echo "ok full-disk" || echo "not ok full-disk"
fi
