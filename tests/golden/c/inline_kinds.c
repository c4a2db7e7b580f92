/* rule: inline of every kind keeps its linkage
 * flags: -std=gnu11 */
#include <stdio.h>
static inline int a(int x) { x++; return x; }
inline int b(int x) { x += 2; return x; }
extern int b(int x);
extern inline __attribute__((gnu_inline, always_inline)) int c(int x) { x += 3; return x; }
__attribute__((flatten)) static int d(int x) { return a(x) + b(x) + c(x); }
int e(int x);
int e(int x) { while (x < 10) x += d(x); return x; }
int main(void) { printf("%d %d\n", d(1), e(2)); return 0; }
