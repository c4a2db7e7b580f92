/* rule: coroutines as protothreads make them: a switch into the middle of loops, cases by __LINE__
 * flags: -Wno-implicit-fallthrough */
#include <stdio.h>
struct pt { int line; int i, sum; };
#define PT_BEGIN(pt) switch ((pt)->line) { case 0:
#define PT_WAIT_UNTIL(pt, c) do { (pt)->line = __LINE__; case __LINE__: if (!(c)) return 0; } while (0)
#define PT_YIELD(pt) do { (pt)->line = __LINE__; return 1; case __LINE__:; } while (0)
#define PT_END(pt) } (pt)->line = 0; return 2
static int ready;
static int is_ready(void) { return ++ready % 3 == 0; }
static int run(struct pt *pt) {
    PT_BEGIN(pt);
    for (pt->i = 0; pt->i < 3; pt->i++) {
        PT_WAIT_UNTIL(pt, is_ready());
        pt->sum += pt->i;
        if (pt->i == 1) {
            PT_YIELD(pt);
            pt->sum *= 10;
        } else
            puts("not one");
        while (pt->sum % 4) { pt->sum++; PT_YIELD(pt); }
    }
    pt->sum += ready;
    PT_END(pt);
}
int main(void) {
    struct pt pt = {0, 0, 0};
    for (int n = 0, state; n < 40; n++) {
        state = run(&pt);
        printf("%d %d %d\n", state, pt.i, pt.sum);
        if (state == 2) break;
    }
    return 0;
}
