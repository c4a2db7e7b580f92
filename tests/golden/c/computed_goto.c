/* rule: a table of label addresses belongs to one copy: such labels stay single */
#include <stdio.h>

static long run(const unsigned char *code, long x) {
    static void *const table[] = {&&stop, &&add, &&mul, &&loop, &&neg};
    long acc = 0, count = 3;
    const unsigned char *start = code;
    goto *table[*code++];
add:
    acc += x;
    x++;
    goto *table[*code++];
mul:
    acc *= 3;
    if (acc > 1000000) return -acc;
    goto *table[*code++];
loop:
    if (--count > 0) code = start;
    goto *table[*code++];
neg:
    acc = -acc;
    goto *table[*code++];
stop:
    return acc;
}
/* distances instead of addresses */
static int relative(int i) {
    static const int offset[] = {&&a - &&a, &&b - &&a, &&c - &&a};
    int n = 0;
    for (; i < 3; i++) {
        n *= 10;
        goto *(&&a + offset[i]);
    a: n += 1; continue;
    b: n += 2; continue;
    c: n += 3; continue;
    }
    return n;
}
int main(void) {
    static const unsigned char code[] = {1, 2, 4, 1, 3, 2, 0}, big[] = {1, 2, 3, 0};
    printf("%ld %ld\n", run(code, 7), run(big, 1000000));
    printf("%d %d %d\n", relative(0), relative(1), relative(2));
    return 0;
}
