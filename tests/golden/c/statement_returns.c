/* rule: jumps and returns out of statement expressions; comma and ?: with calls; conditions with effects
 * flags: -Wno-unused-value -Wno-implicit-fallthrough */
#include <stdio.h>
static int calls;
static int a(int x) { calls++; return x; }
static int b(int x) { calls += 10; return x + 1; }
static void v(int x) { printf("v%d ", x); }
#define TRY_(e) ({ int r_ = (e); if (r_ < 0) return r_ - 1; r_; })
#define MAX(x, y) ({ __typeof__(x) x_ = (x); __typeof__(y) y_ = (y); x_ > y_ ? x_ : y_; })
static int f(int x) {
    int s = TRY_(a(x)), i;
    s += TRY_(x == 4 ? b(-9) : b(x));
    x > 1 ? v(1) : v(2);
    x && a(3), b(4), x || b(5);
    for (i = a(0), s++; i < 3; v(i), i++) s += MAX(a(i), b(i - 1));
    for (int k = 0; k < 4; k++) s += ({ if (a(k) == 2) continue; if (b(k) == x) break; k; });
    while (a(s), s-- > 12) if (b(s) & 1) continue; else s--;
    do s += a(1) ? b(2), a(3) : b(3); while (s < 5 ? a(1) : (b(1), 0));
    if ((s = a(s)) && (x = b(x), x > 2)) s++; else if (a(x) ? b(0) : a(0)) s--;
    switch (a(x), b(x)) { case 1: s += 3; break; case 2: s += ({ if (a(x)) goto out; 5; }); default: s++; }
    s += x ?: a(9);
    return a(1), s + b(2);
out:
    s = s * 2;
    return MAX(s, 3);
}
static int g(int n) { return n > 0 ? a(n) + g(n - 1) : n < 0 ? ({ v(9); return 77; 1; }) : b(n); }
int main(void) {
    for (int i = -1; i < 6; i++) { int r = f(i); printf("%d %d\n", r, calls); }
    int r = g(3);
    printf("%d %d\n", r, g(-1));
    return 0;
}
