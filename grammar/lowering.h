/* SPDX-License-Identifier: MIT */
/*
 * lowering.h: what the files of the lowering share: nodes of the syntax tree and their text.
 *
 *   lower.c             the text as a whole, filters
 *   lower_error.c       syntax errors
 *   lower_hint.c        hints to them
 *   lower_expression.c  keys, conditions, counts
 *   lower_place.c       places
 *   lower_option.c      options
 */
#ifndef LOOM_LOWERING_H
#define LOOM_LOWERING_H
#include <string.h>
#include <tree_sitter/api.h>
#include "ast.h"

struct lowering {
    const struct text *text;
    struct filters *filters;
    struct diagnostics *diagnostics;
};

static inline struct span span_of(TSNode node) {
    return (struct span){ts_node_start_byte(node), ts_node_end_byte(node)};
}

static inline int is(TSNode node, const char *type) {
    return !ts_node_is_null(node) && strcmp(ts_node_type(node), type) == 0;
}

static inline TSNode field(TSNode node, const char *name) {
    return ts_node_child_by_field_name(node, name, (uint32_t)strlen(name));
}

static inline const char *string_of(struct lowering *l, struct span span) {
    return arena_copy(&l->filters->arena, l->text->bytes + span.start, span.end - span.start);
}

/* Is this the text of the span? */
static inline int same(const struct text *text, struct span span, const char *word) {
    size_t size = span.end - span.start;
    return size == strlen(word) && memcmp(text->bytes + span.start, word, size) == 0;
}

static inline void error(struct lowering *l, struct span span, const char *message) {
    diag_add(l->diagnostics, SEVERITY_ERROR, span, "%s", message);
}

/* Reports all syntax errors of a tree, at most one per line of text. */
void lower_errors(struct lowering *l, TSNode root);
/* The word in front of a byte, with bytes of `blanks` in between: what the parser had just read. */
struct span word_before(const struct text *text, uint32_t at, const char *blanks);
/* A hint for text that was not understood; for something that is missing at the span. */
void lower_hint(struct lowering *l, struct span span);
void lower_hint_missing(struct lowering *l, struct span span);
/* Is this between parentheses? */
int lower_is_inside(struct lowering *l, struct span span);

/* A region. 0: an error was reported. */
int lower_place(struct lowering *l, TSNode node, struct place *place);
/* Event number `step` of an order. 0: an error was reported. */
int lower_step(struct lowering *l, TSNode node, unsigned step, struct place *place);

/* Null: an error was reported. */
const struct expression *lower_expression(struct lowering *l, TSNode node);
/* A list in parentheses: at most one key, any number of conditions. */
void lower_key(struct lowering *l, TSNode key, struct place *place);

/* `seen`: bits of the options that the filter has already. */
void lower_option(struct lowering *l, TSNode node, struct filter *filter, unsigned *seen);

#endif
