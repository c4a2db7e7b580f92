// SPDX-License-Identifier: MIT
/*
 * demo.h: a program instrumented by hand, for the tests of the runtime. One file "demo.c" with a
 * region (function 0) that no two threads should be in, and workers (function 1) that go through
 * it again and again.
 *
 * Unit tests find the runtime in themselves: compiled with LOOM_RT_PATH "", which dlopen takes for
 * the program, linked with -Wl,--export-dynamic-symbol=loom_rt_get. Live tests name the library in
 * LOOM_RT.
 */
#ifndef LOOM_TEST_DEMO_H
#define LOOM_TEST_DEMO_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "rt/slot.h"
#include "tests/support/client.h"

enum {
    DEMO_ENTER,     /* slot: first in region() */
    DEMO_LEAVE,     /* slot: last in region() */
    DEMO_IN_REGION, /* site: the sleep in region() */
    DEMO_POLL,      /* poll: worker()'s loop */
    DEMO_IDLE,      /* site: the sleep outside the region */
    DEMO_LOCK,      /* site: the mutex outside the region */
    DEMO_LOCK_IN,   /* site: the mutex inside the region */
    DEMO_CREATE,    /* site: pthread_create */
    DEMO_MAIN,      /* site: where the test's own thread is */
    DEMO_OTHER_ENTER,
    DEMO_OTHER_LEAVE, /* a second region */
    DEMO_POINTS
};
enum { DEMO_REGION, DEMO_WORKER, DEMO_OTHER, DEMO_FUNCTIONS };

/* How a worker behaves; shared by all. */
struct demo {
    _Atomic bool end;
    unsigned region_us, idle_us; /* 0: no sleep; spins a little instead */
    pthread_mutex_t *outer;      /* taken around the region, or null */
    pthread_mutex_t *inner;      /* taken inside the region, or null */
    _Atomic int inside;          /* threads in the region */
    _Atomic long overlaps;       /* entries that found somebody inside */
    _Atomic long rounds;
};
extern struct demo demo;
extern loom_op loom_ops_demo[DEMO_POINTS + 1];
extern loom_flag loom_flags_demo[DEMO_FUNCTIONS + 1];
extern struct loom_file loom_file_demo;
/* Attaches another file, as if it were an object of its own. */
void demo_attach(struct loom_file *file);
/* Has the point operations? Neither is true of a word that is none of the three. */
#define DEMO_WORD(point) __atomic_load_n(&loom_ops_demo[point], __ATOMIC_RELAXED)
#define DEMO_ON(point)   (DEMO_WORD(point) == loom_file_demo.words[LOOM_KEEP])
#define DEMO_OFF(point)  (!DEMO_WORD(point) || DEMO_WORD(point) == loom_file_demo.words[LOOM_PASS])

/* The file's globals: 0 an unsigned int, 1 a pointer, 2 demo_worker, 3 a function that no thread
 * starts in; others: 0. */
extern _Atomic unsigned demo_number;
extern void *demo_pointer;

void demo_region(void);
void *demo_worker(void *unused);
/* Starts `count` workers through LOOM_CREATE; demo_stop joins them. */
void demo_start(int count);
void demo_stop(void);
/* The calling thread is OUTSIDE at DEMO_MAIN from now on, until demo_back: it runs the test. */
void demo_away(void);
void demo_back(void);

/* The exclusion `region <> self`; sets `size`. modules_hash: as HELLO gave it. malloc'ed. */
void *demo_plan(uint64_t modules_hash, uint32_t within_ms, uint32_t flags, size_t *size);
/* Opens a client to this process, which must have its second thread. False on failure. */
bool demo_connect(struct client *client, uint64_t *modules_hash);
/* Waits up to limit_ms for a condition. */
#define DEMO_WAIT(condition, limit_ms)                                                             \
    ({                                                                                             \
        int left_ = (limit_ms);                                                                    \
        bool met_;                                                                                 \
        while (!(met_ = (condition)) && left_-- > 0) usleep(1000);                                 \
        met_;                                                                                      \
    })
#endif
