// SPDX-License-Identifier: MIT
/*
 * run_code.h: the interpreter of verified programs (code.h).
 *
 * Rule: it runs in a slot of the program, in any thread, also in a signal handler: at most
 * LOOM_CODE_MAX steps, no allocation, no lock, no fault. Memory of the program is read as value.h
 * says.
 */
#ifndef LOOM_RUN_CODE_H
#define LOOM_RUN_CODE_H
#include <stdbool.h>
#include <stdint.h>

#include "plan.h"
#include "slot.h"

/* Where a program looks for what it names. */
struct code_scope {
    const struct loom_file *file;     /* of the point: its globals. Null: none */
    const struct loom_values *values; /* of the slot. Null: none */
};

/* Does the file's descriptor have a getter of globals? Objects of older versions have none. */
bool code_has_globals(const struct loom_file *file);

/* The program's value. False: a value cannot be read, a division by 0, or the least number divided
 * by -1. program: its first instruction, verified. */
bool code_run(const struct loom_plan_code *program, const struct code_scope *scope,
              uint64_t *result);

#endif
