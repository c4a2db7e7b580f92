// SPDX-License-Identifier: MIT
/*
 * value.h: the values that a slot passes (struct loom_values in slot.h), and memory of the program.
 *
 * Rule: memory of the program is read through the kernel only: an address that is wrong, or gone
 * since it was checked, is a refusal and no fault. Where the kernel refuses, it cannot be read. The
 * frame of the slot itself is read as it is: an operand of the asm there is valid.
 *
 * All: async-signal-safe, no allocation. `size` as in struct loom_plan_code.
 */
#ifndef LOOM_VALUE_H
#define LOOM_VALUE_H
#include <stdbool.h>
#include <stdint.h>

#include "slot.h"

/* Value number `index`, taken as `size`. False: the slot passes none, or it cannot be read.
 * values: null: the slot passes none. */
bool value_of_slot(const struct loom_values *values, uint32_t index, unsigned size,
                   uint64_t *value);
/* What is at an address of the program. */
bool value_at(uint64_t address, unsigned size, uint64_t *value);

#endif
