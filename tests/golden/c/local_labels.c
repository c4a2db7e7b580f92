/* rule: nothing may stand in front of __label__ in a block: its function is left alone, not that of one in an expression
 * alone: declares local labels
 */
#include <stdio.h>
static int chooses(int x) {
    __label__ one, two;
    static void *const table[] = {&&one, &&two};
    goto *table[x];
one:
    return 1;
two:
    return 2;
}
static int finds(const int *list, int n, int what) {
    int at = __extension__({
        __label__ found;
        int i;
        for (i = 0; i < n; i++)
            if (list[i] == what) goto found;
        i = -1;
    found:
        i;
    });
    return at;
}
int main(void) {
    static const int list[] = {4, 5, 6};
    printf("%d %d %d %d\n", chooses(0), chooses(1), finds(list, 3, 6), finds(list, 3, 7));
    return 0;
}
