/* rule: OpenMP's directives may come out of macros: their blocks become functions of their own (gcc), so a slow copy
 * with them cannot say for all of its slots that it calls (LOOM_NO_RED_ZONE)
 * flags: -fopenmp
 * only: gcc
 * alone: work: left alone: it has directives of OpenMP or OpenACC */
#include <stdio.h>
#define DIRECTIVE(x) _Pragma(#x)
#define PARALLEL     DIRECTIVE(omp parallel for reduction(+ : sum))
static long table[64];
static long work(int n) {
    long sum = 0;
    PARALLEL
    for (int i = 0; i < n; i++) {
        long room[8] = {i, 1, 2, 3, 4, 5, 6, 7};
        table[i & 63] = room[i & 7];
        sum += room[(i + 1) & 7];
    }
    return sum;
}
static long plain(int n) {
    table[0] = n;
    return table[0];
}
int main(void) {
    printf("%ld %ld\n", work(1000), plain(3));
    return 0;
}
