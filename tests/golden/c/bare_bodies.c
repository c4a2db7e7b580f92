/* rule: bodies without braces get them, once; `for (...);`, `while (x);`, `do s; while`
 * flags: -Wno-dangling-else -Wno-empty-body */
#include <stdio.h>
static int seen;
static int see(int x) { seen += x; return x; }

static int f(int x) {
    int t = 0;
    if (x) t++; else if (t) x++; else t--;
    if (x) if (x > 1) t += 2; else t += 3;
    if (x) { if (x > 1) t += 4; } else t += 5;
    for (int i = 0; i < x; i++) for (int j = 0; j < i; j++) if (i != j) t += see(i); else t--;
    while (x-- > 0) if (t & 1) t--; else ;
    do t--; while (see(t) > 5);
    do if (t > 3) break; else t++; while (t < 10);
    for (;;) if (t++ > 9) break;
    for (int a = 0, b = 5; a < b; a++, b--);
    for (see(1); see(t) < 15; t += see(2)) ;
    while (see(t--) > 12);
    for (;; t = see(t + 1)) { if (t > 40) return t; if (t % 3) continue; t = see(t + 5); }
}

int main(void) {
    for (int i = 0; i < 5; i++) { int r = f(i); printf("%d %d\n", r, seen); }
    return 0;
}
