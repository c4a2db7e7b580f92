// SPDX-License-Identifier: MIT
/*
 * keys.c: a program that does on demand what a filter is to forbid; for tests/live/keys.sh.
 *
 * Reads commands, one per line, and answers each with a word:
 *   pair F A N G B M LIMIT   one thread calls F(A, N), one G(B, M); F, G: put get weigh lines, A, B:
 *                            numbers of caches, 9: null. `met`, or `apart` after LIMIT ms at the door
 *   gather N LIMIT           N workers note their numbers; number N - 1 (the last), and the end of
 *                            all, wait LIMIT ms for gather(), which does not wait: `early`, or
 *                            `complete` if all have noted and ended when it runs, or `noted`
 *   alone LIMIT              does a thread that counts in a loop go on while another is in alone()?
 *                            `moved`, or `still` after LIMIT ms
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cache.h"

/* ---- pair ---- */

struct call {
    char name[8];
    int cache, n;
};

static void *caller(void *data) {
    struct call *call = data;
    struct cache *cache = call->cache < 4 ? &caches[call->cache] : NULL;
    at_the_door();
    if (!strcmp(call->name, "put")) put(cache, call->n);
    if (!strcmp(call->name, "get")) get(cache, call->n);
    if (!strcmp(call->name, "weigh")) weigh(call->n);
    if (!strcmp(call->name, "lines")) lines(call->cache);
    return NULL;
}

static const char *pair(struct call *one, struct call *other) {
    pthread_t threads[2];
    meeting_begins();
    if (pthread_create(&threads[0], NULL, caller, one)) abort();
    if (pthread_create(&threads[1], NULL, caller, other)) abort();
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return meeting_ends() ? "met" : "apart";
}

/* ---- gather ---- */

static int nworkers, noted, ended, gathered;
static const char *seen;

static void wait_for_gather(void) {
    for (long end = now_ms() + limit_ms; !add(&gathered, 0) && now_ms() < end;) usleep(200);
}

static void wait_for_the_others(void) {
    for (long end = now_ms() + 20000; add(&noted, 0) < nworkers - 1 && now_ms() < end;) usleep(200);
}

static void note(int number) {
    add(&noted, number >= 0);
}

static void *worker(void *data) {
    int number = (int)(long)data;
    if (number == nworkers - 1) {
        wait_for_the_others();
        wait_for_gather();
    }
    note(number);
    wait_for_gather();
    add(&ended, 1);
    return NULL;
}

static void gather(void) {
    int all = nworkers;
    seen = add(&ended, 0) == all ? "complete" : add(&noted, 0) == all ? "noted" : "early";
    add(&gathered, 1);
}

static const char *start_and_gather(int count) {
    pthread_t threads[16];
    void *(*start)(void *) = worker;
    nworkers = count;
    noted = ended = gathered = 0;
    for (long i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, start, (void *)i)) abort();
    wait_for_the_others();
    gather();
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
    return seen;
}

/* ---- alone ---- */

static int counting, ticks;

static void *counter(void *data) {
    while (add(&counting, 0)) add(&ticks, 1);
    return data;
}

/* Does not sleep: who blocks in such a region lets the others go. */
static int alone(void) {
    int before = add(&ticks, 0);
    for (long end = now_ms() + limit_ms; add(&ticks, 0) == before && now_ms() < end;) continue;
    return add(&ticks, 0) != before;
}

static const char *count_and_be_alone(void) {
    pthread_t thread;
    counting = 1;
    ticks = 0;
    if (pthread_create(&thread, NULL, counter, NULL)) abort();
    while (add(&ticks, 0) == 0) usleep(200);
    int moved = alone();
    add(&counting, -1);
    pthread_join(thread, NULL);
    return moved ? "moved" : "still";
}

/* ---- commands ---- */

static const char *obey(const char *line) {
    struct call one, other;
    int count;
    if (sscanf(line, "pair %7s %d %d %7s %d %d %d", one.name, &one.cache, &one.n, other.name,
               &other.cache, &other.n, &limit_ms) == 7)
        return pair(&one, &other);
    if (sscanf(line, "gather %d %d", &count, &limit_ms) == 2 && count <= 16)
        return start_and_gather(count);
    if (sscanf(line, "alone %d", &limit_ms) == 1) return count_and_be_alone();
    return "what?";
}

static void *resting(void *unused) {
    for (;;) pause();
    return unused;
}

int main(void) {
    char line[200];
    pthread_t thread;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (pthread_create(&thread, NULL, resting, NULL)) return 1;
    while (fgets(line, sizeof line, stdin)) puts(obey(line));
    return 0;
}
