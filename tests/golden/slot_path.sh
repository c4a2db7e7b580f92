#!/bin/sh
# A slot keeps all vector registers (rt/vectors.h): the runtime uses none, and nothing that a slot can come to calls
# functions of libc that may. thread_contact (thread.c) may, between vectors_keep and vectors_give.
set -u
path='slot expression run_code value op_table op_lock op_order op_test op_alone grace guard bucket stop activate'
path="$path handshake module flags rank vectors sys state format"
# System calls and little else; of slot.h, what looks for the runtime when a program starts.
allowed='__errno_location|pthread_setcanceltype|syscall|clock_gettime|sigaltstack|mmap|munmap|mprotect'
allowed="$allowed|__cpu_model|__popcountdi2|getauxval|getenv|dlopen|dlsym|__(start|stop)_loom_all_[0-9]+u"
# Of module.o, sys.o and state.o also what runs under the lock of installations, or in the helper thread, only.
elsewhere='event_next|module_add|modules_hash|sys_thread|sys_thread_name|sys_seccomp'
ours=$(nm "$LOOM_BUILD"/rt/*.o 2>/dev/null | awk '$2 ~ /[TDBRVW]/ { print $3 }' | sort -u)

# calls OBJECT: what functions of it that a slot can come to need, and nobody of us has
calls() {
    objdump -dr "$1" | awk '/^[0-9a-f]+ <.*>:$/ { function_ = $2 }
        /R_X86_64_(PLT32|PC32|GOTPCREL[A-Z]*)/ && $NF !~ /^[.]/ {
            sub(/[+-]0x[0-9a-f]+$/, "", $NF); print function_, $NF }' |
        grep -vE "^<($elsewhere)>" | sort -u | while read -r function symbol; do
        printf '%s\n' "$ours" | grep -qxF "$symbol" || printf '%s\n' "$symbol" | grep -qxE "$allowed" || echo "$function $symbol"
    done
}
for name in $path; do
    found=$(calls "$LOOM_BUILD/rt/$name.o")
    if [ -z "$found" ]; then
        echo "ok $name"
    else
        echo "not ok $name"
        echo "$found" | sed 's/^/    /'
    fi
done
# ... and the check sees such calls.
if [ -n "$(elsewhere=none && calls "$LOOM_BUILD/rt/module.o" | grep memcpy)" ]; then echo "ok a call is seen"; else echo "not ok a call is seen"; fi

# vectors OBJECT: functions that use vector registers
vectors() { objdump -d "$1" | awk '/^[0-9a-f]+ <.*>:$/ { function_ = $2 } /%[xyz]mm[0-9]/ { print function_ }' | sort -u; }
found=$(for object in "$LOOM_BUILD"/rt/*.o; do vectors "$object"; done)
case $(echo $found) in
'<vectors_give>: <vectors_keep>:') echo 'ok no vector register but in vectors.c' ;;
*)
    echo 'not ok no vector register but in vectors.c'
    echo "$found" | sed 's/^/    /'
    ;;
esac
# The runtime is compiled once more as a whole when it is linked: by names of functions.
found=$(objdump -d "$LOOM_BUILD/libloom-rt.so.1" | awk '/^[0-9a-f]+ <.*>:$/ { function_ = $2 }
    /<(mem|str|v?s?n?printf)[a-z]*@plt>/ { print function_, $NF }' |
    grep -E '^<(slot|execut|run|enter|down|up|event_add|op_[^t]|op_te|guard|bucket|stop|grace|expression|value|code_run|busy|handshake)' |
    sort -u)
if [ -z "$found" ]; then
    echo 'ok linked'
else
    echo 'not ok linked'
    echo "$found" | sed 's/^/    /'
fi
