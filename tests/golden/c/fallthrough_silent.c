/* rule: gcc says nothing of a case that falls to one which only leaves; nor does it in the slow copy
 * flags: -Wimplicit-fallthrough
 * only: gcc */
#include <stdio.h>
static int s;
static void leave(int x) {
    switch (x) {
    case 1:
        s += 1;
    case 2:
        return;
    default:
        s += 8;
    }
}
static int f(int x) {
    leave(x);
    switch (x) {
    case 1:
        s += 2;
        puts("one");
    case 2:
        break;
    case 3:
        s += 4;
    case 4:
        goto out;
    default:
        s *= 2;
    }
    for (int i = 0; i < 3; i++) {
        switch (x + i) {
        case 5:
            puts("five");
        case 6:
            continue;
        default:
            s++;
        }
    }
out:
    return s;
}
int main(void) {
    for (int i = 0; i < 8; i++) printf("%d\n", f(i));
    return 0;
}
