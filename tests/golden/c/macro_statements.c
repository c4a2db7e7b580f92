/* rule: several statements out of one macro get one slot before the macro; none inside
 * flags: -Wno-misleading-indentation */
#include <stdio.h>
#define SWAP(a, b) t = a; a = b; b = t
#define CHECK(x) if (!(x)) goto out
#define FOREACH(i, n) for (int i = 0; i < (n); i++)
#define ELSE_DO else puts("else")
#define ID(a) a
#define RETURN_IF(x) if (x) return -1
#define TWICE(s) do { s; s; } while (0)

static int f(int x, int y) {
    int t = 0;
    SWAP(x, y);
    CHECK(x);
    if (x) puts("a"); ELSE_DO;
    if (y < 0) puts("b"); ELSE_DO;
    FOREACH(i, 3) t += i;
    FOREACH(j, 3) { t += j; if (j == 1) continue; t *= 2; }
    t = ID(3) + ID(t);
    if (t) ID(t++); else return ID(t);
    TWICE(t++);
    TWICE(ID(puts("twice")));
    RETURN_IF(t > 1000);
    if (x) ID(t--;) ID(t--;)
    return t;
out:
    return -t - 1;
}

int main(void) {
    printf("%d %d %d\n", f(1, 2), f(3, -4), f(5, 0));
    return 0;
}
