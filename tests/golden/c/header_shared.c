/* rule: a header is rewritten once for all its users; functions in it are static or inline
 * link: header_shared_two.c */
#include <stdio.h>
#include "header_shared.h"
int two(int x);
int main(void) {
    int a = shared_loop(3), b = two(5), c = shared_get();
    printf("%d %d %d\n", a, b, c);
    return 0;
}
