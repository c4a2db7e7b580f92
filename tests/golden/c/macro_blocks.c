/* rule: a block or several statements out of a macro have one slot in front, whatever stands first in them;
 * none if that has a label. Calls in them that are in the text run the slow copy of a closure. */
#include <stdio.h>
struct value { int type, number; };
static int counted;
static int count(int by) { return counted += by; }
#define SET(v, n) { struct value *it = (v); it->number = (n); it->type = 1; }
#define QUIET_FIRST(v) { int i; for (i = 0; i < 2; i++) (v)->number += i; }
#define EMPTY_FIRST(v) { ; {} { (v)->number++; } }
#define LABEL_FIRST(v, label) { label: (v)->number++; if ((v)->number % 3) goto label; }
#define TWO(a, b) int old = 1; a += b + old
#define MORE 1; puts("more")
#define NOTHING { int unused = 0; (void)unused; }
#define OPEN { struct value copy = *v;
#define CLOSE *v = copy; }

static int f(struct value *v, int x) {
    SET(v, x);
    if (x) SET(v, x + 1);
    if (x > 1) { SET(v, v->number * 2) } else SET(v, 5)
    for (int i = 0; i < x; i++) SET(v, v->number + i)
    do SET(v, v->number - 1) while (v->number > 20);
    QUIET_FIRST(v);
    EMPTY_FIRST(v);
    LABEL_FIRST(v, again);
    TWO(v->number, x);
    x = count(x) + MORE;
    NOTHING
    OPEN copy.number += 1; CLOSE
    if (x) OPEN copy.number += 2; CLOSE
    switch (x) {
    case 1: SET(v, v->number + 7); break;
    default: SET(v, v->number + 9);
    }
    return v->number + v->type;
}

int main(void) {
    struct value v = {0, 0};
    for (int x = 0; x < 3; x++) {
        int n = f(&v, x);
        printf("%d %d %d\n", n, v.number, counted);
    }
    return 0;
}
