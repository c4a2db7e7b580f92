/* rule: recursion, direct and mutual; closures: functions without a test of their own */
#include <stdio.h>
static int leaf(int x) { x ^= 3; x += 1; return x; }
static int mid(int x) { int a = leaf(x); a += leaf(a); return a; }
static int fib(int n) { if (n < 2) return n; return fib(n - 1) + fib(n - 2); }
static int ack(int m, int n) { return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); }
static int collatz(long n) { int s = 0; while (n != 1) { n ^= n ^ (n & 1 ? 3 * n + 1 : n / 2); s++; } return s; }
static int is_odd(int n);
static int is_even(int n) { return n == 0 ? 1 : is_odd(n - 1); }
static int is_odd(int n) { return n == 0 ? 0 : is_even(n - 1); }
int main(void) {
    printf("%d %d %d %d %d %d\n", leaf(4), mid(5), fib(15), ack(2, 3), collatz(27), is_even(20));
    return 0;
}
