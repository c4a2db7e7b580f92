// SPDX-License-Identifier: MIT
/*
 * main.c: worker threads that serve pages through the cache, in rounds (see rounds.h).
 *
 * In a round every worker handles REQUESTS requests. Most are for a page: from the cache, or
 * fetched from its source and cached; now and then the client goes away in the middle of that. Some
 * change a page: then it leaves the cache. When all are done, one worker empties the cache and
 * judges:
 *
 *   good   every page was served right, no object was freed twice or while it was served, none is
 *          left
 *   bad    anything else
 */
#include "cache.h"
#include "../common/rounds.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 64, REQUESTS = 200, PAGES = 24, PAGE_MAX = 1024, CACHE_BYTES = 8192 };

static pthread_barrier_t barrier;
static bool go_on = true; /* read by all workers behind the barrier that follows the judgement */

static bool wrong_page; /* in this round; atomic */

/* Fetches page `number` from its source; the length. */
static size_t make_page(unsigned number, char *text) {
    size_t length = 200 + number * 29 % 700;
    unsigned value = number * 2654435761u;
    for (size_t i = 0; i < length; i++) {
        value = value * 1103515245u + 12345u;
        text[i] = (char)(' ' + (value >> 16) % 95);
    }
    return length;
}

/* Would the client get the right page? The object is asked for behind its last use. */
static void serve(const cache_object *obj, unsigned number) {
    char page[PAGE_MAX];
    size_t length = make_page(number, page);
    bool right = obj->length == length && memcmp(obj->body, page, length) == 0;
    if (!right || !heap_is_live(obj)) __atomic_store_n(&wrong_page, true, __ATOMIC_RELAXED);
}

static void get(const char *url, unsigned number, bool goes_away) {
    char page[PAGE_MAX];
    cache_object *obj = open_entity(url);
    if (obj) {
        serve(obj, number);
        decrement_refcount(obj);
        return;
    }
    size_t length = make_page(number, page);
    obj = create_entity(url, length);
    if (!obj) return; /* somebody else caches it: served without the cache */
    if (!goes_away) {
        write_body(obj, page);
        serve(obj, number);
    }
    decrement_refcount(obj);
}

static void handle_request(unsigned *seed) {
    char url[KEY_MAX];
    unsigned number = (unsigned)rand_r(seed) % PAGES, what = (unsigned)rand_r(seed) % 100;
    snprintf(url, sizeof url, "/page/%u.html", number);
    if (what < 20)
        remove_url(url);
    else
        get(url, number, what < 25);
}

static void judge(void) {
    cleanup_cache_mem();
    bool sound = heap_judge();
    go_on = rounds_count(sound && !wrong_page);
    wrong_page = false;
}

static void *worker(void *argument) {
    unsigned seed = (unsigned)(size_t)argument;
    while (go_on) {
        for (int i = 0; i < REQUESTS; i++) handle_request(&seed);
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) judge();
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

int main(int argc, char **argv) {
    long workers = rounds_begin(argc, argv, 4, WORKERS_MAX, "CACHE_PAUSE_US");
    pthread_t threads[WORKERS_MAX];
    mem_cache_init(CACHE_BYTES);
    pthread_barrier_init(&barrier, NULL, (unsigned)workers);
    for (long i = 0; i < workers; i++) {
        errno = pthread_create(&threads[i], NULL, worker, (void *)(size_t)(i + 1));
        if (errno) {
            perror("pthread_create");
            return 2;
        }
    }
    rounds_watch();
    for (long i = 0; i < workers; i++) pthread_join(threads[i], NULL);
    return rounds_end();
}
