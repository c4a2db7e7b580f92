/* rule: `if` of every shape: dangling else, assignment and declaration-like conditions, empty parts */
#include <stdio.h>
static int n;
static int c(int x) { n++; return x; }
static int f(int x) {
    int v;
    if ((v = c(x)) > 2) n += 10;
    if (c(x)) { } else n += 100;
    if (c(x)) ; else { n += 200; }
    if (c(x > 1)) if (c(x > 2)) if (c(x > 3)) n++; else n += 2; else n += 3; else n += 4;
    if (!c(x)) return -1; else if (c(x) == 1) { return 1; } else { n += 5; }
    if (c(0) || 1) { if (c(1) && 0) n += 1000; } else n += 2000;
    if (c(x) && ({ int q = x; q > 2; })) { int w = 3; n += w; }
    return v;
}
int main(void) { for (int i = 0; i < 6; i++) { int r = f(i); printf("%d %d\n", r, n); } return 0; }
