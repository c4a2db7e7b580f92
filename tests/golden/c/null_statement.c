/* rule: no slot on a null statement, which a configuration may turn into an `if` or into nothing
 * flags: -Wno-empty-body */
#include <stdio.h>
static int covered;
#ifdef COVERAGE
#define testcase(x) if (x) covered++
#else
#define testcase(x)
#endif
#define NEVER(x) ((void)(x))

static int f(int x) {
    testcase(x > 3);
    testcase(x < 2);
    ;
    x++;;
    NEVER(x);
    (void)x;
    if (x > 2) ; else x--;
    if (x > 100) testcase(x); else x += 5;
    for (; x < 20; x++) ;
    while (x-- > 15) ;
    do ; while (x++ < 17);
    {}
    {;}
    switch (x) { case 1:; break; default:; }
out:;
    if (x < 30) { x += 7; goto out; }
end:
    ;
    if (x & 1) { x++; goto end; }
    return x;
}

int main(void) {
    printf("%d %d %d\n", f(0), f(5), covered);
    return 0;
}
