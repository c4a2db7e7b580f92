// SPDX-License-Identifier: MIT
/*
 * grace.h: when nobody can still be using what was taken out of a shared structure.
 *
 * A thread is IN THE RUNTIME between grace_enter and grace_leave (its `inside` is odd): only there
 * may it hold pointers into operation tables, module indexes and filters. It leaves before it
 * waits or parks. A grace is over when every thread was seen outside once since it began.
 *
 * The updater takes a ticket after it has unpublished something, and frees it when the ticket has
 * passed. Nobody blocks: grace_work is called from the updater's ticks.
 *
 * Rule: grace_ticket, grace_work and grace_passed are called with RANK_INSTALL held.
 */
#ifndef LOOM_GRACE_H
#define LOOM_GRACE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thread.h"

/* Partner: sys_barrier in grace_work, which makes the store below seen, or what follows it see what
 * was unpublished: the thread needs to keep its compiler in order, no more. Signal-safe; do not
 * nest. */
static inline void grace_enter(struct thread *thread) {
    __atomic_store_n(&thread->inside, thread->inside + 1, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
static inline void grace_leave(struct thread *thread) {
    __atomic_store_n(&thread->inside, thread->inside + 1, __ATOMIC_RELEASE);
}

uint64_t grace_ticket(void);
bool grace_passed(uint64_t ticket);
/* Moves the running grace on, begins the next if a ticket waits for it. True while any waits. */
bool grace_work(void);
/* Frees memory after the next grace. The memory's first bytes are overwritten only then. */
void grace_free(void *memory, size_t size);
/* In a fork child: all graces are over. */
void grace_after_fork(void);

#endif
