/* rule: a fall-through attribute is a statement that stays last before its label
 * flags: -Wimplicit-fallthrough */
#include <stdio.h>
#define fallthrough __attribute__((fallthrough))
static int f(int x) {
    int s = 0;
    switch (x) {
    case 1: s++; puts("one"); fallthrough;
    case 2:
        s += 2;
        if (s > 2) { s++; fallthrough; } else { s--; __attribute__((__fallthrough__)); }
    case 3: { s += 4; fallthrough; }
    case 4:
        while (s > 6) s -= 2;
        fallthrough;
    default: s *= 2;
    }
    return s;
}
int main(void) {
    for (int i = 0; i < 6; i++) printf("%d\n", f(i));
    return 0;
}
