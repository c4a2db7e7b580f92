/* rule: attribute cleanup runs at every way out of its scope, once, in order */
#include <stdio.h>
static int open_count;
static void closer(int *x) { printf("close %d\n", *x); open_count--; }
static void freer(char **p) { printf("free %s\n", *p); }
#define SCOPED(f) __attribute__((cleanup(f)))
static int open_it(int x) { open_count++; return x; }
static int f(int x) {
    int a SCOPED(closer) = open_it(x);
    char *name SCOPED(freer) = "first";
    for (int i = 0; i < 3; i++) {
        int b SCOPED(closer) = open_it(10 + i);
        if (i == x) break;
        if (b == 11) continue;
        puts("body");
        if (x == 7) goto out;
    }
    {
        SCOPED(closer) int c = open_it(20);
        if (x == 2) return a + c;
    }
    name = "second";
    switch (x) { case 5: { int d SCOPED(closer) = open_it(30); a += d; break; } default: a++; }
out:
    return a + open_count;
}
int main(void) {
    static const int tests[] = {0, 2, 5, 7, 9};
    for (int i = 0; i < 5; i++) printf("= %d\n", f(tests[i]));
    printf("%d\n", open_count);
    return 0;
}
