/* rule: a macro that ends the declaration in front is no part of the next function's head */
#include <stdio.h>
#define START_TEST(name) \
    static void name(void) { \
        puts(__func__); \
        {
#define END_TEST \
    } \
    }
#define RECORD(name) struct name {
#define END_RECORD };
#define NUMBERS(name) static const int name[] = {
#define END_NUMBERS };
#define KEEP static
static int total;

START_TEST(first)
    total++;
END_TEST

static int add(int n) {
    total += n;
    return total;
}

START_TEST(second)
    add(2);
END_TEST KEEP int subtract(int n) {
    total -= n;
    return total;
}

RECORD(pair)
    int a, b;
END_RECORD
static int sum(struct pair p) { return add(p.a) + subtract(p.b); }

NUMBERS(some)
    3, 4
END_NUMBERS

KEEP int of_some(void) {
    struct pair p = {some[0], some[1]};
    return sum(p);
}

int main(void) {
    int (*from_outside)(int) = add;
    first();
    second();
    printf("%d %d %d\n", of_some(), from_outside(1), total);
    return 0;
}
