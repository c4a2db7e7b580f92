// SPDX-License-Identifier: MIT
/*
 * op_order.h: order: a link `a > b` lets b go on when a has happened.
 *
 * Rule: an up counts that a has happened, a down waits until that is so `count` times. A latch (the
 * default) takes nothing: from then on all pass. With LOOM_EACH every down takes `count` ups, in no
 * particular order among those that wait; pairs are counted from the moment when the filter is in
 * force. A wait longer than `within` passes, is counted and told, and the filter stays; removal
 * lets all pass. Of pairs, the left side of a right that passed may come late: it is not counted
 * for the next right. If that one passes too, it never comes: the counting starts anew, from
 * nothing. So pairs are in step again at the latest behind two misses.
 *
 * The count may be a program (LOOM_OP_COUNTED): its value is taken once, when the down is come to;
 * 0 and less pass at once. Ups of such a link have no limit, and wake whoever waits.
 *
 * If the left side cannot happen any more (reach.h), a waiter passes and tells; a latch is open
 * from then on.
 *
 * A link from `end(f)` is open while no other thread lives that was started in f (at a birth of the
 * link: a site of pthread_create, or a start routine), as the thread records tell: right for
 * threads from before the filter, and for those that pthread_create has just made. A latch opens
 * for good once a waiter has seen them live and end.
 *
 * The counters are in the filter's entry: no allocation, no lock. A waiter keeps no pointer into
 * tables; it knows the filter again by its id, so an entry that was given to another filter
 * meanwhile only costs it a look.
 *
 * Caller of up and down: busy, in the runtime (grace.h), INSIDE or in a handler.
 */
#ifndef LOOM_OP_ORDER_H
#define LOOM_OP_ORDER_H
#include <stdbool.h>

#include "filter.h"
#include "thread.h"

void op_order_up(const struct operation *op);
/* Waits for `count`. May wait: then it is OUTSIDE at `point`, as in op_lock_enter. True if it did:
 * *kept is the operation. */
bool op_order_down(struct thread *self, const struct operation *op, int64_t count,
                   loom_op *point, struct operation *kept);

/* The thread left a wait by a jump, or ends. */
void op_order_cancel_wait(struct thread *self);
/* A thread record was given back: perhaps the last that somebody waits for. */
void op_order_thread_ended(void);
/* Removal: wakes all waiters of an inert filter. */
void op_order_pass_all(struct filter *filter);
/* In a fork child: nobody waits but perhaps the caller. */
void op_order_after_fork_child(void);

#endif
