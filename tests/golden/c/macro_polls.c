/* rule: a loop in a block that comes out of a macro has no poll, and the table says so
 * alone: loop without a poll */
#include <stdio.h>
#define BEGIN {
#define END }

static int more(int *x) { return fflush(stdout) == 0 && (*x)-- > 1; }

static int f(int x) {
    if (x) BEGIN
        while (more(&x)) { puts("loop"); }
    END
    BEGIN
    again:
        fflush(stdout);
        if (x-- > -3) goto again;
    END
    return x;
}

int main(void) {
    for (int x = 0; x < 3; x++) printf("%d\n", f(x));
    return 0;
}
