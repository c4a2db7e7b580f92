/* rule: a type or a constant that an expression declares is known behind its statement, too
 * flags: -Wno-pedantic */
#include <stddef.h>
#include <stdio.h>
static int touched;
static int touch(int x) { touched += x; return x; }
static int f(int x) {
    int s = touch(x);
    s += (int)sizeof(struct local { int a; char b[12]; });
    s += touch(s & 1);
    struct local l = {s, "text"};
    s += l.a + l.b[1];
    s += sizeof(enum { SMALL = 3, LARGE = 40 }) ? touch(1) : 0;
    s += LARGE;
    s += touch(SMALL);
    if (s > 5) {
        s += (int)((union both { int i; unsigned u; }){.i = -1}.u >> 31);
        union both b = {.i = touch(s)};
        s ^= b.i & 7;
    }
    struct { int by; } i = {1};
    for (; s > 60; i.by++) s -= i.by;
    return s;
}
int main(void) { printf("%d\n", f(1)); printf("%d\n", f(8)); printf("%d\n", f(2)); printf("%d\n", touched); return 0; }
