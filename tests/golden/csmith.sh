#!/bin/sh
# timeout: 400
# 200 small random programs, rewritten, in all modes; `ninja fuzz-rewriter` takes 2,000 bigger ones.
LOOM_FUZZ=$LOOM_WORK CSMITH_SMALL=1 exec tests/fuzz/csmith 200 1
