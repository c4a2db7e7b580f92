#!/bin/sh
# A tree of C, C++ and assembly: functions of C headers, and of a .c file that a C++ unit includes, have
# their slots and a flag test of their own in C++; assembly includes a header with code for its constants.
# The program does in every mode what the original does, without a warning.
set -u
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/mixed}
rm -rf "$work/src" "$work/out" "$work/plain"
mkdir -p "$work/src/lib"
cd "$work" || exit 2

cat >src/lib/count.h <<'EOF'
#ifndef COUNT_H
#define COUNT_H
#define COUNT_FIRST 40
#ifndef __ASSEMBLER__
#ifdef __cplusplus
extern "C" {
#endif
extern int counted;
int from_asm(void);
static inline int twice(int x) {
    if (x > 3) x++;
    return x * 2;
}
static inline int count(const int *list, int size) {
    int sum = counted;
    for (int i = 0; i < size; i++) {
        if (list[i] < 0) continue;
        sum += twice(list[i]);
    }
    counted++;
    return sum;
}
#ifdef __cplusplus
}
#endif
#endif
#endif
EOF
# only C includes it
cat >src/lib/own.h <<'EOF'
static inline int own(int x) { int y = x * 3; return y + 1; }
EOF
cat >src/lib/first.S <<'EOF'
#include "count.h"
    .globl from_asm
    .type from_asm, @function
from_asm:
    mov $COUNT_FIRST, %eax
    ret
    .section .note.GNU-stack, "", @progbits
EOF
cat >src/count.c <<'EOF'
#include "lib/count.h"
#include "lib/own.h"
int counted;
int in_c(const int *list, int size);
int in_c(const int *list, int size) { return own(count(list, size)) + from_asm(); }
EOF
# a C file of its own, which a C++ unit includes, too
cat >src/part.c <<'EOF'
#include <stdio.h>
static int half(int x) { int y = x / 2; return y; }
#ifndef PART_NAME
#define PART_NAME part_in_c
#endif
#ifdef __cplusplus
extern "C"
#endif
int PART_NAME(int n);
int PART_NAME(int n) {
    int sum = 0;
    while (n > 0) {
        sum += n;
        n = half(n);
    }
    printf("%d\n", sum);
    return sum;
}
EOF
cat >src/wrap.hpp <<'EOF'
#include "lib/count.h"
struct list {
    int numbers[4];
    list(int n) { for (int i = 0; i < 4; i++) numbers[i] = n * i - 2; }
    int sum() const { return count(numbers, 4); }
};
EOF
cat >src/main.cpp <<'EOF'
#include "wrap.hpp"
#include <stdexcept>
#define PART_NAME part_in_cpp
#include "part.c"
extern "C" int in_c(const int *list, int size);
extern "C" int part_in_c(int n);
int main() {
    for (int i = 0; i < 5; i++) {
        list l(i);
        int sum = l.sum();
        std::printf("%d %d\n", sum, in_c(l.numbers, 4));
        try {
            if (part_in_cpp(i * 10) > 20) throw std::runtime_error("much");
        } catch (const std::exception &e) { std::puts(e.what()); }
    }
    return part_in_c(9) & 3;
}
EOF
cat >src/compile_commands.json <<EOF
[{"directory": "$work/src", "file": "count.c", "arguments": ["cc", "-c", "count.c"]},
 {"directory": "$work/src", "file": "part.c", "arguments": ["cc", "-c", "part.c"]},
 {"directory": "$work/src", "file": "lib/first.S", "arguments": ["cc", "-c", "lib/first.S"]},
 {"directory": "$work/src", "file": "main.cpp", "arguments": ["c++", "-c", "main.cpp"]}]
EOF
"$build/loom-rewrite" src out >log 2>&1 || { echo "not ok rewriting"; cat log; }
"$build/loom-rewrite" src plain -- -O2 >log 2>&1 || { echo "not ok rewriting without a database"; cat log; }
rm plain/compile_commands.json

# text ok|not WORDS FILE: a line of it has the words, with a database and without
text() {
    for tree in out plain; do
        if grep -qF "$2" "$tree/$3"; then found=ok; else found=not; fi
        [ $found = "$1" ] && echo "ok $tree/$3: $1 '$2'" || {
            echo "not ok $tree/$3: $1 '$2'"
            grep -n LOOM_ "$tree/$3" | head -n 5
        }
    done
}
text ok 'LOOM_SWITCH(in_count_h, 0, twice__slow(x))' lib/count.h
text ok 'LOOM_SWITCH(in_part_c, 0, half__slow(x))' part.c
text not 'LOOM_SWITCH' lib/own.h

program=$work/out/program
. "$root/tests/support/same_in_mode.sh"
for compilers in 'gcc g++' 'clang-19 clang++-19'; do
    for level in -O0 -O2; do
        # shellcheck disable=SC2086
        set -- $compilers
        for tree in src out; do
            (cd $tree && $1 $level -c count.c part.c lib/first.S &&
                $2 $level -pedantic -Wall -Wextra -Wundef -Werror main.cpp ./*.o -o program) ||
                echo "not ok $2 $level: $tree does not compile"
        done
        src/program >want 2>&1
        echo "status $?" >>want
        rm -f count
        for mode in fast slow slots toggle; do same "$2" $level $mode; done
        if awk '{ n += $2 } END { exit n < 100 }' count; then echo "ok $2 $level: slots were reached"; else
            echo "not ok $2 $level: too few slots were reached: $(cat count)"
        fi
    done
done
