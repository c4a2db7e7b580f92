/* rule: heads of functions in every form: names in parentheses, macros of the same name, no return at the end
 * flags: -Wno-return-type -Wno-implicit-int -Wno-main */
#include <stdarg.h>
#include <stdio.h>
int (plain)(int x);
int (plain)(int x) { x += 1; return x; }
#define shadowed(x) (shadowed)((x) * 2)
static int (shadowed)(int x) { x += puts("shadowed") < 0; return x; }
#define API(type) type
#define ARGS (int x, int y)
API(static int) listed ARGS { x += y; return x; }
typedef int number(int);
static number prototyped;
static int prototyped(int x) { return plain(x) * 3; }
static int array(int n, int a[const volatile], char *names[restrict]) { a[0] += n; return a[0] + names[0][0]; }
static int taken(int f(int), int x) { x = f(x); return x; }
static int falls_off(int x) { if (x) return x + 1; puts("falls off"); }
static int unnamed_later(int, int);
static int unnamed_later(int a, int b) { if (a > b) return b; return a; }
static int variadic(int n, ...) {
    va_list list, copy;
    int s = 0;
    va_start(list, n);
    va_copy(copy, list);
    for (int i = 0; i < n; i++) s += va_arg(list, int);
    while (n--) s += va_arg(copy, int) > 1 ? 10 : 20;
    va_end(copy);
    va_end(list);
    return s;
}
static void forward(char *to, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsprintf(to, format, list);
    va_end(list);
}
static int (*const table[])(int) = {plain, (shadowed), prototyped};
static inline int both(void), other(int x);
static inline int both(void) { return other(1) + 1; } static inline int other(int x) { return x << 3; }
int main(int argc, char *argv[], char *envp[]) {
    char text[32], *names[] = {"n", 0};
    int a[2] = {1, 2};
    if (argc > 1) return main(argc - 1, argv, envp);
    falls_off(0);
    forward(text, "%d %s", variadic(3, 1, 2, 3), "x");
    printf("%d %d %d %d %s\n", plain(1), shadowed(4), listed(1, 2), prototyped(5), text);
    printf("%d %d %d %d %d\n", array(3, a, names), taken(plain, 4), falls_off(2), unnamed_later(5, 4), both());
    for (unsigned i = 0; i < 3; i++) printf("%d ", table[i]((int)i));
    puts("");
}
