#!/bin/sh
# What an operation of a filter costs a thread that need not wait: nanoseconds and instructions.
#
#     bench/operations.sh [TURNS]        (200000, in each of nine rounds)
#
# Two operations a turn: enter and leave, up and down (bench/operations.c). The nanoseconds are the
# least and the median of the rounds, without the loop; the instructions are callgrind's, which no
# load can change. Fails if the least is more than 25 ns per operation, but for a key that is read
# through the kernel.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=$build/bench
turns=${1:-200000}
LOOM_RT=$build/libloom-rt.so.1
export LOOM_RT
mkdir -p "$work"
${CC:-gcc} -std=gnu11 -O2 -g -I. -D_GNU_SOURCE -pthread bench/operations.c tests/support/client.c \
    -o "$work/operations"

# instructions KIND TURNS [off]: of the loop, in all nine rounds
instructions() {
    rm -f "$work/callgrind"
    valgrind --tool=callgrind --toggle-collect="turns_$1" --callgrind-out-file="$work/callgrind" \
        "$work/operations" "$@" >"$work/valgrind.log" 2>&1 || { cat "$work/valgrind.log"; exit 1; }
    awk '/^summary:|^totals:/ { n = $2 } END { print n }' "$work/callgrind"
}

failed=0
echo "per operation   ns least  median  instructions"
for kind in lock register frame memory latch each; do
    on=$("$work/operations" $kind "$turns")
    off=$("$work/operations" $kind "$turns" off)
    many=$(instructions $kind 1100)
    few=$(instructions $kind 100)
    none=$(($(instructions $kind 1100 off) - $(instructions $kind 100 off)))
    echo "$kind $on $off $many $few $none" | awk '{
        least = ($2 - $4) / 2
        printf "%-15s %8.1f %7.1f %13.0f\n", $1, least, ($3 - $5) / 2, ($6 - $7 - $8) / 9000 / 2
        exit least > 25 && $1 != "memory" }' || failed=1
done
[ $failed -eq 0 ] || echo "more than 25 ns"
exit $failed
