/* rule: code that is never reached, empty functions, functions without return, early exit
 * flags: -Wdeclaration-after-statement */
#include <stdio.h>
#include <stdlib.h>
static void empty(void) {}
static void blank(void) { }
static int constant(void) { return 4; }
static _Noreturn void leave(int code) { if (code == 5) { fflush(stdout); _Exit(code); } exit(code + 1); }
_Noreturn void leave_too(int code);
void leave_too(int code) {
    const char *why = "as the first declaration says";
    if (code > 7) puts(why);
    exit(code);
}
static int f(int x) {
    if (x > 2) { return 1; puts("never"); }
    for (;;) { if (x) break; return 2; }
    while (1) { x ^= x ^ (x + 1); if (x > 4) goto out; continue; puts("never"); }
    puts("never");
out:
    if (0) { puts("never"); never: puts("by goto"); return 8; }
    if (x == 5) goto never;
    return 9;
}
static int no_return(int x) { if (x) leave_too(x - 1); for (;;) leave(4); }
int main(void) {
    empty(); blank();
    printf("%d %d %d %d\n", f(0), f(1), f(3), constant());
    if (constant() == 4) return no_return(0);
}
