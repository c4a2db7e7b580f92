/* rule: a loop makes progress by what an if leaves it for, and by what is read where a place steps; not by what others set */
#include <stdio.h>
static int stop;
static unsigned length(const unsigned char **ip, const unsigned char *end) {
    unsigned n = 0, c;
    do {
        c = **ip;
        (*ip)++;
        n += c;
        if (*ip > end) return 0;
    } while (c == 255);
    return n;
}
static int spin(int limit) {
    int turns = 0;
    while (!stop)
        if (++turns > limit) return -1;
    return turns;
}
static int wait_for(const int *flag) {
    int seen, old = 0;
    do {
        seen = *flag;
        old += seen;
        if (old > 5) break;
    } while (!seen);
    return old;
}
static int polled(const int *flag) {
    int seen;
    do {
        seen = *flag;
        if (stop) break;
    } while (!seen);
    return seen;
}
int main(void) {
    static const unsigned char text[] = {255, 255, 3, 255};
    const unsigned char *at = text;
    int flag = 1;
    printf("%u %d\n", length(&at, text + 3), (int)(at - text));
    printf("%d %d %d\n", spin(10), wait_for(&flag), polled(&flag));
    return 0;
}
