/* rule: types, enums and typedefs of a block may stand in two copies, each with its own scope */
#include <stdio.h>
static int f(int n) {
    struct pair { int a, b; };
    enum { SMALL = 3, BIG = 30 };
    typedef struct pair pairs[2];
    pairs p = {{1, 2}, {3, n}};
    int s = 0;
    for (int i = 0; i < n; i++) {
        struct item { struct item *next; int v; } one = {0, i}, two = {&one, 2 * i};
        union { int i; float f; } u;
        u.i = two.next->v;
        s += u.i + two.v;
        if (s > BIG) { enum { SMALL = 100 }; s -= SMALL; }
        s += SMALL;
    }
    extern int global;
    int (*op)(int) = 0;
    { int twice(int); op = twice; }
    return s + p[1].b + op(global);
}
int global = 4;
int twice(int);
int twice(int x) { return 2 * x; }
int main(void) { printf("%d %d\n", f(3), f(12)); return 0; }
