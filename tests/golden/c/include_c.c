/* rule: a .c file included in another is rewritten once, for both */
#include <stdio.h>
static int shared = 3;
#include "include_c_part.c"
int main(void) {
    printf("%d %d\n", part(4), part(-1));
    return 0;
}
