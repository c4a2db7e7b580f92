/* rule: `T x = e;` is split only where the parts mean the same */
#include <stdio.h>
static int calls;
static int c(int x) { calls += x; return x; }
static int outside = 5;
static void drop(int *x) { printf("drop %d\n", *x); }
static int f(int x) {
    int a = c(x);
    a++;
    int b = c(a) + a, d;
    d = b;
    __auto_type e = c(d);
    __typeof__(e) g = c(e) + 1;
    puts("a run in between");
    int h __attribute__((cleanup(drop))) = c(g);
    {
        extern int exported;
        int outside = c(exported);
        h += outside;
        int later(int);
        h += later(h);
    }
    long i = (c(1), c(2)), *j = &i;
    int (*k)(int) = c, l = k(3);
    char m = (char)c(300);
    float n = 1.0f / (float)c(3);
    _Bool o = c(2);
    return a + b + d + e + g + h + outside + (int)*j + l + m + (int)(n * 10) + o;
}
int exported = 11;
int later(int);
int later(int x) { return -x / 2; }
int main(void) { int r = f(2); printf("%d %d\n", r, calls); return 0; }
