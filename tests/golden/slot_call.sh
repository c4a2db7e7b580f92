#!/bin/sh
# The calling sequence of a slot (rt/slot.h) under two compilers and the flags that could break it.
set -u
for cc in gcc clang-19; do
    for flags in "-O0 -g" "-O1" "-O2" "-O2 -fPIC" "-O2 -fno-pic -no-pie" "-O2 -fomit-frame-pointer" \
        "-O2 -fno-omit-frame-pointer" "-O0 -fomit-frame-pointer -fPIC" "-O3 -march=x86-64-v3" \
        "-O3 -fno-pic -no-pie" "-O2 -flto" "-O2 -ffunction-sections -Wl,--gc-sections" "-O2 -mcmodel=large" \
        "-O2 -DLOOM_PORTABLE" "-O0 -DLOOM_PORTABLE" "-O2 -fcf-protection" "-O2 -fsanitize=address,undefined" "-Os -m64"; do
        if LOOM=0 && export LOOM && $cc -std=gnu11 $flags -Wall -Wextra -Werror -rdynamic -I. \
            tests/support/slot_call.c -o "$LOOM_WORK/slot_call" && "$LOOM_WORK/slot_call"; then
            echo "ok $cc $flags"
        else
            echo "not ok $cc $flags"
        fi
    done
done
