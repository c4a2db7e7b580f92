/* rule: an `else if` is never braced: the preprocessor may cut the chain in two */
#include <stdio.h>

static int calls;
static int yes(int x) { calls++; return x; }

static const char *command(int x) {
    const char *name;
    if (yes(x == 1)) {
        name = "get";
    } else if (yes(x == 2)) {
        name = "set";
#ifdef WITH_TOUCH
    } else if (yes(x == 3)) {
        name = "touch";
#endif
#ifndef WITHOUT_INCR
    } else if (yes(x == 4)) {
        name = "incr";
#else
    } else {
        name = "without";
#endif
#if 1
    } else if (yes(x == 5) && yes(x != 6)) name = "decr";
    else if (yes(x == 6))
        name = "flush";
#endif
    else
        name = "other";
    return name;
}

int main(void) {
    for (int i = 0; i < 8; i++) {
        calls = 0;
        const char *name = command(i);
        printf("%d %s after %d\n", i, name, calls);
    }
    return 0;
}
