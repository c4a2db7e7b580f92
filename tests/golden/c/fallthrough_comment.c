/* rule: a fall-through comment stays in front of its label
 * flags: -Wimplicit-fallthrough
 * only: gcc */
#include <stdio.h>
static int f(int x) {
    int s = 0;
    switch (x) {
    case 1:
        s += 1;
        puts("one");
        /* fall through */
    case 2:
        s += 2;
        if (s > 2) s++;
        // fallthrough
    case 3: {
        s += 4;
        s ^= 1;
        /* FALLTHRU */
    }
        /* falls through */
    case 4:
        for (int i = 0; i < 2; i++) s += i;
        /*-fallthrough*/
    case 5: s += 8; /* FALLTHROUGH */
    case 6:
        puts("six"); // fall through
    default:
        s *= 2;
    }
    return s;
}
int main(void) {
    for (int i = 0; i < 8; i++) printf("%d\n", f(i));
    return 0;
}
