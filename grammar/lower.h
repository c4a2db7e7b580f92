/* SPDX-License-Identifier: MIT */
/* lower.h: filter text to AST. The only place that knows tree-sitter. */
#ifndef LOOM_LOWER_H
#define LOOM_LOWER_H
#include "ast.h"

#define LOOM_TEXT_MAX 65536u /* a filter has a few lines; what is longer is another file */

/* Fills `filters`, and reports everything that is wrong with the text, not only the first. An empty
 * text is an error. The caller frees both with filters_free and diag_free. */
void lower(const struct text *text, struct filters *filters, struct diagnostics *diagnostics);
void filters_free(struct filters *filters);

#endif
