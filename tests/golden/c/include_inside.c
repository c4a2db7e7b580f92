/* rule: #include in the middle of a function: its text belongs to another file, nothing is torn */
#include <stdio.h>
static int f(int x) {
    int s = 1;
    s += x;
#include "include_inside.inc"
    s *= 2;
    if (s > 10) {
#include "include_inside.inc"
    }
    for (int i = 0; i < 2; i++)
#include "include_inside.inc"
    int table[] = {
#include "include_inside.dat"
    };
    return s + table[1];
}
int main(void) { printf("%d %d\n", f(1), f(5)); return 0; }
