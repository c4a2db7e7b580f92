/* rule: where the compiler may take another branch than libclang, the slow copy has a substitute: the function */
#include <stdio.h>

#ifdef __clang__
static int swap(int x) { return (x & 255) << 8 | x >> 8; }
#else
#define swap(x) __builtin_bswap16((unsigned short)(x))
#endif

#if defined __clang__ && __GNUC__ < 5
static int half(int x) { return x / 2; }
#else
static int half(int x) { return x >> 1; }
#endif

#ifdef __clang__
static int inner(int x) { return x + 1; }
static int outer(int x) { return inner(x) * 2; }
#else
static int outer(int x) { return (x + 1) * 2; }
#endif

#ifndef NEVER
static int always(int x) { return x * 3; }
#endif

static int all(int x) { return swap(x) + half(x) + outer(x) + always(x); }

int main(void) {
    printf("%d\n", all(260));
    return 0;
}
