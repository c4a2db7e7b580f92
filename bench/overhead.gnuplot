# SPDX-License-Identifier: MIT
# gnuplot -e "data='build/bench/bars.dat'; out='docs/overhead.svg'; type='svg'" bench/overhead.gnuplot
# data: NAME LOOM CONTROL INSTRUCTIONS FINSTRUMENT OSDI TSAN VALGRIND XRAY, ratios; ? is missing.
if (type eq 'svg') {
    set terminal svg size 1100,640 font 'sans,11' background '#ffffff'
} else {
    set terminal pngcairo size 1100,640 font 'sans,9'
}
set output out
set multiplot layout 2,1
set datafile missing '?'
set grid y lc '#dddddd'
set style data histograms
set style histogram clustered gap 1
set style fill solid border -1
set xtics rotate by -40 noenhanced
set key left top horizontal
set ylabel 'ratio to the original'
set title 'Rewritten, no filter installed (gcc -O2)'
set yrange [0.8:*]
plot data using 2:xtic(1) title 'CPU time' lc '#1f77b4', '' using 3 title 'control' lc '#cccccc', \
     '' using 4 title 'instructions' lc '#9ecae1'
set title 'The same work under others, CPU time'
set logscale y
set yrange [0.8:*]
plot data using 2:xtic(1) title 'Loom' lc '#1f77b4', '' using 9 title 'XRay' lc '#9467bd', \
     '' using 5 title '-finstrument-functions' lc '#2ca02c', '' using 6 title "original LOOM's scheme" lc '#8c564b', \
     '' using 7 title 'ThreadSanitizer' lc '#d62728', '' using 8 title 'valgrind none' lc '#ff7f0e'
unset multiplot
