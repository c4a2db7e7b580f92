/* rule: a const declaration is not split into declaration and assignment */
#include <stdio.h>
struct with_const { const int id; int v; };
static int get(int x) { puts("get"); return x; }
static int f(int x) {
    const int a = get(x), b = a + 1;
    int *const p = &x;
    const int *q = &a;
    const struct with_const w = {get(3), 4};
    struct with_const v = {x, get(5)};
    struct with_const u = v;
    volatile const int c = get(6);
    register const int d = get(7);
    *p = 9;
    q = &b;
    v.v = 50;
    static const int table[] = {1, 2, 3};
    const int copy[3] = {table[2], table[1], get(8)};
    return a + b + *q + w.id + w.v + v.v + u.v + c + d + copy[0] + copy[2] + x;
}
int main(void) { printf("%d\n", f(1)); return 0; }
