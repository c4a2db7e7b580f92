/* SPDX-License-Identifier: MIT */
/*
 * rule: where a pragma makes functions weak, no call goes past one that is external
 * link: weak_pragma_real.c
 */
#include <stdio.h>

int over(int x);
#pragma weak over
int over(int x) { return x + 1; }
static int own(int x) { return x + 2; }
int (*const taken)(int) = own;

int main(void) {
    printf("%d %d %d\n", over(1), own(1), taken(1));
    return 0;
}
