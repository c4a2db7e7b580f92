#!/bin/sh
# A file that two configurations compile differently (a debug macro is nothing here, a block or two
# statements there): its functions are written twice like any other, and do in both configurations, fast
# and slow, what the original does. A macro that is one statement in one of them only gets no braces.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${LOOM_BUILD:-$PWD/build}
work=${LOOM_WORK:-$build/work/variants}
mkdir -p "$work/src"
cat >"$work/src/a.c" <<'EOF'
#include <stdio.h>
static int noted, level = 1;
#ifdef LOUD
#define DEBUG(...) { if (level > 0) { printf(__VA_ARGS__); } }
#define NOTE(x) noted += (x); noted += 100
#define KEEP(name) int name = 3; noted += name;
#define ONLY_LOUD if (noted > 1)
#else
#define DEBUG(...) {}
#define NOTE(x) noted += (x)
#define KEEP(name)
#define ONLY_LOUD
#endif
static int helper(int n) {
    KEEP(mine)
    noted += n;
    DEBUG("helper %d\n", n);
    return noted * 2;
}
#ifdef LOUD
static int level_of(int x) { int y = x + level; return y; }
#else
static int level_of(int x) { int y = x - level; return y; }
#endif
static int worker(int n) {
    noted += level_of(n);
    KEEP(kept)
    if (n > 1) NOTE(n);
    if (n > 2) DEBUG("deep\n");
    while (n-- > 0) NOTE(1);
    ONLY_LOUD noted += 7;
    if (n > 1) ONLY_LOUD noted += 8;
#ifdef LOUD
    if (noted > 50) {
        puts("much");
#else
    {
#endif
        noted -= 2;
    }
    return helper(n) + noted;
}
int main(void) {
    for (int i = 0; i < 4; i++) {
        int n = worker(i);
        printf("%d %d\n", n, noted);
    }
    return 0;
}
EOF
cat >"$work/src/compile_commands.json" <<EOF
[{"directory": "$work/src", "file": "a.c", "arguments": ["cc", "-c", "a.c"]},
 {"directory": "$work/src", "file": "a.c", "arguments": ["cc", "-DLOUD", "-c", "a.c"]}]
EOF
"$build/loom-rewrite" "$work/src" "$work/out" >/dev/null || echo "not ok rewriting"

text=$work/out/a.c
for wanted in 'int) helper__slow(int n) {' 'int) worker__slow(int n) {' '= (helper__slow(n) + noted)' ' if (n > 1) NOTE(n);' \
    'DEBUG("deep\n") LOOM_SLOT_OWN('; do
    if grep -qF "$wanted" "$text"; then state=ok; else state='not ok'; fi
    printf '%s text: %s\n' "$state" "$wanted"
done

tests=$(grep -c 'LOOM_SWITCH(.*level_of__slow(x))' "$text")
if [ "$tests" -eq 2 ]; then echo 'ok each of two definitions keeps its test'; else echo "not ok $tests of two definitions keep their test"; fi

if grep -q 'LOOM_SLOT[^;]*; LOOM_SLOT[^;]*; KEEP' "$text"; then echo 'not ok one slot per place'; else echo 'ok one slot per place'; fi

program=$work/out/a
. tests/support/same_in_mode.sh
for compiler in gcc clang-19; do
    for loud in '' -DLOUD; do
        for tree in src out; do
            (cd "$work/$tree" && $compiler -O1 -w $loud a.c -o a -pthread) || echo "not ok $compiler $loud: $tree does not compile"
        done
        LOOM=0 "$work/src/a" >"$work/want" 2>&1
        echo "status $?" >>"$work/want"
        rm -f "$work/count"
        for mode in fast slow slots toggle; do same "$compiler" "$loud" "$mode"; done
        if awk '{ n += $2 } END { exit n == 0 }' "$work/count"; then echo "ok $compiler $loud: slots were reached"; else
            echo "not ok $compiler $loud: no slot was reached"
        fi
    done
done
