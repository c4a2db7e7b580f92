#!/bin/sh
# Nothing that a slot can come to calls a function of libc for memory, strings or formats: on some machines those
# change registers that a slot has to keep (rt/vectors.h). Two functions may, between vectors_keep and vectors_give:
# event_add (state.c) and thread_contact (thread.c).
set -u
path='slot expression run_code value op_table op_lock op_order op_test op_alone grace guard bucket stop activate'
path="$path handshake module flags rank vectors"
for name in $path; do
    # Beside them: what runs under the lock of installations only.
    calls=$(objdump -dr "$LOOM_BUILD/rt/$name.o" |
        awk '/^[0-9a-f]+ <.*>:$/ { function_ = $2 }
             /R_X86_64_(PLT32|PC32|GOTPCREL[A-Z]*)/ && $NF ~ /^(mem|str|v?s?n?printf|__(mem|str|v?s?n?printf))/ {
                 print function_, $NF }' | grep -vE '<(module_add|modules_hash)>' | sort -u)
    if [ -z "$calls" ]; then
        echo "ok $name"
    else
        echo "not ok $name"
        echo "$calls" | sed 's/^/    /'
    fi
done
# ... and the check sees such calls.
if objdump -dr "$LOOM_BUILD/rt/module.o" | grep -q 'R_X86_64_PLT32.*memcpy'; then echo "ok a call is seen"; else echo "not ok a call is seen"; fi
