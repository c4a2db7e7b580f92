/* rule: a program that defines __func__ itself has its own one again behind a slow copy */
#include <stdio.h>
#define __func__ name_of(__LINE__)
#define __FUNCTION__ __FUNCTION__
static const char *name_of(int line) { return line > 9 ? "late" : "early"; }
static void say(int x) {
    if (x > 1) puts(__FUNCTION__);
    puts(__FUNCTION__);
}

static void say_more(int x) {
    if (x > 1) puts(__func__);
    say(x - 1);
}
int main(void) {
    say(2);
    say_more(3);
    return 0;
}
