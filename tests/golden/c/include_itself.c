/* rule: a file may include itself inside a function: what comes from there has no place in the function's text */
#ifndef INSIDE
#define INSIDE
#include <stdio.h>
#define STEP(n)      \
    x += n;          \
    if (x > 4) printf("%d\n", x);
static int f(int x) { return x + puts("f"); }
int main(void) {
    int x = f(1);
#include "include_itself.c"
    return x != 9;
}
#else
STEP(1)
STEP(3)
x = f(x);
#endif
