/* rule: parameters that cannot be written again: the function's own name, an effect in a type, no type
 * flags: -std=gnu89 -w
 */
#include <stdio.h>
static int own(int own, int i) { own += i; if (own > 5) return own - 5; return own; }
static int effect(int i, int array[i++]) { if (array[0]) i += array[0]; return i; }
static int typeless(a, b) { if (a > b) return a; return b; }
static int nameless(int c, int b) { b++; return b; }
static int (*pointers[])(int, int) = {own, nameless};
static void *local(void) { static int same; return &same; }
static int *never(int *a) {
    int b, *p = local();
    if (!p) { p = &b; b = *a; }
    *p += *a;
    if (p == &b) p = 0;
    return p;
}
int main(void) {
    int array[12] = {3};
    printf("%d %d %d\n", own(3, 4), effect(10, array), typeless(7, 8));
    printf("%d %d\n", pointers[0](1, 2), pointers[1](4, 5));
    return *never(array) != 3;
}
