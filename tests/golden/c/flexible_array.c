/* rule: flexible arrays, empty structs, arrays without elements, array parameters with static and restrict */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct text { size_t size; char bytes[]; };
struct old { int n; short v[0]; };
struct nothing {};
struct wrapped { int tag; struct nothing none; union { int i; float f; }; };
static struct text fixed = {3, {'a', 'b', 'c'}};
static struct text *make(const char *s) {
    size_t n = strlen(s);
    struct text *t = malloc(sizeof *t + n);
    t->size = n;
    memcpy(t->bytes, s, n);
    return t;
}
static int sum(int n, const int a[restrict static 2]) {
    int s = 0;
    for (int i = 0; i < n; i++) s += a[i];
    return s;
}
static void copy(char *restrict to, const char *restrict from, size_t n) {
    while (n--) *to++ = *from++;
}
static struct nothing empty(struct nothing x, int n) {
    if (n) puts("empty");
    return x;
}
static int f(const char *s) {
    struct text *t = make(s);
    struct old *o = malloc(sizeof *o + 2 * sizeof *o->v);
    struct wrapped w = {.tag = 1, .i = 7};
    char out[16] = "";
    int two[] = {[1] = 5, [0] = (int)t->size};
    o->n = 2;
    for (int i = 0; i < o->n; i++) o->v[i] = (short)(i + w.tag);
    copy(out, t->bytes, t->size);
    copy(out + t->size, fixed.bytes, fixed.size);
    w.none = empty(w.none, o->v[1]);
    int r = sum(2, two) + o->v[0] * 10 + w.i * 100;
    puts(out);
    free(t);
    free(o);
    return r;
}
int main(void) { printf("%d\n", f("xy")); printf("%d\n", f("")); return 0; }
