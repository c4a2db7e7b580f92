// SPDX-License-Identifier: MIT
/*
 * guard.h: a filter never hangs the program (I5).
 *
 * Rule: a waiter looks around once per tick. A cycle of waits that stood unchanged for a whole tick
 * is proved: the waiter passes without the lock. What cannot be proved is limited by `within`,
 * which measures one owner's hold in ticks seen by the waiter, so that neither a long queue nor a
 * stopped process counts: then the filter is suspended, or (LOOM_ELSE_PASS) this waiter passes.
 * Ticks in which the owner was kept out by others (op_alone.h, stop.h) count a quarter.
 *
 * A cycle has at least one filter lock in it, since a waiter of one looks; program mutexes are
 * followed through the address in the lock marker and glibc's owner field.
 */
#ifndef LOOM_GUARD_H
#define LOOM_GUARD_H
#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "thread.h"

enum { GUARD_TICK_MS = 20, GUARD_CHAIN_MAX = 16 };

/* One wait in a chain: the thread, and what tells this wait from its next one. */
struct guard_link {
    struct thread *thread;
    uint64_t number;
};

/* One waiter's view; zeroed when the wait begins. */
struct guard {
    uint64_t grant;  /* of the owner seen last */
    unsigned quarters; /* of ticks for which this owner was seen */
    unsigned length; /* of the closed chain seen last; 0: it was open */
    struct guard_link chain[GUARD_CHAIN_MAX];
};

/* Called by the waiter, OUTSIDE, not in the runtime, no lock held. May end its wait. */
void guard_tick(struct guard *guard, struct thread *self);

#endif
