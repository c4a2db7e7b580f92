/* rule: a function that defines macros of its own, or has constant tables, is written twice like any other */
#include <stdio.h>
struct level {
    int depth;
    struct { int low, high; } limit;
};
static int sum;

static int step(int n) {
#define ADD(x) sum += (x)
#ifdef NEVER
#define TWICE 3
#else
#define TWICE 2
#endif
    ADD(n);
#undef ADD
#define ADD(x) sum -= (x)
    ADD(TWICE);
    return sum;
#undef ADD
}

static int pick(int n) {
    static const struct level levels[] = {{1, {2, 3}}, {4, {5, 6}}};
    static const int rows[2][2] = {{1, 2}, {3, 4}};
    const struct level level = levels[n & 1];
    int size = sizeof levels / sizeof levels[0];
    sum += level.depth + levels[n & 1].limit.high + rows[n & 1][rows[0][0]];
    return size;
}

/* Its address is compared: one of it. */
static const int *keep(int n) {
    static const struct level levels[] = {{1, {2, 3}}, {4, {5, 6}}};
    sum += n;
    return &levels[n & 1].depth;
}

#define LATE 7
static int late(int n) {
    sum += LATE;
#undef LATE
#define LATE 8
    return n + sum + LATE;
}

int main(void) {
    for (int i = 0; i < 4; i++) {
        const int *kept = keep(i), n = step(i), size = pick(i);
        int later = late(i);
        printf("%d %d %d %d %d\n", n, size, later, kept == keep(i), *kept);
    }
    return 0;
}
