/* rule: K&R definitions have nothing to put in front of their parameters
 * flags: -std=gnu11 -Wno-old-style-definition -Wno-deprecated-non-prototype */
#include <stdio.h>
static int add(a, b)
    int a, b;
{
    int c = a;
    c += b;
    return c;
}
static int narrow(c, f, s) char c; float f; short s; { return c + (int)f + s; }
static char *last(list, n) char **list; register int n; { while (n-- > 1) list++; return *list; }
static int (*choose(x))() int x; { return x ? add : 0; }
int main(argc, argv)
    int argc;
    char **argv;
{
    static char *list[] = {"a", "b", "c"};
    (void)argv;
    printf("%d %d %s %d\n", add(1, 2), narrow('a', 2.5, 3), last(list, 3), choose(argc)(3, 4));
    return 0;
}
