/* rule: a static local is one object in both copies */
#include <stdio.h>
static int next(void) { static int n = 10; n++; return n; }
static int cached(int x) {
    if (x > 2) {
        static int hits, *last = &hits;
        hits += x;
        *last += 1;
        return hits;
    }
    for (int i = 0; i < 2; i++) {
        static const char *const names[] = {"even", "odd"};
        static unsigned uses[2];
        uses[x & 1]++;
        printf("%s %u\n", names[x & 1], uses[x & 1]);
    }
    return 0;
}
static int *address(void) { static int object; object++; return &object; }
int main(void) {
    int s = 0, *first = address();
    for (int i = 0; i < 6; i++) { s += next(); s += cached(i); }
    int same = address() == first;
    printf("%d %d %d\n", s, *first, same);
    return 0;
}
