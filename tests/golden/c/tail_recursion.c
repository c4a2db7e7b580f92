/* rule: a slow copy must not turn a tail call into a real one: 10^6 levels
 * levels: -O2
 * modes: fast slow toggle-flags */
#include <stdio.h>
#include <stdlib.h>
struct list { struct list *next; int v; };
static long sum(const struct list *l, long acc) {
    if (!l) return acc;
    acc += l->v;
    return sum(l->next, acc);
}
static int odd(unsigned n);
static int even(unsigned n) { if (n == 0) return 1; return odd(n - 1); }
static int odd(unsigned n) { if (n == 0) return 0; return even(n - 1); }
static void down(unsigned n, unsigned *count) { if (!n) return; ++*count; down(n - 1, count); }
int main(void) {
    enum { N = 1000000 };
    struct list *all = calloc(N, sizeof *all);
    for (int i = 0; i < N; i++) { all[i].v = i; all[i].next = i + 1 < N ? &all[i + 1] : 0; }
    unsigned count = 0;
    down(N, &count);
    printf("%ld %d %u\n", sum(all, 0), even(N), count);
    free(all);
    return 0;
}
