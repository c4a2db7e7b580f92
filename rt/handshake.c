// SPDX-License-Identifier: MIT
/* handshake.c: coming INSIDE. See handshake.h. */
#include "handshake.h"

#include <errno.h>

#include "activate.h"
#include "grace.h"
#include "op_alone.h"
#include "op_lock.h"
#include "op_order.h"
#include "op_test.h"
#include "state.h"
#include "stop.h"
#include "sys.h"
#include "testpoint.h"

/* True if the thread parked: it must come INSIDE again. */
static bool look(struct thread *self, uintptr_t site, bool may_park) {
    if (stop_look(self, site, may_park)) return true;
    activate_self(self, site);
    return false;
}

void handshake(struct thread *self, uintptr_t site, bool may_park) {
    do {
        STORE(self->shared.state, SITE_INSIDE);
        __atomic_thread_fence(__ATOMIC_SEQ_CST); /* partner: sys_barrier in activate, stop */
        TESTPOINT("handshake-inside");
    } while (LOAD(self->shared.request) && look(self, site, may_park));
    self->owed = 0;
}

unsigned long handshake_begin_wait(struct thread *self, loom_op *point) {
    unsigned long before = LOAD(self->shared.state);
    STORE(self->shared.state, (uintptr_t)point);
    STORE(self->waiting, self->waiting + 1);
    grace_leave(self);
    self->busy = BUSY_WAITING;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return before;
}

void handshake_end_wait(struct thread *self, loom_op *point, unsigned long before) {
    self->busy = BUSY_INSIDE;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    STORE(self->waiting, self->waiting + 1);
    if (before == SITE_INSIDE)
        handshake(self, (uintptr_t)point, false);
    else
        STORE(self->shared.state, before);
    grace_enter(self);
}

void handshake_wake(struct loom_thread *thread, unsigned long site, unsigned long flags) {
    struct thread *self = thread_self();
    int saved = errno, before;
    if (!self || &self->shared != thread) return;
    if ((before = busy_enter(self, BUSY_WAITING)) < 0) return;
    handshake(self, site, !(flags & LOOM_MARK_LOCK));
    busy_leave(self, before);
    errno = saved;
}

void handshake_poll(loom_op *point) {
    int saved = errno, before;
    struct thread *self = thread_contact();
    if (self && (before = busy_enter(self, BUSY_WAITING)) >= 0) {
        /* A handler may poll while the call below is OUTSIDE: that state is not ours to change. */
        uint64_t active = LOAD(self->active);
        if (LOAD(self->shared.state) == SITE_INSIDE) handshake(self, (uintptr_t)point, true);
        busy_leave(self, before);
        /* More computing threads than processors: the others are waiting for a turn to poll. */
        if (LOAD(self->active) != active) sys_yield();
    }
    errno = saved;
}

void handshake_newcomer(struct thread *self) {
    int before = busy_enter(self, BUSY_NOT);
    if (before < 0) return;
    if (LOAD(self->shared.request)) handshake(self, SITE_UNKNOWN, true);
    busy_leave(self, before);
}

/* Was the runtime function that is marked busy left by the jump? No, if it is still below us: a
 * signal handler interrupted it and calls setjmp itself. */
static bool jumped_out(const struct thread *self, uintptr_t stack) {
    bool on_signal_stack;
    if (!self->busy || stack < self->busy_stack) return false;
    sys_on_signal_stack(NULL, &on_signal_stack);
    return !on_signal_stack;
}

/* What a runtime function left behind. It was busy all the time in which this is set. */
static void cancel_waits(struct thread *self) {
    STORE(self->parked, 0);
    if (self->waiting & 1) STORE(self->waiting, self->waiting + 1);
    op_alone_cancel_wait(self);
    op_lock_cancel_wait(self);
    op_order_cancel_wait(self);
}

void handshake_landed(void *stack) {
    struct thread *self = thread_self();
    int saved = errno;
    bool left;
    if (!self) return;
    if (self->busy && !jumped_out(self, (uintptr_t)stack)) return;
    if (self->busy && lock_quick_held()) state_off("a jump left the runtime inside a lock");
    if (self->inside & 1) grace_leave(self);
    left = self->busy != BUSY_NOT;
    self->busy = BUSY_INSIDE;
    self->busy_stack = (uintptr_t)__builtin_frame_address(0);
    self->shared.mutex = NULL; /* of a marker */
    if (left) cancel_waits(self);
    op_lock_drop_deeper(self, (uintptr_t)stack, true);
    op_test_drop_deeper(self, (uintptr_t)stack, true);
    STORE(self->shared.state, SITE_INSIDE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* partner: sys_barrier in activate, stop */
    if (LOAD(self->shared.request)) {
        activate_uncount(self);
        handshake(self, SITE_UNKNOWN, true);
    }
    self->busy = BUSY_NOT;
    errno = saved;
}
