/* rule: attributes in every position stay where they are, and twins carry them */
#include <stdio.h>
#include <stdlib.h>
#define NOINLINE __attribute__((noinline))
static int NOINLINE first(int x) { x++; return x; }
__attribute__((noinline)) static int second(int x) { x += 2; return x; }
static int third(int x) __attribute__((noinline, cold));
static int third(int x) { x += 3; return x; }
static inline __attribute__((always_inline)) int fourth(int x) { x += 4; return x; }
static int fifth(int x __attribute__((unused)), int y) { y += 5; return y; }
__attribute__((format(printf, 1, 2), noinline)) static int say(const char *format, ...) {
    (void)format;
    return 6;
}
__attribute__((target("sse4.2"))) static int seventh(int x) { x += 7; return x; }
__attribute__((warn_unused_result, nonnull(1))) static int eighth(const int *p) { return *p + 8; }
static __attribute__((noreturn, noinline)) void ninth(int code) {
    printf("bye %d\n", code);
    exit(code);
}
struct __attribute__((packed)) odd { char c; int i; };
typedef int aligned_int __attribute__((aligned(32)));
static int f(int x) {
    __attribute__((unused)) int a = x;
    aligned_int b __attribute__((unused)) = x;
    struct odd o = {1, x};
    if (__builtin_expect(x > 100, 0)) __builtin_unreachable();
    x += (int)((unsigned long)&b % 32) + (int)sizeof o + o.i;
    switch (x) {
    case 1: x++; __attribute__((fallthrough));
    default: x++;
    }
out: __attribute__((unused));
    return x;
}
int main(void) {
    int v = 1;
    printf("%d %d %d %d\n", first(v), second(v), third(v), fourth(v));
    printf("%d %d %d %d %d\n", fifth(1, v), say("%d", v), seventh(v), eighth(&v), f(v));
    ninth(3);
}
