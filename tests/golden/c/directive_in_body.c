/* rule: a control statement with whole #if ... #endif inside can get braces: its loop is polled */
#include <stdio.h>
#define B 1

static int next(int *p) { return *p += 3; }

static int f(int x) {
    int r = 0, state = 0;
    for (;;)
        switch (state) {
        case 0: state = next(&x) > 10;
            break;
#if B
        case 1: r += x;
            state = r > 50 ? 2 : 0;
            break;
#else
        case 1: return 5;
#endif
        default: return r;
        }
}

static int g(int n) {
    int r = 0;
    while (next(&n) < 90)
        if (n % 2) {
            r += n;
#if B
        } else if (n % 3) {
            r -= 2;
#endif
        } else
#if B
            r += 7;
#else
            r += 8;
#endif
    for (int i = 0; i < 4; i++)
#if B
        if (next(&n))
#endif
            r++;
    if (r)
        while (next(&r) % 5)
#if B
            if (r)
                n++;
#ifdef A
            else
                n--;
#endif
#endif
    return r + n;
}

int main(void) {
    printf("%d %d\n", f(1), g(4));
    return 0;
}
