/* SPDX-License-Identifier: MIT */
/*
 * machine.h: an expression as a tree of the instructions of rt/plan.h.
 *
 * Every step has one value of 64 bits: signed types sign-extended, others zero-extended. What is
 * known now is computed now, as the runtime would, so a constant expression is one step.
 */
#ifndef LOOM_MACHINE_H
#define LOOM_MACHINE_H
#include <stdint.h>
#include "memory.h"
#include "rt/plan.h"

struct step {
    uint8_t op, size; /* of struct loom_plan_code */
    uint32_t index;
    uint64_t value;
    const struct step *left, *right; /* null: none */
};

const struct step *step_constant(struct arena *arena, uint64_t value);
/* A local or a global. */
const struct step *step_variable(struct arena *arena, enum loom_code op, uint32_t index,
                                 unsigned size);
const struct step *step_unary(struct arena *arena, enum loom_code op, unsigned size,
                              const struct step *of);
const struct step *step_binary(struct arena *arena, enum loom_code op, unsigned size,
                               const struct step *left, const struct step *right);

/* `size` as in an instruction: the bytes, and LOOM_CODE_SIGNED. */
uint64_t cut(uint64_t value, unsigned size);

#endif
