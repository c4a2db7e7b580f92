#!/bin/sh
# Functions of headers that several units include, in another order, or twice in a unit: closures call each
# other across headers, the compiler may take another branch of an #if than libclang, and what is different
# for each unit keeps its test. The program does in every mode what the original does, without a warning.
set -u
cd "$(dirname "$0")/../.." || exit 2
root=$PWD
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/headers}
rm -rf "$work/src" "$work/out"
mkdir -p "$work/src/lib"
cd "$work" || exit 2

# bits.h: libclang says of itself that it is GCC 4
cat >src/lib/bits.h <<'EOF'
#ifndef BITS_H
#define BITS_H
#if defined(__GNUC__) && __GNUC__ < 5
static inline unsigned get(const unsigned char *p) { unsigned a = p[0], b = p[1]; return a | b << 8; }
# if defined(__clang__)
static inline unsigned swap(unsigned x) { unsigned low = x & 255; return low << 8 | x >> 8; }
# else
#  define swap(x) __builtin_bswap16((unsigned short)(x))
# endif
#else
static inline unsigned get(const unsigned char *p) { return (unsigned)(p[0] | p[1] << 8); }
#define swap(x) __builtin_bswap16((unsigned short)(x))
#endif /* of GCC 4
          and others */
static inline unsigned get_swapped(const unsigned char *p) { unsigned x = get(p); return swap(x); }
#endif
EOF
# stream.h: calls what another header defines, or will define
cat >src/lib/stream.h <<'EOF'
#ifndef STREAM_H
#define STREAM_H
#include "bits.h"
#define likely(x) __builtin_expect(!!(x), 1)
struct stream { const unsigned char *at, *end; };
static int later(int);
static inline unsigned reload(struct stream *s) {
    unsigned x = get(s->at) + get_swapped(s->at);
    if (likely(get(s->at) != 7)) s->at++;
    return x + (unsigned)later(3);
}
#endif
EOF
cat >src/lib/later.h <<'EOF'
#ifndef LATER_H
#define LATER_H
static int later(int x) { int y = x * 2; return y + 1; }
#endif
EOF
# twice.h: its functions come at the second time
cat >src/lib/twice.h <<'EOF'
#ifndef TWICE_H
#define TWICE_H
struct state { int value; };
#endif
#if defined(TWICE_ALL) && !defined(TWICE_ALL_H)
#define TWICE_ALL_H
static inline int step(struct state *s, int by) {
    int old = s->value;
    s->value += by;
    if (s->value > 100) s->value = old - 100;
    return s->value;
}
#endif
EOF
# sort.h: `before` is another function in each unit
cat >src/lib/sort.h <<'EOF'
static inline void order(int *a, int *b) {
    int keep = *a;
    if (before(*b, *a)) { *a = *b; *b = keep; }
}
EOF
for unit in a b; do
    [ $unit = a ] && by='x < y' other=b || by='x > y' other=a
    cat >src/$unit.c <<EOF
#include <stdio.h>
#include "lib/twice.h"
#define TWICE_ALL
#include "lib/twice.h"
$([ $unit = b ] && printf '#include "lib/later.h"\n')
#include "lib/stream.h"
#include "lib/later.h"
static int before(int x, int y) { int result = $by; return result; }
#include "lib/sort.h"
int run_$unit(int n);
int run_$unit(int n) {
    static const unsigned char bytes[] = "some text, 7 words";
    struct stream s = {bytes, bytes + sizeof bytes};
    struct state state = {n};
    int one = n, two = 5;
    unsigned sum = 0;
    for (int i = 0; i < 9; i++) sum += reload(&s) + (unsigned)step(&state, i * 7);
    order(&one, &two);
    printf("$unit %u %d %d %d %u\n", sum, one, two, state.value, get_swapped(bytes));
    return one;
}
$([ $unit = a ] && printf 'int run_%s(int n);\nint main(void) { for (int i = 0; i < 9; i++) run_a(i), run_%s(i); return 0; }\n' $other $other)
EOF
done
cat >src/compile_commands.json <<EOF
[{"directory": "$work/src", "file": "a.c", "arguments": ["cc", "-c", "a.c"]},
 {"directory": "$work/src", "file": "b.c", "arguments": ["cc", "-c", "b.c"]}]
EOF
"$build/loom-rewrite" src out >log 2>&1 || { echo "not ok rewriting"; cat log; }

# text ok|not WORDS FILE: a line of it has the words
text() {
    if grep -qF "$2" "out/$3"; then found=ok; else found=not; fi
    [ $found = "$1" ] && echo "ok $3: $1 '$2'" || { echo "not ok $3: $1 '$2'"; grep -n "${2%% *}" "out/$3" | head -n 5; }
}
text ok 'unsigned x = get__slow(s->at) + get_swapped__slow(s->at);' lib/stream.h
text ok 'if (likely(get__slow(s->at) != 7))' lib/stream.h
text ok '#define get__slow get__slow' lib/bits.h
text ok '#define get__slow get' lib/bits.h
text ok '#define swap__slow swap' lib/bits.h
text ok 'LOOM_FORWARD(later)' lib/stream.h
text not 'LOOM_SWITCH' lib/bits.h
text not 'LOOM_SWITCH' lib/later.h
text not 'LOOM_SWITCH' lib/twice.h
text ok 'step__slow(struct state *s, int by)' lib/twice.h
text not 'before__slow' lib/sort.h
text ok 'LOOM_SWITCH(in_a_c, 0, before__slow(x, y))' a.c
text ok 'LOOM_SWITCH(in_b_c, 0, before__slow(x, y))' b.c

program=$work/out/program
. "$root/tests/support/same_in_mode.sh"
for compiler in gcc clang-19; do
    for level in -O0 -O2; do
        for tree in src out; do
            (cd $tree && $compiler $level -Wall -Wextra -Wundef -Werror a.c b.c -o program -pthread) ||
                echo "not ok $compiler $level: $tree does not compile"
        done
        src/program >want 2>&1
        echo "status $?" >>want
        rm -f count
        for mode in fast slow slots toggle; do same $compiler $level $mode; done
        if awk '{ n += $2 } END { exit n == 0 }' count; then echo "ok $compiler $level: slots were reached"; else
            echo "not ok $compiler $level: no slot was reached"
        fi
    done
done
