/* rule: a program may have macros named as what others use inside of macros; a function that never returns has no return */
#include <stdio.h>
#include <stdlib.h>
#define _ 2
#define a "a"
#define tag tagged
#define end 1
static int tag(int n) { n += _; if (n > 5) puts(a); return n; }
__attribute__((__noreturn__)) void leave(int status) { tag(status); exit(status); }
__attribute__((noreturn)) void turn(void) { for (int i = 0;; i++) if (i > 3) leave(end - 1); }
int main(void) {
    printf("%d %d\n", tag(1), tag(4));
    void (*volatile pointer)(void) = turn;
    pointer();
}
