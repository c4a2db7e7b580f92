/* Returns that come out of macros have no place for an exit slot: one hook, a cleanup, serves all
 * ways out of the function. */
#include <stdio.h>

#define RETURN_IF(x)                                                                               \
    do {                                                                                           \
        if (x) return -1;                                                                          \
    } while (0)
#define DONE return

static int check(int a) {
    int b = a * 2;
    RETURN_IF(b > 10);
    return b;
}

static void print(int a) {
    if (a < 0) DONE;
    printf("%d\n", a);
}

int sum(int n);
int sum(int n) {
    int total = 0;
    while (n-- > 0) {
        int got = check(n);
        if (got < 0) continue;
        RETURN_IF(total > 1000);
        total += got;
    }
    return total;
}

int main(void) {
    print(check(3));
    print(check(30));
    print(sum(7));
    return 0;
}
