// SPDX-License-Identifier: MIT
/*
 * reach.h: can the left side of an order still happen? Else nobody need wait for it.
 *
 * It can if some thread is INSIDE, at a place that is not known, or at a pause point whose bit is
 * set in the plan's reach section (a thread that has not begun: if the bit of the pthread_create
 * that made it is set). Threads that wait in a down of the same link do not count: they go on only
 * when the link lets them.
 *
 * Why no thread is missed. A clear bit says "never again": neither the thread that stands there
 * nor a thread that it starts, or that those start, comes to the left side. So the answer may be
 * put together from looks at one thread after the other: whoever was seen at such a point may be
 * INSIDE again at once, and it does not matter. A thread that begins during the look was started by
 * one that is looked at (or by one of those), and records enter the list before pthread_create
 * goes on. After the barrier a state is no older than the look, as for those who count threads
 * (activate.c). A thread that does the left side during the look and then stands at a clear bit has
 * counted before it got there: the caller looks at the count once more.
 *
 * What is not seen: threads without a record (created by code that was not rewritten, and never in
 * rewritten code so far), and waiters that leave their down in the middle of the look because their
 * own time is over; both are as late as any that comes after `within`.
 */
#ifndef LOOM_REACH_H
#define LOOM_REACH_H
#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "thread.h"

/* The link as struct thread.in_order has it; never 0. */
static inline uint64_t reach_link(uint32_t id, uint16_t link) {
    return (uint64_t)id << 16 | link;
}

/* True if nobody can. False too if it is not known, or if another waiter of the link has just
 * looked. id: of the filter that the caller means. Caller is OUTSIDE in a down, self->in_order set,
 * not in the runtime, no lock held. Takes RANK_THREADS. */
bool reach_is_lost(struct thread *self, struct filter *filter, uint32_t id, uint16_t link);

#endif
