/* SPDX-License-Identifier: MIT */
/* lower.h: filter text to AST. Only lower*.c know tree-sitter. */
#ifndef LOOM_LOWER_H
#define LOOM_LOWER_H
#include "ast.h"

/* A filter has a few lines; what is longer is another file. (libtree-sitter 0.20.7 frees memory
 * twice when an error has 65536 parts or more.) */
#define LOOM_TEXT_MAX 16384u

/* Fills `filters`, and reports everything that is wrong with the text, not only the first. An empty
 * text is an error. The caller frees both with filters_free and diag_free. */
void lower(const struct text *text, struct filters *filters, struct diagnostics *diagnostics);
void filters_free(struct filters *filters);

#endif
