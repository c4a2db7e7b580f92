/* rule: a function whose address is taken enters through a boundary; libraries call it back */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <search.h>
static int compared;
static int by_value(const void *a, const void *b) {
    const int *x = a, *y = b;
    compared++;
    if (*x != *y) return *x < *y ? -1 : 1;
    return 0;
}
static void visit(const void *node, VISIT order, int depth) {
    (void)depth;
    if (order == postorder || order == leaf) printf("%d ", **(int *const *)node);
}
static void at_end(void) { puts("at the end"); }
typedef int (*op)(int, int);
static int add(int a, int b) { return a + b; }
static int mul(int a, int b) { int s = 0; while (b-- > 0) s = add(s, a); return s; }
static struct { const char *name; op f; } const ops[] = {{"add", add}, {"mul", mul}};
static int apply(op f, int n) { int acc = 1; for (int i = 1; i <= n; i++) acc = f(acc, i); return acc; }
static int variadic(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); int s = 0;
    while (n-- > 0) { op f = __builtin_va_arg(l, op); s += f(n, 2); } __builtin_va_end(l); return s; }
int main(void) {
    int v[] = {5, 3, 9, 1, 7}, key = 9;
    void *root = 0;
    atexit(at_end);
    qsort(v, 5, sizeof *v, by_value);
    for (int i = 0; i < 5; i++) { printf("%d ", v[i]); tsearch(&v[i], &root, by_value); }
    twalk(root, visit);
    for (int i = 0; i < 5; i++) tdelete(&v[i], &root, by_value);
    printf("%d\n", bsearch(&key, v, 5, sizeof *v, by_value) != 0);
    for (int i = 0; i < 2; i++) printf("%s %d\n", ops[i].name, apply(ops[i].f, 5));
    printf("%d %d\n", variadic(3, add, mul, add), compared > 5);
    return 0;
}
