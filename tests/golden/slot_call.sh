#!/bin/sh
# The calling sequence of a slot (rt/slot.h) under two compilers and the flags that could break it.
set -u
for cc in gcc clang-19; do
    for flags in "-O0 -g" "-O1" "-O2" "-O2 -fPIC" "-O2 -fno-pic -no-pie" "-O2 -fomit-frame-pointer" \
        "-O2 -fno-omit-frame-pointer" "-O0 -fomit-frame-pointer -fPIC" "-O3 -march=x86-64-v3" \
        "-O3 -fno-pic -no-pie" "-O2 -flto" "-O2 -ffunction-sections -Wl,--gc-sections" "-O2 -mcmodel=large" \
        "-O2 -DLOOM_PORTABLE" "-O0 -DLOOM_PORTABLE" "-O2 -fcf-protection" "-O2 -fsanitize=address,undefined" "-Os -m64"; do
        if LOOM=0 && export LOOM && $cc -std=gnu11 $flags -Wall -Wextra -Werror -rdynamic -I. \
            tests/support/slot_call.c -o "$LOOM_WORK/slot_call" && "$LOOM_WORK/slot_call" frames; then
            echo "ok $cc $flags"
        else
            echo "not ok $cc $flags"
        fi
    done
done
# A unit that is compiled in another way may be the one whose descriptor and thunks the linker keeps. One without
# unwind information has none for them, either.
for cc in gcc clang-19; do
    for flags in -DLOOM_PORTABLE -fno-asynchronous-unwind-tables "-fno-asynchronous-unwind-tables -g"; do
        case $flags in *unwind*) frames= ;; *) frames=frames ;; esac
        if printf '#include "rt/slot.h"\nLOOM_FILE(in_slot_call, "slot_call.c", 1ull, 8, 1, "loom 1\\n")\nLOOM_UNIT\n' |
            $cc -O2 -Wall -Wextra -Werror $flags -I. -c -x c - -o "$LOOM_WORK/other.o" &&
            $cc -std=gnu11 -O2 -rdynamic -I. "$LOOM_WORK/other.o" tests/support/slot_call.c -o "$LOOM_WORK/slot_call" &&
            "$LOOM_WORK/slot_call" "$frames"; then
            echo "ok $cc with a unit that is built with $flags"
        else
            echo "not ok $cc with a unit that is built with $flags"
        fi
    done
done
