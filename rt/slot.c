// SPDX-License-Identifier: MIT
/*
 * slot.c: what happens at a slot that has operations: what ends comes first, then what waits
 * (operation_phase in filter.h; struct loom_rt.slot).
 *
 * Rule: an operation counts only for threads that are active for its filter (I3, I4). A slot hit
 * by a signal handler that interrupted the runtime in its own thread is skipped, with an event.
 *
 * Enters and downs may wait, and the table may change meanwhile; the point is then looked up again
 * and work goes on behind the operation that waited. Operations of a filter that came in between
 * are not executed: its own points are unsafe for it, so this thread cannot have become active
 * here.
 */
#include <errno.h>
#include <pthread.h>

#include "entry.h"
#include "filter.h"
#include "grace.h"
#include "op_lock.h"
#include "op_order.h"
#include "state.h"
#include "thread.h"

static bool counts(const struct thread *self, const struct operation *op) {
    return LOAD(self->active) >> op->bit & 1;
}

/* True if it waited: pointers into tables are stale. */
static bool execute_one(struct thread *self, const struct operation *op, unsigned char *point,
                        uintptr_t stack) {
    switch (op->kind) {
    case LOOM_LEAVE: op_lock_leave(self, op, 0, stack); return false;
    case LOOM_UP: op_order_up(op); return false;
    case LOOM_BIRTH: return false;
    case LOOM_DOWN: return op_order_down(self, op, point);
    default: return op_lock_enter(self, op, 0, point, stack);
    }
}

/* Executes operations behind `last` until one waited; that one is then the new `last`
 * (null: none yet), kept in `room`. False: all are done. */
static bool execute(struct thread *self, unsigned char *point, uintptr_t stack,
                    const struct operation **last, struct operation *room) {
    uint32_t count;
    const struct operation *ops = op_table_find((uintptr_t)point, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct operation op = ops[i];
        if (!counts(self, &op) || (*last && !operation_before(*last, &op))) continue;
        if (execute_one(self, &op, point, stack)) {
            *room = op;
            *last = room;
            return true;
        }
    }
    return false;
}

static bool any_counts(const struct thread *self, unsigned char *point) {
    uint32_t count;
    const struct operation *ops = op_table_find((uintptr_t)point, &count);
    for (uint32_t i = 0; i < count; i++)
        if (counts(self, &ops[i])) return true;
    return false;
}

static void run(struct thread *self, unsigned char *point, uintptr_t stack) {
    struct operation room;
    const struct operation *last = NULL;
    int cancel;
    grace_enter(self);
    if (any_counts(self, point)) {
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
        while (execute(self, point, stack, &last, &room)) continue;
        grace_leave(self);
        pthread_setcancelstate(cancel, NULL);
    } else {
        grace_leave(self);
    }
}

void slot_hit(unsigned char *point, void *stack) {
    int saved = errno, before;
    struct thread *self = thread_contact();
    if (!self || state_is_off()) return;
    if ((before = busy_enter(self, BUSY_NOT)) < 0) {
        if (LOAD(self->active))
            event_add(EVENT_SKIPPED, 0,
                      "a slot in a signal handler that interrupted the runtime was skipped");
    } else {
        run(self, point, (uintptr_t)stack);
        busy_leave(self, before);
    }
    errno = saved;
}
