/* SPDX-License-Identifier: MIT */
/*
 * ast.h: a filter text as its meaning, free of syntax.
 *
 * Vocabulary
 *   place    something the user named: a function, lines of a file, an edge of a function, or a
 *            set of events. Names only; resolve.c finds what they stand for.
 *   filter   regions that exclude each other and themselves: one lock; or, an order, events: each
 *            waits for the one before it.
 */
#ifndef LOOM_AST_H
#define LOOM_AST_H
#include <stdint.h>
#include "diag.h"

enum place_kind {
    PLACE_FUNCTION, /* f · file.c:f */
    PLACE_LINES,    /* file.c:10 · file.c:10-20 */
    PLACE_EDGE,     /* f:entry · f:exit; only as events */
    PLACE_END,      /* end(f); only as the first event of an order */
    PLACE_EVENTS    /* { entries; exits } */
};

struct place {
    enum place_kind kind;
    struct span span;
    const char *file; /* null: not given */
    struct span file_span;
    const char *function;
    struct span function_span;
    unsigned first, last; /* lines, from 1 */
    int at_exit;          /* PLACE_EDGE: f:exit */
    struct place *entries, *exits;
    unsigned entry_count, exit_count;
    int shared;     /* a region that threads may be in together */
    unsigned times; /* of an event in an order: how often it happens before the next may */
};

struct filter {
    struct span span;
    const char *text; /* without comments, runs of white space made one blank */
    const char *name; /* null: none */
    int order;             /* `regions` are events, in the order in which they happen */
    struct place *regions;
    unsigned region_count;
    unsigned within_ms;
    int else_pass, each;
};

struct filters {
    struct arena arena;
    struct filter *items;
    unsigned count;
};

#endif
