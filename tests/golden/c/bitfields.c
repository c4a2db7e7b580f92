/* rule: values of bit-fields have no address */
#include <stdio.h>
struct flags { unsigned a : 3, b : 5; int c : 4; unsigned : 0; unsigned long d : 40; _Bool e : 1; };
static int get(int x) { return x + 1; }
static unsigned f(struct flags *p, int x) {
    struct flags l = {.a = 1, .c = -2};
    p->a = (unsigned)get(x) & 7;
    p->b += 3;
    p->c = -p->c;
    l.d = 1ul << 39;
    l.e = get(x) != 0;
    for (l.a = 0; l.a < 5; l.a = (unsigned)get((int)l.a)) p->b++;
    switch (p->c) { case -1: p->e = 1; break; default: p->e = l.e; }
    while (p->a) p->a ^= p->a ^ (p->a - 1);
    return p->a + p->b + (unsigned)p->c + (unsigned)(l.d >> 38) + p->e;
}
int main(void) {
    struct flags s = {7, 4, 1, 0, 0};
    for (int i = 0; i < 4; i++) printf("%u\n", f(&s, i));
    return s.b;
}
