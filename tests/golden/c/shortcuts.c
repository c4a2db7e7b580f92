/* SPDX-License-Identifier: MIT */
/*
 * rule: a call out of a fast run goes past the test of an external or address-taken function of its file
 */
#include <stdio.h>
#include <string.h>

int used(int x);
int used(int x) { return x * 2; }

/* a pointer leads to it, too */
static int twice(int x) { return x + x; }
static int (*const through)(int) = twice;

static int behind(int x);
int later(int x);
int (*const taken)(int) = behind;
/* static, so declared: also in front of it; the external one is not known to be */
int in_front(int x) { return behind(x) + later(x); }
static int behind(int x) { return x - 1; }
int later(int x) { return x - 2; }

/* a circle: the test stays */
static int even(int n);
static int odd(int n) { return n ? even(n - 1) : 0; }
static int even(int n) { return n ? odd(n - 1) : 1; }
int (*const circle[])(int) = {even, odd};

/* its name is its own; its code is its own */
const char *named(void) { return __func__; }
__attribute__((noinline)) int apart(int x) { return x + 3; }

/* out of a macro: as it was */
#define USED(x) used(x)
void no_value(int *x) { *x += used(*x); }

int main(void) {
    int x = 1;
    no_value(&x);
    printf("%d %d %d %d %d\n", used(x), USED(x), twice(x), through(x), taken(x));
    for (int i = 0; i < 3; i++) x += used(i) + in_front(i);
    if (used(x) > 3) x += twice(used(x));
    printf("%d %d %s %d\n", x, odd(x), named(), apart(x));
    return 0;
}
