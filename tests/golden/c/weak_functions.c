/* SPDX-License-Identifier: MIT */
/*
 * rule: no call goes past a function that some declaration makes weak: another file may have the real one
 * only: gcc
 * link: weak_real.c
 */
#include <stdio.h>

int early(int x) __attribute__((weak));
int early(int x) { return x + 1; }
__attribute__((weak)) int here(int x) { return x + 2; }
int late(int x);
int late(int x) { return x + 3; }
int late(int x) __attribute__((weak));

int main(void) {
    printf("%d %d %d\n", early(1), here(1), late(1));
    return 0;
}
