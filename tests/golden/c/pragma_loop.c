/* rule: nothing goes between a pragma and its loop */
#include <stdio.h>
static int a[64];

static int f(int n) {
    int s = 0;
#pragma GCC unroll 4
    for (int i = 0; i < n; i++) s += a[i];
    _Pragma("GCC unroll 2")
    for (int i = 0; i < n; i++) {
        a[i] = s;
        s ^= i;
    }
    if (n > 10)
#pragma GCC unroll 8
        while (n > 0) s += a[--n];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
    int unused;
    unused = s;
    s++;
#pragma GCC diagnostic pop
    return s;
}

int main(void) {
    for (int i = 0; i < 64; i++) a[i] = i * i;
    printf("%d\n", f(64));
    printf("%d\n", f(5));
    return 0;
}
