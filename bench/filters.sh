#!/bin/sh
# What ten lines of filter cost loom-pipe on a large program: reading of the fetched slot tables,
# parsing, resolving, analysis, checks and plan; CPU milliseconds and peak memory, median of 5.
#
#     bench/filters.sh [sqlite | redis]...
#
# Fails if it is more than the goals: sqlite 300 ms and 100 MB, redis 500 ms. The filters are
# bench/filters/NAME.loom. The tables come from rewritten Debian sources (sqlite3 3.40.1 with its
# shell, redis-server 7.0.15), made once and kept in build/bench-filters/NAME.tables; they are saved
# there as the process would send them, so nothing has to run.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=$build/bench-filters
mkdir -p "$work"

source_of() { # source_of NAME: a configured source in $work/NAME, ready for loom-rewrite
    case $1 in
    sqlite)
        tests/support/debian-source sqlite3 "$work/sqlite.source"
        (cd "$work/sqlite.source" && ./configure --disable-shared --disable-tcl && make sqlite3.c shell.c)
        mkdir -p "$work/sqlite"
        cp "$work"/sqlite.source/sqlite3.[ch] "$work/sqlite.source/shell.c" "$work/sqlite"
        ;;
    redis)
        tests/support/debian-source redis "$work/redis"
        (cd "$work/redis" && bear -- make -C src redis-server MALLOC=libc USE_SYSTEMD=no OPTIMIZATION=-O0)
        ;;
    esac
}
tables_of() {
    [ ! -s "$work/$1.tables" ] || return 0
    [ -e "$work/$1" ] || source_of "$1" >"$work/$1.log" 2>&1
    rm -rf "$work/$1.out"
    flags=
    [ "$1" = redis ] || flags='-- -DSQLITE_THREADSAFE=1'
    "$build/loom-rewrite" "$work/$1" "$work/$1.out" $flags
    find "$work/$1.out/.loom" -name '*.h' ! -name slot.h ! -name "slot_*.h" ! -name rt.h | sort |
        xargs sed -n 's/^"\(.*\)\\n".*$/\1/p' >"$work/$1.tables"
}

${CC:-gcc} -std=gnu11 -O2 -I. -D_GNU_SOURCE bench/filters.c "$build/grammar.a" -ltree-sitter \
    -o "$work/filters"
failed=0
echo "CPU ms       tables  graph  parse  plans   all     MB"
for name in ${*:-sqlite redis}; do
    tables_of "$name"
    : >"$work/$name.runs"
    for _ in 1 2 3 4 5; do
        "$work/filters" "$work/$name.tables" "bench/filters/$name.loom" >>"$work/$name.runs" \
            2>"$work/$name.said" || { cat "$work/$name.said"; exit 1; }
    done
    sort -n -k 5 "$work/$name.runs" | sed -n 3p >"$work/$name.result"
    awk -v n="$name" '{
        printf "%-12s %6.1f %6.1f %6.1f %6.1f %6.1f %6.1f\n", n, $1, $2, $3, $4, $5, $6
        exit $5 > (n == "sqlite" ? 300 : 500) || $6 > 100 }' "$work/$name.result" || failed=1
done
[ $failed -eq 0 ] || echo "more than the goal"
exit $failed
