/* SPDX-License-Identifier: MIT */
/* resolve.h: a filter of the AST to operations at nodes of the program. */
#ifndef LOOM_RESOLVE_H
#define LOOM_RESOLVE_H
#include "ast.h"
#include "operation.h"

/* Reports everything that is wrong. `force` lets pass what is only suspected to hurt. The caller
 * frees `operations` with operations_free, whatever comes. */
void resolve(const struct program *program, const struct filter *filter, int force,
             struct operations *operations, struct diagnostics *diagnostics);
void operations_free(struct operations *operations);

#endif
