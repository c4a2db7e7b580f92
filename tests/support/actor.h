// SPDX-License-Identifier: MIT
/*
 * actor.h: threads that do what a test tells them, one thing at a time; and filters published
 * without the pipe, so that a test owns every step.
 */
#ifndef LOOM_TEST_ACTOR_H
#define LOOM_TEST_ACTOR_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "rt/entry.h"
#include "rt/filter.h"
#include "tests/support/demo.h"

struct actor {
    pthread_t thread;
    _Atomic(void (*)(void *)) todo; /* null: idle */
    void *arg;
    _Atomic int done; /* things finished */
    int given;
    _Atomic bool end;
    _Atomic int tid;
};

/* Starts through the runtime's create: active for all open filters. */
void actor_start(struct actor *actor);
/* Gives it something to do; returns at once. */
void actor_do(struct actor *actor, void (*todo)(void *), void *arg);
/* Has it finished what it was given, within limit_ms? */
bool actor_done(struct actor *actor, int limit_ms);
/* Both in one; fails the test if it takes longer than 30 s. */
void actor_run(struct actor *actor, void (*todo)(void *), void *arg);
/* Ends and joins it. */
void actor_end(struct actor *actor);
/* Something to do: nothing that comes to a safe point, until it is false. */
extern _Atomic bool actor_computes;
void actor_compute(void *unused);

/* A slot of demo.c hit by a frame of our choice: deeper is lower. */
#define FRAME(depth) ((void *)(0x7000000000ul - 64ul * (unsigned long)(depth)))
struct hit {
    int point, frame;
};
void hit(int point, int frame);
void do_hit(void *hit); /* for actors */
/* The same with values that the slot passes, as words. */
struct hit_values {
    struct hit hit;
    unsigned long words[3];
};
void do_hit_values(void *hit_values);

/* Publishes; the caller becomes active at DEMO_POLL. unsafe: the file's unsafe set, or null. */
struct filter *publish(const struct loom_plan_operation *operations, uint32_t count,
                       uint32_t within_ms, uint32_t flags, const uint64_t *unsafe,
                       uint32_t commit_flags);
/* An order; LOOM_ELSE_PASS is added to the flags. */
struct filter *publish_order(const struct loom_plan_operation *operations, uint32_t count,
                             uint32_t within_ms, uint32_t flags);
/* Any plan of demo.c: files, modules_hash, name and slow functions are filled in. The caller becomes
 * active as above. Null: refused. */
struct filter *publish_plan(struct plan_maker maker, const uint64_t *unsafe, uint32_t commit_flags);
/* Unilateral exclusion. */
struct filter *publish_alone(const struct loom_plan_operation *operations, uint32_t count,
                             uint32_t within_ms, uint32_t flags);
/* The filter `enter nests at DEMO_ENTER, leave at DEMO_LEAVE`. */
struct filter *publish_simple(uint32_t within_ms, uint32_t flags);
/* The removal of all filters begins. */
void remove_all(void);
/* One step of the updater. */
int work(void);
/* Steps until the filter has phase `phase` (its entry is looked at; FREE: gone). */
bool work_until(const struct filter *filter, enum filter_phase phase, int limit_ms);
/* How many events of a kind there are; the text of the last one ("" if none). */
unsigned events_of(int kind);
const char *event_text(int kind);
/* Poll at DEMO_POLL. */
void poll_here(void);

#endif
