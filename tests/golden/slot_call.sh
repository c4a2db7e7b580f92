#!/bin/sh
# The calling sequence of a slot (rt/slot.h) under two compilers and the flags that could break it.
set -u
sources='tests/support/slot_call.c tests/support/slot_place.c tests/support/kept.c rt/vectors.c'
for cc in gcc clang-19; do
    for flags in "-O0 -g" "-O1" "-O2" "-O2 -fPIC" "-O2 -fno-pic -no-pie" "-O2 -fomit-frame-pointer" \
        "-O2 -fno-omit-frame-pointer" "-O0 -fomit-frame-pointer -fPIC" "-O3 -march=x86-64-v3" \
        "-O3 -fno-pic -no-pie" "-O2 -flto" "-O2 -ffunction-sections -Wl,--gc-sections" "-O2 -mcmodel=large" \
        "-O2 -DLOOM_PORTABLE" "-O0 -DLOOM_PORTABLE" "-O2 -fcf-protection" "-O2 -fsanitize=address,undefined" "-Os -m64" \
        "-O2 -fno-asynchronous-unwind-tables" "-Os -g -fno-asynchronous-unwind-tables -fomit-frame-pointer"; do
        case $flags in *unwind*) frames= ;; *) frames=frames ;; esac
        for own in '' -DOWN; do
            if LOOM=0 && export LOOM && $cc -std=gnu11 $flags $own -Wall -Wextra -Werror -rdynamic -I. \
                $sources -o "$LOOM_WORK/slot_call" && "$LOOM_WORK/slot_call" "$frames"; then
                echo "ok $cc $flags $own"
            else
                echo "not ok $cc $flags $own"
            fi
        done
    done
done
# A unit that is compiled in another way may be the one whose descriptor and thunks the linker keeps. One without
# unwind information has none for them, either.
for cc in gcc clang-19; do
    for flags in -DLOOM_PORTABLE -fno-asynchronous-unwind-tables "-fno-asynchronous-unwind-tables -g"; do
        case $flags in *unwind*) frames= ;; *) frames=frames ;; esac
        if printf '#include "rt/slot.h"\nLOOM_FILE(in_slot_call, "slot_call.c", 1ull, 8, 0, 1, "loom 1\\n")\nLOOM_UNIT\n' |
            $cc -O2 -Wall -Wextra -Werror $flags -I. -c -x c - -o "$LOOM_WORK/other.o" &&
            $cc -std=gnu11 -O2 -rdynamic -I. "$LOOM_WORK/other.o" $sources -o "$LOOM_WORK/slot_call" &&
            "$LOOM_WORK/slot_call" "$frames"; then
            echo "ok $cc with a unit that is built with $flags"
        else
            echo "not ok $cc with a unit that is built with $flags"
        fi
    done
done
# Compilers make copies of functions for arguments they know (clang -O2: for pthread_mutex_lock). None may lie in a
# section of which the linker drops all but one: two units, with all markers, several times.
unit() {
    printf '#include <pthread.h>\n#include <unistd.h>\n#include "rt/slot.h"\nLOOM_FILE(in_%s, "%s.c", 1ull, 8, 0, 1, "loom 1\\n")\nLOOM_UNIT\n' "$1" "$1"
    printf 'static pthread_mutex_t mutex[8];\nint %s(int n) {\n    int bad = 0;\n' "$1"
    for i in 0 1 2 3 4 5 6 7; do
        printf '    bad += LOOM_LOCK(in_%s, %s, pthread_mutex_lock, &mutex[n + %s]);\n' "$1" $i $i
        printf '    bad += LOOM_CALL_LOCK(in_%s, %s, pthread_mutex_unlock(&mutex[n + %s]));\n' "$1" $i $i
        printf '    bad += LOOM_CALL(in_%s, %s, getppid()) < 0;\n' "$1" $i
        printf '    LOOM_SLOT_IF(in_%s, 0, %s, n);\n' "$1" $i
    done
    printf '    return bad;\n}\n'
}
unit one >"$LOOM_WORK/one.c"
{ unit two; printf 'int one(int);\nint main(void) { return one(0) + two(0); }\n'; } >"$LOOM_WORK/two.c"
for cc in gcc clang-19; do
    for flags in -O0 -O2 -O3 "-O3 -fPIC" "-O2 -ffunction-sections -Wl,--gc-sections" "-O2 -fstack-protector-all" \
        "-O2 -fno-asynchronous-unwind-tables"; do
        if $cc $flags -Wall -Wextra -Werror -I. "$LOOM_WORK/one.c" "$LOOM_WORK/two.c" -o "$LOOM_WORK/units" -pthread &&
            LOOM=0 "$LOOM_WORK/units" && ! nm "$LOOM_WORK/units" | grep loom_slot_words_; then # not TEST
            echo "ok $cc two units, $flags"
        else
            echo "not ok $cc two units, $flags"
        fi
    done
done
# Objects of two versions in one program: what the linker keeps one copy of has another name in each, and who is
# of another version is not attached.
mkdir -p "$LOOM_WORK/other/rt"
for header in slot.h slot_call.h slot_emit.h; do
    sed 's/^#define LOOM_ABI 5u/#define LOOM_ABI 6u/' "rt/$header" >"$LOOM_WORK/other/rt/$header"
done
for cc in gcc clang-19; do
    if $cc -O2 -I"$LOOM_WORK/other" -c "$LOOM_WORK/one.c" -o "$LOOM_WORK/one.o" && $cc -O2 -I. -c "$LOOM_WORK/two.c" -o "$LOOM_WORK/two.o" &&
        $cc "$LOOM_WORK/one.o" "$LOOM_WORK/two.o" -o "$LOOM_WORK/units" -pthread &&
        nm "$LOOM_WORK/units" | grep -q loom_attach_6u && nm "$LOOM_WORK/units" | grep -q loom_attach_5u &&
        LOOM_RT=$LOOM_BUILD/libloom-rt.so.1 "$LOOM_WORK/units" && LOOM=0 "$LOOM_WORK/units"; then
        echo "ok $cc two versions"
    else
        echo "not ok $cc two versions"
    fi
done
