/* rule: bytes that are not ASCII, and identifiers that are UTF-8, pass through */
#include <stdio.h>
/* latin-1: ��� */
static int größe(int x) { x += 2; puts("äö tab	here"); return x; }
int main(void) { int α = größe(1); printf("%d\n", α); return 0; }
