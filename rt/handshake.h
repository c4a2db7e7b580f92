// SPDX-License-Identifier: MIT
/*
 * handshake.h: the thread's side of every change of mind of the updater.
 *
 * Rule: whoever comes INSIDE does it through handshake(): waking from a call, leaving a park,
 * leaving a wait for a filter lock, a callback, the start of a thread, landing from a longjmp, the
 * first contact.
 *
 *     do { state = INSIDE; barrier; } while (request && look());
 *
 * Partner: the updater stores `request`, issues sys_barrier(), then reads `state`. So either the
 * updater sees INSIDE, or the thread sees the request. The loop matters: a thread that leaves a
 * park and did not look again could slip out between two stops (tests/rt_handshake.c).
 */
#ifndef LOOM_HANDSHAKE_H
#define LOOM_HANDSHAKE_H
#include <stdbool.h>
#include <stdint.h>

#include "thread.h"

/* A site that is safe for nobody: the position is not known. */
enum { SITE_UNKNOWN = 2 };

/* Makes the caller INSIDE; `site` is where it was until now. It may become active for filters and,
 * if may_park, sleep here until a stop lets it go. Caller is busy, and not in a grace. */
void handshake(struct thread *self, uintptr_t site, bool may_park);

/* A wait at a slot: between the two the caller is OUTSIDE at `point`, out of the runtime and busy
 * WAITING (a signal handler may run, but pass no slot). `before` is what the first gave back. */
unsigned long handshake_begin_wait(struct thread *self, loom_op *point);
void handshake_end_wait(struct thread *self, loom_op *point, unsigned long before);

/* A thread that was just met: it may have to stay out before it runs its first statement. */
void handshake_newcomer(struct thread *self);

/* struct loom_rt.wake, .poll, .landed */
void handshake_wake(struct loom_thread *thread, unsigned long site, unsigned long flags);
void handshake_poll(loom_op *point);
void handshake_landed(void *stack);

#endif
