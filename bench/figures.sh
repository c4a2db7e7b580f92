#!/bin/sh
# Pictures and tables from the data that bench/availability.sh and bench/scaling.sh left in build/figures,
# bench/run and bench/installed.sh in build/bench (run first where there is none), as SVG and PNG in docs/. Needs gnuplot.
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

# What Loom costs: bench/run and bench/installed.sh
bench=${LOOM_BUILD:-$PWD/build}/bench
[ -s "$bench/ratios" ] || bench/run
[ -s "$bench/installed.txt" ] || bench/installed.sh
awk -f bench/bars.awk "$bench/ratios" >"$bench/bars.dat"
for type in svg png; do
    gnuplot -e "data='$bench/bars.dat'; out='docs/overhead.$type'; type='$type'" bench/overhead.gnuplot
done
cp "$bench/table.json" docs/overhead.json
{ cat "$bench/table.txt" && echo && cat "$bench/installed.txt"; } >docs/overhead.txt
