/* rule: a slot passes the scalar locals and parameters that its statement reads */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#define TWICE(x) ((x) + (x))
#define HIDDEN() (hidden++)
#define taken (seen)
#define PLUS(a) plus + (a)

enum color { RED, GREEN = 5, BLUE };
struct point {
    int x, y;
    unsigned low : 3, high : 5;
    union {
        short s;
        char c[2];
    };
    struct point *next;
};
struct opaque;
static struct point origin, *top = &origin;
static enum color last;
static volatile int seen;
static double ratio = 0.5;
static __thread int own = 3;

static int take(struct point *p, char c, signed char d, unsigned short e, long f, bool g,
                enum color h, const char *name, struct opaque *o) {
    return p->x + c + d + e + (int)f + g + (int)h + (int)strlen(name) + (o == 0);
}

/* One parameter more than a slot passes. */
static int nine(int a, int b, int c, int d, int e, int f, int g, int h, int i) {
    return a + b + c + d + e + f + g + h + i;
}

static int kinds(double x, float y, long double z, struct point s, int list[2], int (*call)(int)) {
    volatile int v = 1;
    _Atomic int atom = 2;
    register int r = 3;
    static int kept = 4;
    int array[2] = {5, 6};
    seen = v + atom + r + kept + array[1] + s.x + list[1];
    return (int)(x + y + (double)z) + call(r);
}

static void out(int *result) { *result = 7; }

static int order(int n) {
    int a, b, c = 1, d = 2, hidden = 3, plus = 4;
    a = n;
    b = a = c;
    b += a;
    out(&c);
    if ((d = n + 1) > 1 && d < 9) d--;
    d = d + 1;
    for (int i = 0, next; i < n; i ^= i ^ next) next = i + 1;
    do {
        int e;
        e = d--;
        c += e;
    } while (c < 9 && d > 0);
    c += (int)sizeof b + (int)sizeof(__typeof__(d)) + (int)_Alignof(int);
    c += TWICE(n) + HIDDEN();
    c += PLUS(a);
    c += ({
        int inner = n;
        inner + b;
    });
    int e = c, g = e + seen;
    (void)e;
    __asm__("" : "+r"(g));
    return hidden + plus + g;
}

/* `m` is a macro of this unit: no slot passes a variable of that name. */
#define m (1 + own)
static int macro(void) {
#undef m
    int m = 2, other = m;
    return m + other;
}

/* The entry's slot is in front of a declaration that changes a parameter. */
static int changed(int p) {
    int old = p++, even = p;
    return old + even;
}

static int globals(struct point *p) {
    last = p->high > 2 ? BLUE : GREEN;
    top->y = (int)ratio + own;
    return p->next ? p->next->s : last == BLUE;
}

static int twice(int x) { return x * 2; }

int main(void) {
    int list[2] = {1, 2};
    struct point p = {1, 2, 3, 4, {5}, &origin};
    printf("%d\n", take(&p, 'a', -1, 60000, 1L << 33, true, GREEN, "name", 0));
    printf("%d\n", nine(1, 2, 3, 4, 5, 6, 7, 8, 9));
    printf("%d\n", kinds(1.5, 2.5f, 3.5L, p, list, twice));
    printf("%d %d %d %d\n", order(3), macro(), globals(&p), taken + changed(1));
    return 0;
}
