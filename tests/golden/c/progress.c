/* SPDX-License-Identifier: MIT */
/*
 * rule: a loop that steps towards its end and does nothing else that may last is not polled
 */
#include <stdio.h>

struct link {
    int key, next;
};

/* left by an if whose variable steps: not polled */
static int find(const struct link *at, int key) {
    for (;;) {
        if (at->key == key) return 1;
        if (!at->next) break;
        at += at->next;
    }
    return 0;
}

/* a scan in it, with an empty body: not polled */
static int match(const char *text, const char *end, int chain) {
    int best = 0;
    do {
        const char *a = text, *b = text + chain;
        while (*++a == *++b && b < end) {}
        if (a - text > best) best = (int)(a - text);
    } while (--chain);
    return best;
}

/* polled: it only waits */
static int wait_for(const int *done) {
    int turns = 0;
    for (;;) {
        if (*done) break;
        turns++;
    }
    return turns;
}

/* polled: what it calls may last */
static int call(const struct link *at) {
    int found = 0;
    for (;;) {
        found += find(at, 5);
        if (!at->next) break;
        at += at->next;
    }
    return found;
}

/* polled: the inner loop does something */
static long nested(int n) {
    long sum = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) sum += i * j;
    return sum;
}

int main(void) {
    static const struct link chain[] = {{3, 2}, {0, 0}, {5, 1}, {7, 0}};
    static const char text[] = "abcabcabcab";
    int done = 1;
    printf("%d %d %d\n", find(chain, 7), find(chain, 4), call(chain));
    printf("%d %d %ld\n", match(text, text + 10, 4), wait_for(&done), nested(9));
    return 0;
}
