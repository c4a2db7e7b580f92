#!/bin/sh
# Pictures from the data that bench/availability.sh and bench/scaling.sh left in build/figures (run first
# where there is none), as SVG and PNG in docs/. Needs gnuplot.
set -eu
cd "$(dirname "$0")/.."
data=${LOOM_BUILD:-$PWD/build}/figures
for name in availability scaling; do
    ls "$data/$name"*.dat >/dev/null 2>&1 || "bench/$name.sh"
    for type in svg png; do
        gnuplot -e "data='$data'; out='docs/$name.$type'; type='$type'" "bench/$name.gnuplot"
    done
    cp "$data/$name.txt" "docs/$name.txt"
done
