/* rule: a function out of a macro is left alone and listed
 * alone: push_int|push_long|DEFINE */
#include <stdio.h>
#include <stdlib.h>
#define DEFINE_STACK(T)                                                     \
    struct stack_##T { T *v; int n; };                                      \
    static void push_##T(struct stack_##T *s, T x) {                        \
        s->v = realloc(s->v, sizeof *s->v * (unsigned)(s->n + 1));          \
        s->v[s->n++] = x;                                                   \
    }                                                                       \
    static T pop_##T(struct stack_##T *s) {                                 \
        if (s->n == 0) return 0;                                            \
        return s->v[--s->n];                                                \
    }
#define PROC(name, body) static int name(int x) { body; return x; }
DEFINE_STACK(int)
DEFINE_STACK(long)
PROC(bump, x++; x *= 2)
static int f(int x) {
    struct stack_int s = {0};
    struct stack_long l = {0};
    for (int i = 0; i < x; i++) { push_int(&s, i); push_long(&l, bump(i)); }
    int r = 0;
    while (s.n) r = 3 * r + pop_int(&s);
    while (l.n) r ^= (int)pop_long(&l);
    free(s.v); free(l.v);
    return r;
}
int main(void) { printf("%d %d\n", f(3), f(6)); return 0; }
