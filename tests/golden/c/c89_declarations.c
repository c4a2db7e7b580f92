/* rule: in C89 nothing goes in front of a declaration, and everything emitted is C89
 * flags: -std=c89 -pedantic-errors -Wdeclaration-after-statement */
#include <stdio.h>

static int depth(int x)
{
    int a = x + 1;
    int b = a * 2, c[3];
    const char *name = "c89";
    c[0] = a;
    c[1] = b;
    c[2] = (int)name[0];
    {
        int d = x;
        int e = puts(name) >= 0;
        c[0] += d + e;
    }
    for (a = 0; a < 3; a++) {
        int f = c[a];
        if (f > 2) continue;
        b += f;
    }
    do {
        int g = b;
        b = puts(name) >= 0 ? g - 1 : 0;
    } while (b > 2);
    return b + c[2];
}

int main(void)
{
    int i, total = 0;
    for (i = 0; i < 3; i++)
        total += depth(i);
    printf("%d\n", total);
    return 0;
}
