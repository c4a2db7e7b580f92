/* rule: definitions of before C89: parameters that are promoted, no types, declarations in every order
 * flags: -std=gnu89 -w */
#include <stdio.h>
int width();
static char small(c, s, f) char c; short s; float f; { c += s; return c + f; }
static add(a, b) { a += b; return a; }
char *pick(n, names, which)
int n;
register char **names;
unsigned which;
{
    if (which >= n) return "none";
    return names[which];
}
double mean(v, n) double v[]; int n;
{
    double s = 0; int i;
    for (i = 0; i < n; i++) s += v[i];
    return n ? s / n : 0;
}
static int apply(f, x) int (*f)(); int x; { return (*f)(x, 1); }
static (*choose(x))() { if (x) return add; return 0; }
struct point { int x, y; };
static struct point move(p, by) struct point p, *by; { p.x += by->x; p.y += by->y; return p; }
static recurse(n) unsigned char n; { if (n) return 1 + recurse(n - 1); return width(); }
int width() { return 7; }
main(argc, argv) char **argv; int argc; {
    char *names[2];
    double values[3];
    struct point p, q;
    names[0] = "a", names[1] = "b";
    values[0] = 1, values[1] = 2, values[2] = 6;
    p.x = 1, p.y = 2, q = p;
    printf("%d %d %s %s\n", small(1, 2, 3.5), add(1, argc), pick(2, names, 1), pick(2, names, 2));
    q = move(q, &p);
    printf("%g %d %d %d %d\n", mean(values, 3), apply(add, 4), choose(1)(2, 3), q.x + q.y, recurse(3));
    return 0;
}
