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
#include "expression.h"
#include "filter.h"
#include "grace.h"
#include "op_lock.h"
#include "op_order.h"
#include "op_test.h"
#include "state.h"
#include "thread.h"

static bool counts(const struct thread *self, const struct operation *op) {
    return LOAD(self->active) >> op->bit & 1;
}

/* A slot that a thread has come to. */
struct visit {
    unsigned char *point;
    uintptr_t stack;
    const struct loom_values *values;
};

static bool enter(struct thread *self, const struct operation *op, const struct visit *visit) {
    uint64_t key = 0;
    bool may = expression_holds(op, visit->values);
    if (may && op->key && !filter_inert(op->filter))
        may = expression_value(op, op->key, visit->values, &key);
    if (may) return op_lock_enter(self, op, key, visit->point, visit->stack);
    op_lock_skip(self, op, visit->stack);
    return false;
}

static bool down(struct thread *self, const struct operation *op, const struct visit *visit) {
    uint64_t count = op->count;
    if (!expression_holds(op, visit->values) || filter_inert(op->filter)) return false;
    if (op->counted && !expression_value(op, op->counted, visit->values, &count)) return false;
    return op_order_down(self, op, (int64_t)count, visit->point);
}

static void up(struct thread *self, const struct operation *op, const struct visit *visit) {
    if (op->flags & LOOM_OP_TESTED && !op_test_take(self, op, visit->stack)) return;
    if (expression_holds(op, visit->values)) op_order_up(op);
}

/* True if it waited: pointers into tables are stale. */
static bool execute_one(struct thread *self, const struct operation *op,
                        const struct visit *visit) {
    switch (op->kind) {
    case LOOM_LEAVE: op_lock_leave(self, op, visit->stack); return false;
    case LOOM_UP: up(self, op, visit); return false;
    case LOOM_TEST:
        op_test_set(self, op, expression_holds(op, visit->values), visit->stack);
        return false;
    case LOOM_BIRTH: return false;
    case LOOM_DOWN: return down(self, op, visit);
    default: return enter(self, op, visit);
    }
}

/* Executes operations behind `last` until one waited; that one is then the new `last`
 * (null: none yet), kept in `room`. False: all are done. */
static bool execute(struct thread *self, const struct visit *visit, const struct operation **last,
                    struct operation *room) {
    uint32_t count;
    const struct operation *ops = op_table_find((uintptr_t)visit->point, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct operation op = ops[i];
        if (!counts(self, &op) || (*last && !operation_before(*last, &op))) continue;
        if (execute_one(self, &op, visit)) {
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

static void run(struct thread *self, const struct visit *visit) {
    struct operation room;
    const struct operation *last = NULL;
    int cancel;
    grace_enter(self);
    if (any_counts(self, visit->point)) {
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
        while (execute(self, visit, &last, &room)) continue;
        grace_leave(self);
        pthread_setcancelstate(cancel, NULL);
    } else {
        grace_leave(self);
    }
}

void slot_hit(unsigned char *point, void *stack) {
    slot_hit_values(point, stack, NULL);
}

void slot_hit_values(unsigned char *point, void *stack, const struct loom_values *values) {
    struct visit visit = {point, (uintptr_t)stack, values};
    int saved = errno, before;
    struct thread *self = thread_contact();
    if (!self || state_is_off()) return;
    if ((before = busy_enter(self, BUSY_NOT)) < 0) {
        if (LOAD(self->active))
            event_add(EVENT_SKIPPED, 0,
                      "a slot in a signal handler that interrupted the runtime was skipped");
    } else {
        run(self, &visit);
        busy_leave(self, before);
    }
    errno = saved;
}
