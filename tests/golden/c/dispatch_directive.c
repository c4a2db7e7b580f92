/* rule: a decoder's body is written twice with the directives around its first and last statements */
#include <stdio.h>
#define WIDE
static int sum(const unsigned char *p) {
    int total = 0;
    for (;;) {
#ifdef WIDE
        int wide = *p > 9;
#endif
        int x = *p;
        p = x > 90 ? p + 2 : p + 1;
        if (!x) goto done;
        if (x < 3) goto small;
        total += x;
#ifdef WIDE
        if (wide) total++;
#endif
        continue;
    small:
        total += 100;
        if (x == 1) goto small_one;
        continue;
    small_one:
        total++;
#ifndef WIDE
        total++;
#else
        total--;
#endif
    }
done:
    return total;
}

static int labelled_first(const unsigned char *p) {
    int total = 0;
    for (;; p++) {
    again:
#ifdef WIDE
        if (*p > 9) total += 2;
#endif
        if (!*p) break;
        if (*p == 2 && p++) goto again;
        total += *p;
    }
    return total;
}

int main(void) {
    printf("%d %d\n", sum((const unsigned char *)"\1\5\2\12\1"), sum((const unsigned char *)""));
    printf("%d\n", labelled_first((const unsigned char *)"\1\2\5\2\12\1"));
    return 0;
}
