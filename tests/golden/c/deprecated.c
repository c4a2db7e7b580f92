/*
 * deprecated.c: what is deprecated may call what is, and is then reached from outside by its copies.
 * only: clang-19
 */
#include <stdio.h>
#include <stdlib.h>

int older(int x) __attribute__((deprecated));
int compare(const void *a, const void *b) __attribute__((deprecated("gone soon")));

int older(int x) {
    printf("%s %d\n", __func__, x);
    return x;
}
int compare(const void *a, const void *b) {
    int left = older(*(const int *)a);
    return left - *(const int *)b;
}

static int turned(const void *a, const void *b) __attribute__((deprecated));
static int turned(const void *a, const void *b) {
    printf("turned\n");
    return compare(b, a);
}

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
int main(void) {
    int list[] = {2, 1};
    qsort(list, 2, sizeof *list, compare);
    printf("%d %d\n", list[0], list[1]);
    qsort(list, 2, sizeof *list, turned);
    printf("%d %d\n", list[0], list[1]);
    return 0;
}
