#!/bin/sh
# Which loops of the original are vectorised, and which of them are not in the fast copy.
#
#     bench/vector.sh [FOLDER FLAGS...]
#
# FOLDER: C sources that compile one by one with FLAGS (bench/vector.c if none is given). Each is
# compiled before and after loom-rewrite, by gcc -O3, gcc -O2 and clang-19 -O2, which say what they
# vectorise, by line: rewritten text keeps its lines, and slow copies are never vectorised, since
# their slots are asm. Fails if a line is lost, or if the compiler vectorises nothing at all.
set -eu
cd "$(dirname "$0")/.."
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/bench-vector}
rm -rf "$work"
mkdir -p "$work/in"
if [ $# -gt 0 ]; then
    cp -r "$1/." "$work/in"
    shift
else
    cp bench/vector.c "$work/in"
fi
"$build/loom-rewrite" "$work/in" "$work/out" -- "$@" >"$work/rewrite.log" 2>&1 || {
    cat "$work/rewrite.log"
    exit 1
}

# tell_gcc, tell_clang FILE COMPILER FLAGS...: FILE:LINE of what is vectorised
tell_gcc() {
    file=$1
    shift
    "$@" -fopt-info-vec-optimized -c "$file" -o "$work/o" 2>&1 |
        sed -n 's/^\([^:]*:[0-9]*\):.*loop vectorized.*/\1/p'
}
# clang's remarks give lines of the text, its records those that #line says
tell_clang() {
    file=$1
    shift
    "$@" -fsave-optimization-record -foptimization-record-passes=loop-vectorize \
        -foptimization-record-file="$work/record" -c "$file" -o "$work/o" 2>"$work/errors" || return 0
    awk '/^---/ { hit = 0 } /^--- !Passed/ { hit = 1 } hit && /^DebugLoc:/' "$work/record" |
        sed -n "s/.*File: '*\([^',]*\)'*, Line: \([0-9]*\).*/\1:\2/p"
}

# lines FOLDER TELL COMPILER LEVEL FLAGS...
lines() {
    folder=$1 tell=$2 compiler=$3 level=$4
    shift 4
    (
        cd "$folder"
        for file in *.c; do $tell "$file" "$compiler" "$level" "$@" -w; done
    ) | sort -u
}

bad=0
for with in 'tell_gcc gcc -O3' 'tell_gcc gcc -O2' 'tell_clang clang-19 -O2'; do
    lines "$work/in" $with "$@" >"$work/before"
    lines "$work/out" $with "$@" >"$work/after"
    comm -23 "$work/before" "$work/after" >"$work/lost"
    # gcc -O2 vectorises only what is sure to pay: of few loops it may find none
    [ -s "$work/before" ] || [ "$with" = 'tell_gcc gcc -O2' ] || bad=1
    [ ! -s "$work/lost" ] || bad=1
    echo "${with#* }: $(grep -c . "$work/before" || :) vectorised, $(grep -c . "$work/lost" || :) lost" $(cat "$work/lost")
done
exit $bad
