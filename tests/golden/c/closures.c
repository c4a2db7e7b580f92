/* SPDX-License-Identifier: MIT */
/*
 * rule: calls out of macros, and in front of a definition, take no flag test from a static function
 *
 * flags: -Wredundant-decls
 */
#include <stdio.h>

struct box {
    int (*size)(int);
    int field;
};

static int later(int n);
static int even(int n);
static int odd(int n);
static int weigh(int n);

#define TWICE(x) ((x) + (x))
#define SCALED(n) scale(n, 3)
#define NAME(x) #x

static int scale(int n, int by) {
    int r = n * by;
    return r;
}

/* a member of the same name: its callers' slow copies must not rename that */
static int size(int n) {
    int r = n + 100;
    return r;
}

static int field(int n) {
    int r = n - 1;
    return r;
}

int in_argument(int n) {
    n += TWICE(scale(n, 2));
    n += scale(1, 1);
    return n;
}

int in_body(int n) {
    int r = SCALED(n);
    puts(NAME(scale(n)));
    return r + SCALED(r);
}

int through_member(struct box *box, int n) {
    int r = TWICE(size(n));
    r += box->size(n);
    return r;
}

int beside_member(struct box *box, int n) {
    int r = TWICE(field(n));
    r += box->field;
    return r;
}

int in_front(int n) {
    int r = later(n) + TWICE(later(n + 1));
    if (r > 10) r += later(r);
    return r;
}

int polled(int n) {
    int r = 0;
    while (n) {
        n ^= n ^ n / 2;
        r += later(n);
    }
    return r;
}

static int later(int n) {
    int r = n * n;
    return r;
}

/* a circle: one of them keeps its test */
static int even(int n) {
    int r = 1;
    if (n) r = odd(n - 1);
    return r;
}

static int odd(int n) {
    int r = 0;
    if (n) r = even(n - 1);
    return r;
}

#ifdef HEAVY
int heavy(int n) { return weigh(n); }
#endif
static int weigh(int n) {
    int r = n + 7;
    return r;
}

static int tenfold(int n) { return n * 10; }

int main(void) {
    struct box box = {tenfold, 4};
    printf("%d %d\n", in_argument(4), in_body(5));
    printf("%d %d\n", through_member(&box, 6), beside_member(&box, 7));
    printf("%d %d %d %d\n", in_front(8), polled(9), even(10), weigh(1));
    return 0;
}
