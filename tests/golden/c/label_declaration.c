/* rule: a slot between a label and a declaration is valid C; labels keep what follows them
 * flags: -std=gnu2x */
#include <stdio.h>

static int f(int x) {
again:
    int doubled = 2 * x;
    if (doubled < 20) {
        x++;
        goto again;
    }
    switch (x) {
    case 10:
        int only = x + doubled;
        return only;
    default:
        break;
    }
unused: __attribute__((unused))
    x += 1;
a: b: c:
    x++;
    if (x < 20) goto a;
    if (x < 25) goto b;
    if (x < 26) goto c;
    return x;
}

int main(void) {
    printf("%d %d\n", f(1), f(15));
    return 0;
}
