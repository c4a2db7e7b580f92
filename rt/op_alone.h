// SPDX-License-Identifier: MIT
/*
 * op_alone.h: unilateral exclusion, `r <> *`: while a thread is in r, no other runs instrumented
 * code.
 *
 * Rule: r is the exclusive lock of its filter (op_lock.h: order, recursion, frames, ways out,
 * guard), and whoever gets it first takes the TURN (stop.h: one for all such filters and for stop
 * installations, first come first served), then GATHERS: all others are asked to park, and it goes
 * on when each is parked or OUTSIDE. With the lock's end the others run on, then the lock is handed
 * over. Entered again by its thread, also for another filter of this kind, it only counts.
 *
 * An ENTRY is that time of one thread. It ends early, for good, and an event tells (at most one per
 * filter in TELL_MS), when
 *   - its thread is blocked for a tick (GUARD_TICK_MS) at one place: in a marked call without using
 *     the processor, or in a wait at a slot. It may wait for what a parked thread has. INSIDE it is
 *     blocked after STARVED_MS, since it may only wait for a processor;
 *   - not all could be gathered: GATHER_MS went by without one more, or GATHER_MAX_MS in all. Then
 *     nobody tries for four times as long as that took: others lose a fifth of their time at most;
 *   - it lasts `within`: then the filter is suspended (LOOM_ELSE_PASS: stays);
 *   - the filter is removed or suspended, or Loom is off: at once, or within a tick. No event.
 * An enter that waits for its turn for `within` of one holder goes on without. In all these cases
 * the thread is in r while others run; the lock still keeps a second one out of r.
 *
 * Nobody is needed to end an entry: those who are parked or wait for their turn look each tick. Who
 * comes INSIDE between two entries is owed a run to its next pause point (stop.h).
 *
 * What no entry can keep out: code that was not rewritten, and threads that Loom does not know (no
 * marked call or boundary yet).
 */
#ifndef LOOM_OP_ALONE_H
#define LOOM_OP_ALONE_H
#include <stdint.h>

#include "filter.h"
#include "thread.h"

/* ---- the thread's side ---- */
/* The caller has got the lock `own` of this filter. Waits OUTSIDE at `point`, out of the runtime,
 * as in op_lock_enter: pointers into tables are stale. Ends in every case; own->alone tells whether
 * an entry is under way. */
void op_alone_enter(struct thread *self, uint32_t filter, struct own *own, loom_op *point);
/* The lock goes. Takes RANK_INSTALL. */
void op_alone_leave(struct own *own);
/* A jump left the wait for the turn, or the thread ends. Takes RANK_INSTALL if so. */
void op_alone_cancel_wait(struct thread *self);
/* Looks whether the entry must end. Caller is OUTSIDE and holds nothing; takes RANK_INSTALL. */
void op_alone_look(void);

/* ---- the updater's; RANK_INSTALL held ---- */
void op_alone_work(uint64_t now);
/* The filter is being removed: its entry ends. */
void op_alone_end(uint32_t filter);
/* In a fork child, after stop_after_fork: an entry of the caller's goes on, others are gone. */
void op_alone_after_fork_child(void);

#endif
