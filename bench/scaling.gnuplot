# SPDX-License-Identifier: MIT
# gnuplot -e "data='build/figures'; out='docs/scaling.svg'; type='svg'" bench/scaling.gnuplot
if (type eq 'svg') {
    set terminal svg size 900,360 font 'sans,12' background '#ffffff'
} else {
    set terminal pngcairo size 900,360 font 'sans,10'
}
set output out
set multiplot layout 1,2
set grid lc '#dddddd'
set logscale x 2
set xtics (1,2,4,8,16,32)
set xlabel 'threads'
set yrange [0:*]
set style data linespoints
set key left top
set ylabel 'response time, ms'
plot data.'/scaling.dat' using 1:3 title 'original' lc '#7f7f7f', '' using 1:7 title 'fixed' lc '#2ca02c', \
     '' using 1:9 title 'rewritten, no filter' lc '#1f77b4', '' using 1:11 title 'with the filter' lc '#d62728'
set key right bottom
set ylabel 'requests per second'
plot data.'/scaling.dat' using 1:2 title 'original' lc '#7f7f7f', '' using 1:6 title 'fixed' lc '#2ca02c', \
     '' using 1:8 title 'rewritten, no filter' lc '#1f77b4', '' using 1:10 title 'with the filter' lc '#d62728'
unset multiplot
