/* rule: attributes on labels, pointers, fields, enumerators, parameters; sections; other calling conventions
 * flags: -Wno-ignored-attributes */
#include <stdio.h>
#define COLD __attribute__((cold))
#define SECTION(name) __attribute__((section(name)))
SECTION(".text.mine") static int in_section(int x) { x += 1; return x; }
static int SECTION(".data.mine") placed = 3;
__attribute__((visibility("hidden"))) int hidden(int x);
int hidden(int x) { for (int i = 0; i < 2; i++) x += in_section(i); return x; }
__attribute__((ms_abi)) static int other_calls(int a, int b, int c, int d, int e) { a += b; return a + c + d * e; }
static int __attribute__((ms_abi)) (*pointer)(int, int, int, int, int) = other_calls;
__attribute__((returns_nonnull, nonnull)) static char *same(char *p) { if (*p) p++; return p; }
__attribute__((malloc, alloc_size(1), noinline)) static void *get(unsigned n) { static char room[64]; placed += (int)n; return room; }
enum __attribute__((packed)) tiny { ONE __attribute__((unused)) = 1, TWO };
struct with { int a __attribute__((aligned(16))); char *b __attribute__((aligned(8))); } __attribute__((aligned(32)));
typedef int (*callback)(int) __attribute__((warn_unused_result));
static int each(callback f __attribute__((nonnull)), int n) { int s = 0; while (n-- > 0) s += f(n); return s; }
__attribute__((hot)) static int f(int x, char *s) {
    struct with w = {x, s};
    enum tiny t = TWO;
    int *__attribute__((may_alias)) p = (int *)&w;
    if (x == 3) goto rare;
    else if (x == 4) { __attribute__((unused)) int q = x; goto common; }
    x += *p + (int)sizeof t;
common: __attribute__((hot, unused)) x++;
    return x + (same(s) == s);
rare: COLD
    x -= 2;
    puts("rare");
    return x;
}
#define UNUSED __attribute__((unused, deprecated("parameter declared as UNUSED")))
static int not_all(int used, int not_used UNUSED) { /* its slow copy gets it, a slot may */
    used += 3;
    return used * 2;
}
int main(void) {
    printf("%d\n", not_all(1, 2));
    char text[] = "t";
    printf("%d %d %d %d\n", f(1, text), f(3, text), f(4, text + 1), hidden(2));
    printf("%d %d %d\n", pointer(1, 2, 3, 4, 5), each(hidden, 3), get(2) != 0);
    return placed - 5;
}
