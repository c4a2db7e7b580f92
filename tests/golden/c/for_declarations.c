/* rule: declarations in `for` belong to the loop; several, with calls, shadowing */
#include <stdio.h>
static int calls;
static int one(int x) { calls++; return x; }
static int f(int n) {
    int i = 100, s = 0;
    for (int i = one(0), end = one(n); i < end; i += one(1)) s += i;
    for (struct { int a, b; } p = {0, n}; p.a < p.b; p.a ^= p.a ^ (p.a + 1)) s += p.b;
    for (const char *p = "abc", *q = p + 2; p < q; p++) s += *p - 'a';
    for (int k[2] = {n, 0}; k[0]; k[0]--) k[1]++, s += k[1];
    for (int i = 0; i < 2; i++) { int i = 7; s += i; }
    return s + i;
}
int main(void) { int r = f(4); printf("%d %d\n", r, calls); return 0; }
