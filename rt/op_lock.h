// SPDX-License-Identifier: MIT
/*
 * op_lock.h: mutual exclusion: the enters and leaves of regions.
 *
 * Rule: no memory is allocated and no program lock is taken in a slot. Who owns a lock, and who
 * gets it next, is the matter of bucket.h; this file has the thread's side: what it holds, and its
 * waits.
 *
 * Shared enters have several owners at once, each with a node of its own; an enter that is not
 * shared waits for all of them. In such filters, and in LOOM_ALONE, whoever waits is passed by
 * nobody who comes later. A thread that holds the lock shared cannot get it for itself alone: that
 * enter passes, and is told.
 *
 * One lock per filter and key, for all regions of the filter, so holding one region makes enters
 * of the others recursive (with the same key). A filter without keys has the one key 0. What a
 * thread holds is a stack of HOLDs (region, key, frame, depth).
 *
 * Frames. `stack` is the stack pointer of the instrumented frame; higher = older.
 *   - Before every enter and leave, holds of frames deeper than the present one are dropped:
 *     those frames are gone (longjmp, or a way out without a slot). Not for any-frame regions.
 *   - Enter with NEST counts; without, in the frame that already holds the region: nothing, but if
 *     the key is another one now: then the old hold is released first.
 *   - Leave releases the innermost hold of the region, whatever its key, if it belongs to this
 * frame or to a deeper one (any-frame: whatever frame). Without such a hold it does nothing.
 *   - An enter that holds nothing in the end (its condition is false, its key unreadable, it
 * passed) is a SKIP. Its leave finds holds of older frames only, and leaves them alone. In the
 * frame that already holds the region (recursion that the compiler inlined) a skip with NEST counts
 *     like an enter. The same for any-frame regions with NEST, whatever the frame. Without NEST,
 *     in an any-frame region, nothing tells which enter a leave belongs to: the leave of a skip
 *     releases what an older frame holds. So loom-pipe refuses conditions there.
 *
 * All functions: the caller is busy, and in the runtime (grace.h) unless said otherwise; signals
 * stay open.
 */
#ifndef LOOM_OP_LOCK_H
#define LOOM_OP_LOCK_H
#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "thread.h"

/* May wait: then it leaves the runtime, is OUTSIDE at `point`, and comes back through handshake().
 * True if it waited: pointers into tables are stale, and *kept is the operation. */
bool op_lock_enter(struct thread *self, const struct operation *op, uint64_t key,
                   loom_op *point, uintptr_t stack, struct operation *kept);
/* An enter whose condition does not hold. */
void op_lock_skip(struct thread *self, const struct operation *op, uintptr_t stack);
void op_lock_leave(struct thread *self, const struct operation *op, uintptr_t stack);

/* Drops holds of frames deeper than `stack`. landed: after a jump; looks closer at signal stacks.
 */
void op_lock_drop_deeper(struct thread *self, uintptr_t stack, bool landed);
/* The thread ends, or has no frames left. Not in the runtime. */
void op_lock_drop_all(struct thread *thread);
/* A jump left the wait: takes it out of the queue, or releases what it was given meanwhile. */
void op_lock_cancel_wait(struct thread *self);

/* ---- for the guard ---- */
/* Who owns the lock that `wait` waits for? False if nobody does, or the wait is over. */
struct owner_view {
    struct thread *thread;
    uint64_t grant;
    loom_op *point;
};
bool op_lock_owner(const struct wait *wait, struct owner_view *view);
/* Is the thread waiting for a filter lock? Copies its wait. */
bool op_lock_waiting(const struct thread *thread, struct wait *copy);
/* Lets this waiter pass without the lock. False if it has been granted meanwhile. */
bool op_lock_pass(struct wait *wait);

#endif
