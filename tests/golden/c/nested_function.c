/* rule: clang cannot parse nested functions: the file is left alone and listed
 * only: gcc
 * alone: not rewritten, it does not parse */
#include <stdio.h>
static int apply(int (*f)(int), int x) { return f(x); }
int main(void) {
    int base = 10;
    int add(int x) { return base + x; }
    printf("%d\n", apply(add, 5));
    return 0;
}
