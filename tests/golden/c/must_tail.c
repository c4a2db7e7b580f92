/* rule: a musttail return keeps its form
 * only: clang-19
 * modes: fast slow toggle-flags */
#include <stdio.h>
static long count(long n, long acc) {
    if (n == 0) return acc;
    __attribute__((musttail)) return count(n - 1, acc + n);
}
int main(void) { printf("%ld\n", count(1000000, 0)); return 0; }
