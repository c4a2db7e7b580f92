/* SPDX-License-Identifier: MIT */
/*
 * rule: a loop whose body has labels, and nothing in it that may wait or last, is one run per turn
 */
#include <stdio.h>
#include <string.h>

/* one run: one test per turn */
static int decode(const unsigned char *in, int size, char *out) {
    int at = 0, n = 0;
    do {
        int code = in[at++];
    again:
        if (code == 0) {
            out[n++] = '.';
        } else if (code > 9) {
            code -= 10;
            goto again;
        } else {
            int left = code;
            do out[n++] = (char)('a' + code);
            while (--left);
        }
    } while (at != size || !memchr(in, 7, 2));
    out[n] = 0;
    return n;
}

/* cut at its label: it calls */
static int step(int *n) { return --*n; }
static int called(int n) {
    int turns = 0;
    while (n) {
    again:
        if (step(&n) & 1) {
            turns++;
            goto again;
        }
    }
    return turns;
}

/* cut at its label: something leads to it from outside */
static int entered(int n) {
    int turns = 0, left = n & 7;
    if (left) goto middle;
    while (n ^= n ^ (n - 1)) {
        turns += 10;
    middle:
        turns++;
        if (n > 20) goto middle_end;
    }
middle_end:
    return turns;
}

/* the label of a run's first statement stands in front of both copies */
static int first(int n) {
    int turns = 0;
    do {
    again:
        turns++;
        if (n & 1) {
            n >>= 1;
            goto again;
        }
        n ^= n ^ (n - 2);
    } while (n > 0);
retry:
    switch (turns & 3) {
    case 1: return turns;
    default: turns += 2; goto retry;
    case 2: turns++; goto retry;
    }
}

int main(void) {
    static const unsigned char in[] = {7, 2, 0, 13, 29};
    char out[64];
    printf("%d\n", decode(in, sizeof in, out));
    puts(out);
    printf("%d %d\n", called(9), entered(16));
    printf("%d %d\n", first(23), first(8));
    return 0;
}
