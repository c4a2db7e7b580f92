// SPDX-License-Identifier: MIT
/* cache.c: see cache.h. */
#include "cache.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* 0 and 1 have one next, 0 and 2 one owner of part 1, 2 and 3 are large. */
struct cache caches[4] = {{10, 0, SMALL, {{"a", 1}, {"b", 7}, {"c", 3}}, &caches[2]},
                          {11, 1, SMALL, {{"a", 1}, {"b", 8}, {"c", 3}}, &caches[2]},
                          {12, 0, LARGE, {{"a", 1}, {"b", 7}, {"c", 3}}, &caches[3]},
                          {13, 1, LARGE, {{"a", 1}, {"b", 9}, {"c", 3}}, &caches[0]}};
int limit_ms;
static int door, inside, met;

int add(int *to, int what) {
    return __atomic_add_fetch(to, what, __ATOMIC_SEQ_CST);
}

long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void meeting_begins(void) {
    door = inside = met = 0;
}

void at_the_door(void) {
    add(&door, 1);
}

int meeting_ends(void) {
    return add(&met, 0);
}

/* Whoever is the second sees the first. The first waits: not before the second is at the door does
 * the time begin to count. */
static void meet(void) {
    if (add(&inside, 1) == 2) add(&met, 1);
    for (long end = now_ms() + 20000; add(&door, 0) < 2 && now_ms() < end;) usleep(200);
    for (long end = now_ms() + limit_ms; !add(&met, 0) && now_ms() < end;) usleep(200);
    add(&inside, -1);
}

void put(struct cache *cache, int n) {
    if (cache && cache->part[n].owner < 0) cache->part[n].name = "nobody";
    meet();
}

void get(struct cache *cache, int n) {
    if (cache && cache->kind == LARGE && cache->next == cache) abort();
    meet();
}

void weigh(int n) {
    if (n >= 0) meet();
}

void lines(int from) {
    struct cache *here = &caches[from];
    int doubled = from * 2;
    if (doubled >= from && here->id)
        meet();
    add(&here->id, 0);
}
