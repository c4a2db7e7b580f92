/* rule: macros that name each other: an argument that one of them makes a string of is not edited */
#include <setjmp.h>
#include <stdio.h>
static jmp_buf env;
#define aa(x) (bb(x) + cc(x))
#define bb(x) (aa(x))
#define cc(x) (puts(#x), 0)
static int (aa)(int x) { return x + 1; }
static int (bb)(int x) { return x + 2; }
static int f(int x) { int y = x * 2; return y; }
static int g(int n) {
    if (setjmp(env)) return 0; /* no slow copy of its own, in which f could be a macro */
    int s = aa(f(n));
    s += bb(f(n + 1));
    return s;
}
int main(void) { printf("%d\n", g(3)); return 0; }
