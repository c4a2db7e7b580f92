/* SPDX-License-Identifier: MIT */
/*
 * ast.h: a filter text as its meaning, free of syntax.
 *
 * Vocabulary
 *   place    something the user named: a function, lines of a file, an edge of a function, or a
 *            set of events. Names only; resolve.c finds what they stand for.
 *   key      an expression of a region: one lock per value.
 *   condition   an expression whose outermost operator is a comparison, `&&`, `||` or `!`: the
 *            region is entered, the event counts, only if it holds.
 *   filter   regions that exclude each other and themselves: one lock; or, an order, events: each
 *            waits for the one before it.
 */
#ifndef LOOM_AST_H
#define LOOM_AST_H
#include <stdint.h>
#include "diag.h"

enum expression_kind {
    EXPRESSION_NUMBER, /* characters, too */
    EXPRESSION_NAME,
    EXPRESSION_UNARY,  /* operator left */
    EXPRESSION_BINARY, /* left operator right */
    EXPRESSION_MEMBER, /* left -> name, left . name */
    EXPRESSION_INDEX   /* left [ right ] */
};

enum operator{
    OP_AND_THEN, /* && */
    OP_OR_ELSE,
    OP_EQUAL,
    OP_UNEQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_NOT, /* ! */
    OP_OR,
    OP_XOR,
    OP_AND,
    OP_SHIFT_LEFT,
    OP_SHIFT_RIGHT,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_REMAINDER,
    OP_INVERT,  /* ~ */
    OP_NEGATE,  /* - */
    OP_CONTENT, /* *p */
    OP_ADDRESS, /* &x */
    OP_ARROW,   /* -> */
    OP_DOT
};

/* An expression of C, for the values at a place. */
struct expression {
    enum expression_kind kind;
    enum operator op;
    struct span span;     /* without the parentheses around it */
    struct span own_span; /* of the name, of the operator */
    const char *name;     /* of a variable, of a member */
    uint64_t number;
    int hexadecimal; /* or octal: the number may be unsigned */
    struct expression *left, *right;
};

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
    int shared;                               /* a region that threads may be in together */
    const struct expression *key, *condition; /* null: none. Several conditions are one `&&` */
    unsigned times; /* of an event in an order: how often it happens before the next may */
    const struct expression *count; /* the same, evaluated where the next waits; null: `times` */
};

struct filter {
    struct span span;
    const char *text; /* without comments, runs of white space made one blank */
    const char *name; /* null: none */
    int alone;        /* `r <> *`: the one region excludes everybody */
    int order;        /* `regions` are events, in the order in which they happen */
    struct place *regions;
    unsigned region_count;
    unsigned within_ms, for_ms; /* for_ms 0: stays */
    const char *build;          /* null, or the beginning of the build's hash, in small letters */
    struct span build_span;
    int else_pass, each;
};

struct filters {
    struct arena arena;
    struct filter *items;
    unsigned count;
};

#endif
