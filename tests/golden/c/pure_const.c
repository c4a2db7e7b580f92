/* rule: functions declared pure or const may be merged or dropped: no pause points, same values */
#include <stdio.h>
__attribute__((pure)) static int length(const char *s) { int n = 0; while (*s++) n++; return n; }
__attribute__((const, noinline)) static int square(int x) { int s = 0; for (int i = 0; i < x; i++) s += x; return s; }
static int f(const char *s) {
    int a = length(s), b = length(s);
    (void)square(a);
    return a + b + square(a) + square(a);
}
int main(void) { printf("%d %d\n", f("abc"), f("longer text")); return 0; }
