// SPDX-License-Identifier: MIT
/*
 * state.h: whether Loom is on, and the ring of events that tell what it did by itself.
 *
 * Rule (invariant I7): any internal trouble ends in state_off(): slots, polls and installations do
 * nothing from then on, and the program runs on. Off is for good in this process.
 */
#ifndef LOOM_STATE_H
#define LOOM_STATE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* reason: a string constant. Signal-safe; takes no lock. The first reason stays. */
void state_off(const char *reason);
extern const char *state_off_reason; /* null while on; state_off writes it */
static inline bool state_is_off(void) {
    return __atomic_load_n(&state_off_reason, __ATOMIC_RELAXED) != NULL;
}
const char *state_reason(void); /* "" while on */

enum event_kind {
    EVENT_INSTALLED,
    EVENT_IN_FORCE,
    EVENT_REMOVED,
    EVENT_ROLLED_BACK,
    EVENT_CYCLE,      /* a waiter passed: a cycle of waits was proved */
    EVENT_TIMEOUT,    /* a waiter passed, or the filter was suspended: `within` was exceeded */
    EVENT_SKIPPED,    /* a slot was skipped: a signal handler interrupted the runtime */
    EVENT_FULL,       /* an enter was skipped: too many holds in one thread */
    EVENT_UNLOADED,   /* a module that a filter uses was unloaded */
    EVENT_HELPER,     /* the helper thread could not start */
    EVENT_UNREADABLE, /* an operation was skipped: its expression could not be evaluated */
    EVENT_LOST,       /* a waiter passed: what comes first cannot happen any more */
    EVENT_EXPIRED,    /* a filter is removed: its time is over */
    EVENT_ALONE,      /* a thread that should be alone is not: op_alone.h */
    EVENT_AT_START,   /* what became of LOOM_FILTERS */
    EVENT_KINDS
};

enum { EVENT_TEXT = 160, EVENT_MAX = 128 };

struct event {
    uint64_t seq;   /* from 1 */
    uint64_t at_ms; /* CLOCK_MONOTONIC */
    uint32_t filter;
    uint32_t times; /* the same event in a row is counted, not repeated */
    enum event_kind kind;
    char text[EVENT_TEXT];
};

const char *event_name(enum event_kind kind);
/* Adds an event; filter 0: none. Takes RANK_EVENTS; safe wherever that may be taken. */
void event_add(enum event_kind kind, uint32_t filter, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Copies the event with the smallest seq >= from. False if there is none. */
bool event_next(uint64_t from, struct event *to);
/* Around fork: true if the ring's lock was taken; released in the parent, free in the child. */
bool event_before_fork(void);
void event_after_fork(bool child);

#endif
