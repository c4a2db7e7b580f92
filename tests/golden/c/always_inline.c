/* rule: an always_inline function that is no closure keeps its test if it is big; a small one is left alone
 * alone: small: left alone */
#include <stdio.h>
#define INLINE static inline __attribute__((always_inline))
static int total;

INLINE int small(int n) {
    total += n;
    return total;
}

INLINE int big(int n, int mode) {
    total += n;
    if (mode == 1) total *= 2;
    if (mode == 2) total -= 3;
    if (mode == 3) {
        total ^= 5;
        total += mode;
    }
    total += n * 3;
    total &= 0xffff;
    total += 1;
    total += total >> 3;
    if (total > 1000) total = small(n);
    return total;
}

/* Functions out of macros are left alone: what they call cannot be a closure. */
#define MAKE(name, mode) static int name(int n) { return big(n, mode) + small(n); }
MAKE(one, 1)
MAKE(two, 2)

int main(void) {
    for (int i = 0; i < 5; i++) {
        int n = one(i), m = two(i);
        printf("%d %d\n", n, m);
    }
    int last = big(7, 3);
    printf("%d\n", last);
    return 0;
}
