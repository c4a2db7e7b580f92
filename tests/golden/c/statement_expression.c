/* rule: statement expressions, with labels and loops inside, keep their value and their scope
 * flags: -Wno-misleading-indentation */
#include <stdio.h>
#define max(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define retry(n, e) ({ __label__ again; int left = (n), got; again: got = (e); \
                       if (got < 0 && --left) goto again; got; })
static int calls;
static int flaky(int x) { return ++calls % x ? -1 : calls; }

static int f(int t) {
    t = ({ int u = t; u++; if (u) u--; u; });
    int m = max(t, ({ int s = 0; for (int i = 0; i < 4; i++) s += i; s; }));
    if (({ m++; m > 3; })) t += m;
    while (({ t--; t > 5; })) m += 2;
    ({ t += 3; m--; });
    return ({ if (m > 100) return -1; m + t; });
}
int main(void) {
    printf("%d %d\n", f(3), f(60));
    int a = retry(5, flaky(3)), b = retry(2, flaky(4));
    printf("%d %d\n", a, b);
    return 0;
}
