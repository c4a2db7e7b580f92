/* rule: a body out of a macro gets braces only if the macro is that statement and nothing else
 * flags: -w */
#include <stdio.h>
static int said;
static void say(int what) { said = said * 10 + what; }
#define TWO say(1); say(2)
#define TWO_PUTS puts("one"); puts("two")
#define WITH_ELSE say(3); else
#define BLOCK_ELSE { say(4); } else
#define PUTS_ELSE puts("three"); else
#define ELSE_TOO say(5); else say(6)
#define LAST say(7); }
#define TAIL 8; say(9)
#define LABEL say(1); again:
#define ONE say(2)

static int f(int x) {
    int n = x;
    if (x) TWO;
    if (x) TWO_PUTS;
    if (x > 1) WITH_ELSE say(1);
    if (x > 1) BLOCK_ELSE say(2);
    if (x > 1) PUTS_ELSE say(3);
    if (x > 1) PUTS_ELSE puts("four");
    if (x > 1) ELSE_TOO;
    if (x) { if (x > 1) LAST
    if (x) for (int i = 0; i < 2; i++) TWO;
    if (x) n = TAIL;
    if (x > 1) ONE; else ONE;
    while (n-- > 6) TWO;
    LABEL say(x);
    if (n-- > 3) goto again;
    return n;
}

int main(void) {
    for (int x = 0; x < 3; x++) {
        int n = f(x);
        printf("%d %d\n", n, said);
        said = 0;
    }
    return 0;
}
