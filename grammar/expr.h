/* SPDX-License-Identifier: MIT */
/*
 * expr.h: gives an expression of the AST its meaning at a node: names, types, and the steps that
 * compute it.
 *
 * C's rules: integer promotions and the usual conversions, pointer arithmetic in elements, arrays
 * as pointers to their first. What C leaves undefined (overflow, too wide a shift) is computed
 * without a trap: values wrap. Division by 0 is an event at run time.
 */
#ifndef LOOM_EXPR_H
#define LOOM_EXPR_H
#include "scope.h"

/* The value of a key, a condition or a count: an integer or a pointer; its type in *type. Null:
 * errors were reported. */
const struct step *expr_value(const struct scope *scope, const struct expression *expression,
                              struct type *type);

#endif
