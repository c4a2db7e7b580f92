# Traps of splash2-fft, for corpus/run.
. corpus/splash2.sh
comes_in_the_middle
# The end of some slave does not do: it must be that of slave 0.
does_not_do 'Slave:exit > '"$(sed -n 's/^end.*> //p' "$folder/filter.loom")" 'any slave will do'
waits_for_itself
