/* rule: no brace pair across a directive, nor with a foreign `else` right behind */
#include <stdio.h>
#define B 1

static int f(int x, int y) {
    int r = 0;
#ifdef A
    if (x)
#endif
    r++;
#if B
    if (x) {
        r += 2;
#else
    if (y) {
        r += 200;
#endif
        r *= 3;
    }
#ifndef A
    if (y > 1)
        r += 5;
    else
#endif
    r += 7;
    while (
#if B
        x-- > 0
#else
        y-- > 0
#endif
    )
        r += x;
    r += puts(
#ifdef A
        "A"
#else
        "not A"
#endif
        ) >= 0;
#define LOCAL(z) ((z) + 1)
    r = LOCAL(r);
    r += LOCAL(2);
#undef LOCAL
    return r;
}

int main(void) {
    printf("%d %d\n", f(3, 1), f(0, 2));
    return 0;
}
