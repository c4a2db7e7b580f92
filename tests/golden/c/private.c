/* private.c: what only the function itself can see has no slot; what looks like it, but is not, has.
 * An `if` without one leaves what it reads to its branches. */
#include <stdarg.h>
#include <stdio.h>

static int shared;
static int *kept;

static int escapes(int n) {
    int open = n, closed = n;
    open++;
    closed++;
    kept = &open;
    open += *kept;
    closed += 2;
    return open + closed;
}

static int sum(int count, ...) {
    va_list list;
    int total = 0, next = 0;
    va_start(list, count);
    while (count-- > 0) {
        next = va_arg(list, int);
        total += next;
    }
    va_end(list);
    return total;
}

static int kinds(int n) {
    static int seen;
    volatile int seen_by_handlers = 0;
    int room[2] = {0, 0};
    struct { int a, b[2]; } pair = {1, {2, 3}};
    int *alias = pair.b;
    seen += n;
    seen_by_handlers = n;
    room[1] = n;
    pair.a = n;
    n += *alias;
    n = n > 3 ? n - 1 : ~n;
    n ^= (int)sizeof room;
    return n + room[1] + seen_by_handlers + pair.a + seen;
}

static int branches(int n, int level) {
    for (int i = 0; i < 3; i++) {
        if (n == 2) break;
        if (level > 1) continue;
        if (n > 4) shared++;
        else if (level == 1) { shared--; n++; }
        else { n--; }
    }
    switch (n) {
    case 1: shared = 1; break;
    default: n = 0;
    }
    return n;
}

int main(void) {
    printf("%d %d\n", escapes(1), sum(3, 1, 2, 3));
    printf("%d\n", kinds(5));
    for (int i = 0; i < 4; i++) printf("%d %d\n", branches(i, i), shared);
    printf("%d\n", shared);
    return 0;
}
