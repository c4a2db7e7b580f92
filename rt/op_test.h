// SPDX-License-Identifier: MIT
/*
 * op_test.h: conditions of statements that are the left side of an order: evaluated in front of the
 * statement (LOOM_TEST), needed where it is done (LOOM_OP_TESTED).
 *
 * Rule: a thread remembers for each (filter, link, frame) whether the last test held. The next test
 * of the same three replaces what is remembered, the up takes it back. So a statement that is left
 * by a jump counts for nothing, and one in a recursion counts for its own frame. What frames that
 * ended without an up left behind goes at the next test, up or landing of an older frame. A thread
 * remembers TESTS_MAX; a further test does not count, and is told.
 *
 * Functions: the caller is busy, in the runtime, and no other thread looks at its tests.
 */
#ifndef LOOM_OP_TEST_H
#define LOOM_OP_TEST_H
#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "thread.h"

void op_test_set(struct thread *self, const struct operation *op, bool holds, uintptr_t stack);
/* Did the last test of the operation's link hold in this frame? Takes it back. */
bool op_test_take(struct thread *self, const struct operation *op, uintptr_t stack);
void op_test_drop_deeper(struct thread *self, uintptr_t stack, bool landed);

#endif
