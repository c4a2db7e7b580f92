/* rule: names of the program that look like ours, and macros of the program that hide keywords */
#include <stdio.h>
#define f(x) f_macro(x)
#define unlikely(x) x
#define inline inline
#define volatile volatile
static int loom, loom_slot = 2, slot = 3, fast__slow = 4, flag;
static int f_macro(int x) { return x + loom + loom_slot + slot; }
static int fast(int x) { x += fast__slow; flag++; return f(x); }
static int main__slow(int else_) { int if_ = else_; if_++; return if_; }
struct slow { int fast; };
int main(void) {
    struct slow slow = {3};
    for (int loom_mark = 0; loom_mark < 2; loom_mark++) slow.fast += fast(loom_mark);
    printf("%d %d %d\n", slow.fast, main__slow(1), flag);
    return 0;
}
