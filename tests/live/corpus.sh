#!/bin/sh
# timeout: 300
# The short form of `ninja corpus`: every bug of corpus/ shows without its filters, forced by its test
# point or by its exposing filter; its control never does; with a filter it does not, in the same
# process, and does again when the filter is gone.
set -u
cd "$(dirname "$0")/../.."
corpus/run --short all
status=$?
sed 's/^/figure:/' "${LOOM_WORK:-build/corpus}/table.txt"
exit $status
