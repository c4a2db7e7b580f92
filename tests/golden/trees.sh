#!/bin/sh
# One whole program, zlib, rewritten, built and tested in three modes, and once more with -O0 -g3 in
# its slow copies; `ninja trees` does all of them.
# timeout: 240
{
    tests/trees/run --short zlib
    TREES_MODES=slow tests/trees/run --short zlib+O0
} | sed 's/^FAILED/not ok/'
