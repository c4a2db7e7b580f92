#!/bin/sh
# A slot keeps all vector registers (rt/vectors.h): the runtime uses none, and what a slot can come to calls nothing of
# libc that may: system calls and little else. Where a thread is met (slot.c) and the program is asked (run_code.c) that
# is done between vectors_keep and vectors_give.
# Looked at in the library as it is, which is compiled as a whole when it is linked, and linked file by file.
set -u
allowed='__errno_location|pthread_setcanceltype|syscall|clock_gettime|sigaltstack|mmap|munmap|mprotect'

# calls LIBRARY FUNCTION...: "function symbol" for what these can come to call outside of it; `*`: through a pointer
calls() {
    library=$1
    shift
    objdump -d "$library" | awk -v first="$*" '
        /^[0-9a-f]+ <.*>:$/ { function_ = substr($2, 2, length($2) - 3) }
        /\tcall +\*/ { edges[function_] = edges[function_] " *@plt" }
        /\t(call|j[a-z]+) .*<.*>/ {
            to = $NF
            gsub(/[<>]|\+0x[0-9a-f]+/, "", to)
            if (to != function_ && !(function_ SUBSEP to in seen)) {
                seen[function_, to]
                edges[function_] = edges[function_] " " to
            }
        }
        END {
            count = split(first, queue, " ")
            for (i = 1; i <= count; i++) known[queue[i]]
            for (i = 1; i <= count; i++) {
                some = split(edges[queue[i]], next_, " ")
                for (j = 1; j <= some; j++) {
                    to = next_[j]
                    if (to ~ /@plt$/) print queue[i], substr(to, 1, length(to) - 4)
                    else if (!(to in known) && to !~ /^(meet|ask_program)(\.|$)/) {
                        known[to]
                        queue[++count] = to
                    }
                }
            }
        }' | sort -u
}
check() { # check NAME LIBRARY
    found=$(calls "$2" slot_hit slot_hit_values slot_hit_found | grep -vE " ($allowed)$")
    if [ -z "$found" ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        echo "$found" | sed 's/^/    /'
    fi
}
library=$LOOM_BUILD/libloom-rt.so.1
gcc -shared -fno-lto "$LOOM_BUILD"/rt/*.o -o "$LOOM_WORK/parts.so" || exit 1
check 'compiled as a whole' "$library"
check 'compiled file by file' "$LOOM_WORK/parts.so"
# ... and the check sees what is called, a long way down.
sees() { # sees SYMBOL LIBRARY FUNCTION
    if calls "$2" "$3" | grep -q " $1$"; then echo "ok $3 calls $1"; else echo "not ok $3 calls $1"; fi
}
sees syscall "$library" slot_hit
sees memcpy "$LOOM_WORK/parts.so" helper
sees '[*]' "$library" ask_program

# Functions that use vector registers
found=$(for object in "$LOOM_BUILD"/rt/*.o; do
    objdump -d "$object" | awk '/^[0-9a-f]+ <.*>:$/ { function_ = $2 } /%[xyz]mm[0-9]/ { print function_ }'
done | sort -u)
case $(echo $found) in
'<vectors_give>: <vectors_keep>:') echo 'ok no vector register but in vectors.c' ;;
*)
    echo 'not ok no vector register but in vectors.c'
    echo "$found" | sed 's/^/    /'
    ;;
esac
