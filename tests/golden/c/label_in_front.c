/*
 * label_in_front.c: the label of a run's first statement stands in front of both copies, not in them.
 */
#include <stdio.h>

static int total, *seen = &total;

int sum(int n, int limit) {
    int turns = 0;
    if (n < 0) goto failed;
    printf("sum %d\n", n);
again:
    *seen += n;
    turns++;
    if (*seen < limit && turns < 5) goto again;
    printf("turns %d\n", turns);
    if (turns == 5) goto failed;
    return turns;
failed:
    *seen = 0;
    return -1;
}

int main(void) {
    printf("%d\n", sum(3, 10));
    printf("%d\n", sum(-1, 10));
    printf("%d\n", sum(0, 10));
    printf("%d\n", total);
    return 0;
}
