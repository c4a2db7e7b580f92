#!/bin/sh
# Instructions that rewritten programs execute, against recorded ratios to the original's:
#
#   tests/golden/instructions.sh
#   tests/golden/instructions.sh --accept 'REASON' [PROGRAM...]
#
# The second form records what changed, in bench/instructions; the programs are those that are there, or
# that are named. Counts by callgrind, which are the same on a busy machine, of small works (`size=gate`).
# A compiler changes both counts alike, so ratios are compared.
# timeout: 600
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/instructions}
accept=
if [ "${1:-}" = --accept ]; then
    accept=${2:?--accept needs a reason: why do the counts change?}
    shift 2
fi
programs=${*:-$(awk '!/^#/ && NF { print $1 }' bench/instructions | sort -u)}
mkdir -p "$work"
. bench/build.sh
. bench/compute.sh

command -v valgrind >/dev/null || { echo "not ok valgrind is missing: ./setup test installs it"; exit 1; }

# total VARIANT: instructions of all works of the loaded program; a figure per work
total() {
    rm -f "$home/bin/gcc-O2-$1/counts-gate"
    count_all "$1" gcc -O2 || return 1
    awk '$1 != "key" { sum += $2 } END { print sum }' "$home/bin/gcc-O2-$1/counts-gate"
}

# check NAME: a line `ok` or `not ok`, and what to do
check() {
    load "$1"
    make_source && make_variant original gcc -O2 && make_variant loom gcc -O2 &&
        original=$(total original) && loom=$(total loom) ||
        { echo "not ok $1 could not be built or counted, see above"; return; }
    ratio=$(awk -v a="$loom" -v b="$original" 'BEGIN { printf "%.4f", a / b }')
    recorded=$(awk -v n="$1" '$1 == n { r = $2 } END { print r ? r : "nothing" }' bench/instructions)
    verdict=$(awk -v s="$ratio" -v r="$recorded" 'BEGIN {
        d = r == "nothing" ? 1 : s / r - 1
        print (d > 0.01 ? "more" : d < -0.01 ? "less" : "same") }')
    outputs_differ && { echo "not ok $1: the rewritten program prints something else"; return; }
    echo "figure: $1: instructions $original -> $loom, $ratio of the original's (recorded: $recorded)"
    join "$home/bin/gcc-O2-original/counts-gate" "$home/bin/gcc-O2-loom/counts-gate" |
        awk '$1 != "key" { printf "    %-14s %.4f\n", $1, $4 / $2 }'
    [ "$verdict" = same ] && { echo "ok $1"; return; }
    if [ -n "$accept" ]; then
        echo "$1 $ratio $accept" >>bench/instructions
        echo "ok $1 recorded"
        return
    fi
    echo "not ok $1: $ratio of the original's instructions, recorded are $recorded ($verdict)"
    case $verdict in
    more) echo "    find what costs more (callgrind_annotate), or, if it is worth it," ;;
    less) echo "    so that it stays so," ;;
    esac
    echo "    record it: tests/golden/instructions.sh --accept 'why' (bench/instructions)"
}

outputs_differ() {
    a=$home/bin/gcc-O2-original/counts-gate b=$home/bin/gcc-O2-loom/counts-gate
    [ "$(awk '$1 != "key" { print $1, $3 }' "$a")" != "$(awk '$1 != "key" { print $1, $3 }' "$b")" ]
}

size=gate
for name in $programs; do check "$name"; done
