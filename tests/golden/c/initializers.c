/* rule: initialisers of every kind: designated, ranges, nested, flexible, strings, self-reference */
#include <stdio.h>
struct flexible { int n; int v[]; };
static struct flexible table = {3, {1, 2, 3}};
struct node { struct node *self; int a[4]; struct { int x, y; } at; union { int i; char c; } u; };
static int step(void) { static int n; return ++n; }
static int f(int k) {
    static struct flexible local = {2, {7, 8}};
    int v[] = {[2] = step(), [0] = step(), 9, [5 ... 7] = 4};
    struct node n = {.self = &n, .a = {[1] = k, step()}, .at.y = step(), .u = {.c = 'x'}};
    char s[] = "text", t[8] = {'a', 'b'}, *u = s + 1;
    int size = sizeof v / sizeof *v, (*w)[8] = &v;
    int self = sizeof self;
    long a = k, b = a + step(), c = a * b;
    double d = {3.5};
    n.self->a[0] = 5;
    return size + v[0] + v[1] + v[2] + v[6] + (*w)[7] + n.a[0] + n.a[2] + n.at.y + n.u.c + s[0] + t[1] +
           *u + self + (int)(a + b + c + d) + local.v[1] + table.v[2];
}
int main(void) { printf("%d\n", f(1)); printf("%d\n", f(2)); return 0; }
