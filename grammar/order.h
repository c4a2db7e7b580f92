/* SPDX-License-Identifier: MIT */
/*
 * order.h: the events of an order to ups and downs at nodes.
 *
 * Rule: an up never counts what has not happened. An edge of a function (and the end of a block) is
 * the moment at its slot: it waits there, and has happened behind it. A statement waits at its slot
 * and has happened when it is done: the ups stand where control leaves it, in all places, which
 * must have slots and must be reached from nowhere else.
 */
#ifndef LOOM_ORDER_H
#define LOOM_ORDER_H
#include "ast.h"
#include "operation.h"

/* As resolve() for exclusions. */
void resolve_order(const struct program *program, const struct filter *filter,
                   struct operations *operations, struct diagnostics *diagnostics);

#endif
