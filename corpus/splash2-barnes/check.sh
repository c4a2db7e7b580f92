# Traps of splash2-barnes, for corpus/run.
. corpus/splash2.sh
comes_in_the_middle
# The first addition of a run does not do: it must be the last. A sum that is read too early looks like
# any other, so only the judge can tell.
does_not_do 'code.c:64 > run.c:36 each' 'the first addition will do'
waits_for_itself
