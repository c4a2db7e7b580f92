// SPDX-License-Identifier: MIT
/* kept.h: slots of a test's own runtime, which uses vector registers, and libc: they keep them (rt/vectors.h). */
#ifndef LOOM_TEST_KEPT_H
#define LOOM_TEST_KEPT_H
#include "rt/slot.h"

/* The test's: what happens at a slot. values: null if it passes none. */
void kept_act(loom_op *point, void *stack, const struct loom_values *values);

/* For struct loom_rt. */
void kept_slot(loom_op *point, void *stack);
void kept_slot_values(loom_op *point, void *stack, const struct loom_values *values);
void kept_slot_found(loom_op *point, void *stack, const unsigned char *back, const unsigned long *words);

#endif
