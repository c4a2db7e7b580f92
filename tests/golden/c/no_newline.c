/* rule: a file without a final newline stays one */
#include <stdio.h>
static int f(int x) { x++; return x; }
int main(void) { printf("%d\n", f(1)); return 0; }