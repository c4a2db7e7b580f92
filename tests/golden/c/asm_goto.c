/* rule: asm goto jumps to labels of its function: emitted once, and so are its labels */
#include <stdio.h>
static int f(int x) {
    int n = 0;
again:
    n++;
    asm goto("test %0, %0\n\tjs %l[negative]\n\tjz %l[zero]" : : "r"(x) : "cc" : negative, zero);
    n += 10;
    x--;
    if (n < 100) goto again;
    return n;
zero:
    return n + 1000;
negative:
    x = -x;
    if (n < 50) { n += 50; goto again; }
    return -n;
}
int main(void) { printf("%d %d %d\n", f(3), f(0), f(-2)); return 0; }
