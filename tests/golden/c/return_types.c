/* rule: a return value may have any type, also one without a name */
#include <stdio.h>
#include <complex.h>
#include <stdarg.h>
static struct { int a, b; } anonymous(int x) {
    __typeof__(anonymous(0)) r = {x, x + 1};
    if (x > 5) return anonymous(x - 5);
    r.a += puts("anonymous") >= 0;
    return r;
}
static int twice(int x) { return 2 * x; }
static int (*pointer(int x))(int) { if (x) return twice; puts("none"); return 0; }
static int (*row(int x))[3] { static int m[2][3] = {{1, 2, 3}, {4, 5, 6}}; x &= 1; return &m[x]; }
static int (*(*deep(int x))(int))(int) { if (x) puts("deep"); return pointer; }
typedef float vec __attribute__((vector_size(16)));
static vec vector(float f) { vec v = {f, f + 1, f + 2, f + 3}; v *= 2; return v; }
static double _Complex rotate(double x) { double _Complex z = x + 2 * I; z *= I; return z; }
static long double wide(long double x) { x /= 3; return x * 3; }
static _Bool truth(int x) { x -= 2; return x; }
static enum { LOW, HIGH } level(int x) { if (x > 3) return HIGH; return LOW; }
struct big { int v[40]; char name[8]; };
static struct big large(int x) { struct big b = {{x}, "big"}; b.v[39] = x * 2; if (x) return b; return large(x + 1); }
static const char *volatile_text(volatile int x) { x++; return x > 2 ? "more" : "less"; }
static __int128 huge(long x) { __int128 h = x; h <<= 70; return h; }
static void nothing(int x) { if (x) return; puts("nothing"); }
static void also_nothing(int x) { return nothing(x); }
static char narrow(int x) { x += 300; return (char)x; }
static float single(double x) { return (float)(x / 3); }
static const int limit = 9;
#pragma GCC diagnostic ignored "-Wignored-qualifiers"
static const int constant(int x) { x += narrow(1); if (x > 10) return limit; return 2; }
static int *const fixed(int x) { x += narrow(2); if (x > 10) { static int m = 7; return &m; } return 0; }
struct anonymous_pair { int a, b; }; /* which has a name */
static struct anonymous_pair named(int x) { struct anonymous_pair p = {x, narrow(x)}; return p; }
static void to_stdout(const char *format, va_list list) { vprintf(format, list); }
static void (*hook)(const char *, va_list);
static void (*set_hook(void (*next)(const char *, va_list)))(const char *, va_list) {
    void (*last)(const char *, va_list) = hook;
    hook = next;
    return last;
}
static void say(const char *format, ...) {
    va_list list;
    va_start(list, format);
    if (hook) hook(format, list);
    va_end(list);
}
int main(void) {
    int a = anonymous(3).a + anonymous(9).b;
    printf("%d %d %d %d\n", a, pointer(1)(4), (*row(3))[1], deep(1)(1)(5));
    printf("%g %g %g %d %d\n", (double)vector(1)[2], creal(rotate(3)), cimag(rotate(3)), truth(2), truth(5));
    printf("%d %d %s %s\n", level(5), large(0).v[39], large(2).name, volatile_text(3));
    nothing(1); also_nothing(0);
    say("lost\n");
    printf("%d\n", set_hook(to_stdout) == 0);
    say("%d %s\n", 7, "kept");
    printf("%d %g %d %d\n", narrow(1), (double)single(1), wide(2) == 2, (int)(huge(5) >> 70));
    printf("%d\n", constant(a) + *fixed(9));
    printf("%d\n", named(4).b);
    return pointer(0) != 0;
}
