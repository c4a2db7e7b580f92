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
 *
 * No cancellation acts in here, nor in a wait: nothing in the runtime is a cancellation point, and
 * a thread that is cancelled at any moment (asynchronously) is made to wait for its end. To ask for
 * what a thread has already costs libc no atomic instruction; to disable cancellation would.
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
#include "testpoint.h"
#include "thread.h"
#include "vectors.h"

static bool counts(const struct thread *self, const struct operation *op) {
    return LOAD(self->active) >> op->bit & 1;
}

/* A slot that a thread has come to. */
struct visit {
    loom_op *point;
    uintptr_t stack;
    const struct loom_values *values;
    struct operation last; /* the one that waited: the table may be another one now */
};

static bool enter(struct thread *self, const struct operation *op, struct visit *visit) {
    uint64_t key = 0;
    bool may = !op->condition || expression_holds(op, visit->values);
    if (may && op->key && !filter_inert(op->filter))
        may = expression_value(op, op->key, visit->values, &key);
    if (may) return op_lock_enter(self, op, key, visit->point, visit->stack, &visit->last);
    op_lock_skip(self, op, visit->stack);
    return false;
}

static bool down(struct thread *self, const struct operation *op, struct visit *visit) {
    uint64_t count = op->count;
    if (!expression_holds(op, visit->values) || filter_inert(op->filter)) return false;
    if (op->counted && !expression_value(op, op->counted, visit->values, &count)) return false;
    return op_order_down(self, op, (int64_t)count, visit->point, &visit->last);
}

static void up(struct thread *self, const struct operation *op, const struct visit *visit) {
    if (op->flags & LOOM_OP_TESTED && !op_test_take(self, op, visit->stack)) return;
    if (expression_holds(op, visit->values)) op_order_up(op);
}

/* True if it waited: pointers into tables are stale. */
static bool execute_one(struct thread *self, const struct operation *op, struct visit *visit) {
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

/* Executes operations, those behind visit->last if one has waited, until one waits: true, and that
 * one is visit->last. False: all are done. */
static bool execute(struct thread *self, struct visit *visit, bool waited) {
    uint32_t count;
    const struct operation *op = op_table_find((uintptr_t)visit->point, &count);
    for (; count; count--, op++) {
        if (!counts(self, op) || (waited && !operation_before(&visit->last, op))) continue;
        if (execute_one(self, op, visit)) return true;
    }
    return false;
}

static void run(struct thread *self, struct visit *visit) {
    grace_enter(self);
    TESTPOINT("slot-inside");
    if (execute(self, visit, false))
        while (execute(self, visit, true)) continue;
    grace_leave(self);
}

/* A thread that nobody has seen yet. */
static struct thread *meet(void) {
    struct vectors vectors;
    struct thread *self;
    vectors_keep(&vectors);
    self = thread_contact();
    vectors_give(&vectors);
    return self;
}

void slot_hit(loom_op *point, void *stack) {
    slot_hit_values(point, stack, NULL);
}

void slot_hit_found(loom_op *point, void *stack, const unsigned char *back,
                    const unsigned long *words) {
    struct loom_values values;
    unsigned long two[2];
    loom_find_values_(&values, two, back, words);
    slot_hit_values(point, stack, &values);
}

void slot_hit_values(loom_op *point, void *stack, const struct loom_values *values) {
    struct visit visit;
    int saved = errno, before, cancel;
    struct thread *self = thread_self();
    if (!self) self = meet();
    if (!self || state_is_off()) return;
    visit.point = point, visit.stack = (uintptr_t)stack, visit.values = values; /* `last` later */
    if ((before = busy_enter(self, BUSY_NOT)) < 0) {
        if (LOAD(self->active))
            event_add(EVENT_SKIPPED, 0,
                      "a slot in a signal handler that interrupted the runtime was skipped");
    } else {
        pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &cancel);
        run(self, &visit);
        busy_leave(self, before);
        errno = saved;
        if (cancel != PTHREAD_CANCEL_DEFERRED) pthread_setcanceltype(cancel, NULL);
        return;
    }
    errno = saved;
}
