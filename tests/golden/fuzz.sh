#!/bin/sh
# timeout: 300
# The fuzz targets of tests/fuzz for 5 s each, from their seeds; `ninja fuzz` runs them longer.
cd "$(dirname "$0")/../.." || exit 1
FUZZ_SECONDS=5 LOOM_FUZZ=$LOOM_WORK/fuzz exec tests/fuzz/run
