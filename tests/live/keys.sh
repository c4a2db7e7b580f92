#!/bin/sh
# timeout: 120
# Expressions in a running program, built with -O2, -O3 and -flto: keys (one lock per value),
# conditions, counts, an order's condition, exclusion of everybody, `for` and `for build`. The
# program (tests/support/keys) does on demand what the filter forbids, and says whether it happened:
# without the filter it always does.
set -eu
cd "$(dirname "$0")/../.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/keys}
source=tests/support/keys
pid=
variant=none

fail() {
    echo "not ok keys: $variant: $*"
    exit 1
}
finish() {
    exec 3>&-
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
    pid=
}
trap finish EXIT
trap 'exit 1' INT TERM

start() {
    finish
    rm -f "$work/commands"
    mkfifo "$work/commands"
    "$work/$variant/keys" <"$work/commands" >"$work/answers" &
    pid=$!
    exec 3>"$work/commands"
}
pipe() {
    "$build/loom-pipe" "$@" >"$work/said" 2>&1 || fail "loom-pipe $*: status $?: $(cat "$work/said")"
}
# says ANSWERS COMMAND: the program's answer is one of them
says() {
    lines=$(wc -l <"$work/answers")
    echo "$2" >&3
    for _ in $(seq 1500); do
        [ "$(wc -l <"$work/answers")" -gt "$lines" ] && break
        sleep 0.02
    done
    answer=$(tail -n 1 "$work/answers")
    [ "$(wc -l <"$work/answers")" -gt "$lines" ] || fail "$2: no answer"
    case " $1 " in
    *" $answer "*) return 0 ;;
    esac
    "$build/loom-pipe" --status "$pid"
    "$build/loom-pipe" --events "$pid" | tail -n 5
    fail "$filter: $2: $answer, and not $1"
}
# with FILTER: in force; the last one goes
with() {
    without
    filter=$1
    pipe -e "$1" "$pid"
}
without() {
    pipe --remove all "$pid"
    filter='no filter'
}
status() {
    "$build/loom-pipe" --status --format json "$pid" | sed "s/.*\"$1\":\"*\\([0-9a-f]*\\).*/\\1/"
}
line() { # line FILE TEXT: the number of the line with TEXT
    grep -nF "$2" "$source/$1" | head -n 1 | cut -d: -f1
}

soon=20000 # what happens, happens before
held=120   # how long is looked for what must not happen

keys() {
    says met "pair put 0 0 get 0 0 $soon"
    with 'put(cache) <> get(cache)'
    says apart "pair put 0 0 get 0 0 $held"
    [ "$(status waits)" -ge 1 ] || fail "$filter: nobody waited"
    says apart "pair get 3 0 get 3 2 $held"
    says met "pair put 0 0 get 1 0 $soon"
    says met "pair put 2 0 put 3 0 $soon"
    [ "$(status timeouts)" = 0 ] || fail "$filter: timed out"
    with 'put(cache->part[n].owner) <> get(cache->part[n].owner)'
    says apart "pair put 0 1 get 2 1 $held"
    says met "pair put 0 1 get 1 1 $soon"
    says met "pair put 0 0 get 0 1 $soon"
    with 'put(cache->next->id - limit_ms % 2) <> get((*cache).next->id - limit_ms % 2)'
    says apart "pair put 0 0 get 1 0 $held"
    says met "pair put 0 0 get 2 0 $soon"
    first=$(line cache.c 'if (doubled')
    with "cache.c:$first-$((first + 1))(here->dirty + doubled % 2) <> self"
    says apart "pair lines 0 0 lines 2 0 $held"
    says met "pair lines 0 0 lines 1 0 $soon"
}

# A key that cannot be read is no key: who has none passes, and that is told.
unreadable() {
    with 'put(cache->id) <> get(cache->id)'
    says apart "pair put 0 0 get 0 0 $held"
    says met "pair put 9 0 get 0 0 $soon"
    says met "pair put 9 0 get 9 0 $soon"
    [ "$(status skipped)" -ge 2 ] || fail "$filter: skipped $(status skipped)"
    "$build/loom-pipe" --events "$pid" | grep -q 'unreadable' ||
        fail "nobody told of the key: $("$build/loom-pipe" --events "$pid")"
}

conditions() {
    says met "pair weigh 0 7 weigh 0 9 $soon"
    with 'weigh (n > 4) <> self'
    says apart "pair weigh 0 7 weigh 0 9 $held"
    says met "pair weigh 0 7 weigh 0 4 $soon"
    says met "pair weigh 0 1 weigh 0 4 $soon"
    with 'put (cache->kind == LARGE && n < 2) <> get (cache != NULL, cache->kind == LARGE)'
    says apart "pair put 2 0 get 3 0 $held"
    says met "pair put 2 0 get 0 0 $soon"
    says met "pair put 2 2 get 3 0 $soon"
    with 'put(cache->part[0].owner, n == 1) <> get(n + 1, n == 0)'
    says apart "pair put 0 1 get 1 0 $held"
    says met "pair put 0 0 get 1 0 $soon"
}

counts() {
    says early "gather 4 $soon"
    with 'worker:exit{nworkers} > gather:entry within 1m'
    says complete "gather 4 $held"
    return 0
}

orders() {
    noting=$(line keys.c 'add(&noted, number')
    with "keys.c:$noting > gather:entry within 1m"
    says early "gather 4 $soon"
    with "keys.c:$noting (number == nworkers - 1) > gather:entry within 1m"
    says "noted complete" "gather 4 $held"
    with "note:entry (number == 3) > gather:entry within 1m"
    says early "gather 5 $soon"
    with "end(worker) > gather:entry within 1m"
    says complete "gather 6 $held"
}

everybody() {
    says moved "alone $soon"
    with 'alone <> *'
    says still "alone $held"
    without
    says moved "alone $soon"
}

limits() {
    with 'put <> get for 4s'
    says apart "pair put 0 0 get 1 0 $held"
    left=$(status left_ms)
    { [ "$left" -gt 0 ] && [ "$left" -lt 4000 ]; } || fail "$filter: $left ms left"
    for _ in $(seq 400); do
        "$build/loom-pipe" --list "$pid" | grep -q 'put <> get' || break
        sleep 0.05
    done
    says met "pair put 0 0 get 1 0 $soon"
    mine=$(status build)
    with "put <> get for build $(echo "$mine" | cut -c 1-9)"
    says apart "pair put 0 0 get 1 0 $held"
    without
    ! "$build/loom-pipe" -e 'put <> get for build 0123456789abcdef' "$pid" >"$work/said" 2>&1 ||
        fail "a filter for another build is installed"
    grep -q "runs build $mine: this filter is for build 0123456789abcdef" "$work/said" ||
        fail "for build: $(cat "$work/said")"
    says met "pair put 0 0 get 1 0 $soon"
}

rm -rf "$work"
mkdir -p "$work"
"$build/loom-rewrite" "$source" "$work/copy" -- -pthread >"$work/said" || fail "it is not rewritten"
for variant in -O2 -O3 -flto; do
    cp -a "$work/copy" "$work/$variant"
    flags=$variant
    [ $variant = -flto ] && flags='-O2 -flto'
    make -s -C "$work/$variant" keys CFLAGS="$flags" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
    filter='no filter'
    start
    keys
    unreadable
    conditions
    counts
    orders
    everybody
    [ $variant != -O2 ] || limits
    echo "ok keys: $variant"
done
