// SPDX-License-Identifier: MIT
/*
 * expression.h: what the expressions of an operation give when a thread comes to its slot.
 *
 * Rule: what cannot be evaluated never blocks: the operation is skipped, counted, and told once per
 * filter and second. Expressions of a filter that is inert are not evaluated.
 *
 * All: caller is busy, in the runtime (grace.h), and has not waited since it looked `op` up.
 */
#ifndef LOOM_EXPRESSION_H
#define LOOM_EXPRESSION_H
#include <stdbool.h>

#include "filter.h"

/* Does the condition hold? Without one it does; what cannot be evaluated does not. */
bool expression_holds(const struct operation *op, const struct loom_values *values);
/* The value of one of its programs. False: it cannot be evaluated. */
bool expression_value(const struct operation *op, const struct loom_plan_code *program,
                      const struct loom_values *values, uint64_t *value);

#endif
