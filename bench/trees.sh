#!/bin/sh
# What rewriting does to whole programs: bench/trees.sh [NAME...]     (no name: all that are there)
#
# Takes the trees that tests/trees/run left in build/trees (gcc, no variant) and prints a row of
# bench/trees.md for each: code of all units, and user + sys CPU time to compile them, rewritten against
# original; what loom-rewrite needed for the tree. Unit by unit, the original and the rewritten one behind each other,
# so that a busy machine is slow for both. A compile command that stands there twice counts once.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/bench-trees}
rm -rf "$work"
mkdir -p "$work"
[ $# -gt 0 ] || set -- $(cd "$build/trees" && for tree in *; do
    case $tree in *+* | *-*) ;; *) [ ! -e "$tree/out.done" ] || echo "$tree" ;; esac
done)

# rewrite SRC: how much of what a run of loom-rewrite needs
rewrite() {
    rm -rf "$work/out"
    /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$build/loom-rewrite" -j 2 "$1" "$work/out" >"$work/log"
    awk '{ printf "%.1f | %.1f | %.0f", $1, $2 + $3, $4 / 1024 }' "$work/time"
}

# units FOLDER: how many, code and CPU time of both, as columns
units() { perl bench/trees.pl "$1/source" "$1/out" "$work"; }

echo '| tree | units | code, bytes | rewritten | ratio | compile, s | rewritten | ratio | loom-rewrite -j 2, s | CPU, s | MB |'
echo '|---|---|---|---|---|---|---|---|---|---|---|'
for tree in "$@"; do
    echo "| $tree | $(units "$build/trees/$tree") | $(rewrite "$build/trees/$tree/source") |"
done
