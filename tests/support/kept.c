// SPDX-License-Identifier: MIT
/* kept.c: see kept.h. */
#include "tests/support/kept.h"
#include "rt/vectors.h"

#if defined(__x86_64__)
#define NO_VECTORS __attribute__((target("general-regs-only")))
#else
#define NO_VECTORS
#endif

NO_VECTORS void kept_slot_values(loom_op *point, void *stack, const struct loom_values *values) {
    struct vectors vectors;
    vectors_keep(&vectors);
    kept_act(point, stack, values);
    vectors_give(&vectors);
}

NO_VECTORS void kept_slot(loom_op *point, void *stack) {
    kept_slot_values(point, stack, 0);
}

static __attribute__((noinline)) void act_found(loom_op *point, void *stack, const unsigned char *back,
                                                const unsigned long *words) {
    struct loom_values values;
    unsigned long two[2];
    loom_find_values_(&values, two, back, words);
    kept_act(point, stack, &values);
}

NO_VECTORS void kept_slot_found(loom_op *point, void *stack, const unsigned char *back, const unsigned long *words) {
    struct vectors vectors;
    vectors_keep(&vectors);
    act_found(point, stack, back, words);
    vectors_give(&vectors);
}
