# SPDX-License-Identifier: MIT
# gnuplot -e "data='build/figures'; out='docs/availability.svg'; type='svg'" bench/availability.gnuplot
if (type eq 'svg') {
    set terminal svg size 900,640 font 'sans,12' background '#ffffff'
} else {
    set terminal pngcairo size 900,640 font 'sans,10'
}
set output out
set multiplot layout 2,1
set key outside right top
set grid ytics lc '#dddddd'
set xrange [0:*]
set style data lines
seconds(ms) = ms / 1000
set ylabel 'requests in 100 ms'
set yrange [0:*]
plot data.'/availability-rolling.dat' using (seconds($1)):2 title 'filter, rolling' lw 2 lc '#1f77b4', \
     data.'/availability-stop.dat' using (seconds($1)):2 title 'filter, --stop' lw 1.5 lc '#2ca02c', \
     data.'/availability-restart.dat' using (seconds($1)):2 title 'patch, restart' lw 2 lc '#d62728'
set ylabel 'p99 latency, ms'
set xlabel 's'
set logscale y
set yrange [0.05:10000]
plot data.'/availability-rolling.dat' using (seconds($1)):($4 > 0 ? $4 : NaN) title 'filter, rolling' lw 2 lc '#1f77b4', \
     data.'/availability-stop.dat' using (seconds($1)):($4 > 0 ? $4 : NaN) title 'filter, --stop' lw 1.5 lc '#2ca02c', \
     data.'/availability-restart.dat' using (seconds($1)):($4 > 0 ? $4 : NaN) title 'patch, restart' lw 2 lc '#d62728'
unset multiplot
