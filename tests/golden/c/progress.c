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

/* left by such an if, with a call: not polled, no more than `for (; at->next; at += at->next)` is */
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

/* steps by way of another variable: not polled */
static int last(const int *next, int at) {
    while (next[at]) {
        int then = next[at];
        at = then;
    }
    return at;
}

/* a member, what a pointer leads to, a quotient: not polled */
struct counter {
    int left;
};
static int count(struct counter *counter, int *n, int x) {
    int turns = 0;
    while (counter->left) turns += counter->left--;
    while (*n > 3) --*n, turns++;
    while (x > 9) x = x / 10, turns++;
    return turns;
}

/* polled: it may come to stand still; another object steps; a call says how it goes on */
static int less(int n) {
    return n - 1;
}
static int others(struct counter *a, struct counter *b, unsigned bits, int n) {
    int turns = 0;
    while (bits != 7) bits |= 1u << turns++;
    while (a->left) {
        b->left--;
        if (b->left < 3) a->left = 0;
    }
    while (n) n = less(n);
    return turns;
}

int main(void) {
    static const int next[] = {2, 0, 3, 1};
    struct counter five = {5}, six = {6};
    int n = 5;
    static const struct link chain[] = {{3, 2}, {0, 0}, {5, 1}, {7, 0}};
    static const char text[] = "abcabcabcab";
    int done = 1;
    printf("%d %d %d\n", find(chain, 7), find(chain, 4), call(chain));
    printf("%d %d %ld\n", match(text, text + 10, 4), wait_for(&done), nested(9));
    printf("%d %d\n", last(next, 0), count(&five, &n, 12345));
    five.left = 5;
    printf("%d %d\n", others(&five, &six, 0, 4), six.left);
    return 0;
}
