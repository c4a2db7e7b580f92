// SPDX-License-Identifier: MIT
/* op_test.c: tests that held. See op_test.h. */
#include "op_test.h"

#include "stack.h"
#include "state.h"

static void forget(struct thread *self, int index) {
    self->tests[index] = self->tests[--self->tests_count];
}

void op_test_drop_deeper(struct thread *self, uintptr_t stack, bool landed) {
    for (int i = self->tests_count - 1; i >= 0; i--)
        if (stack_is_gone(self->tests[i].stack, stack, landed)) forget(self, i);
}

static int find(const struct thread *self, const struct operation *op, uintptr_t stack) {
    int i = self->tests_count;
    while (--i >= 0) {
        const struct test *test = &self->tests[i];
        if (test->filter == op->filter->id && test->link == op->region && test->stack == stack)
            break;
    }
    return i;
}

/* Tests of filters that are no longer there make room. */
static bool has_room(struct thread *self) {
    if (!thread_make_room(self)) return false;
    if (self->tests_count < TESTS_MAX) return true;
    for (int i = TESTS_MAX - 1; i >= 0; i--)
        if (!filter_find(self->tests[i].filter)) forget(self, i);
    return self->tests_count < TESTS_MAX;
}

void op_test_set(struct thread *self, const struct operation *op, bool holds, uintptr_t stack) {
    int i;
    op_test_drop_deeper(self, stack, false);
    i = find(self, op, stack);
    if (i >= 0 && !holds) forget(self, i);
    if (i >= 0 || !holds) return;
    if (has_room(self))
        self->tests[self->tests_count++] = (struct test){stack, op->filter->id, op->region};
    else
        event_add(EVENT_FULL, op->filter->id,
                  "a statement was not counted: the thread has begun too many already");
}

bool op_test_take(struct thread *self, const struct operation *op, uintptr_t stack) {
    int i;
    op_test_drop_deeper(self, stack, false);
    i = find(self, op, stack);
    if (i >= 0) forget(self, i);
    return i >= 0;
}
