/* SPDX-License-Identifier: MIT */
/*
 * reader.h: the fields of a slot table's lines (rt/table.h), for the files that read it into a
 * program.
 *
 *   program.c     files, functions, nodes, calls
 *   variables.c   records, constants, globals, locals, and what slots pass
 *
 * Rule: a table is read as if it came from a stranger. Unknown lines and letters are skipped, any
 * other surprise names the line and refuses the table. What reads a line answers 0 or -EINVAL.
 */
#ifndef LOOM_READER_H
#define LOOM_READER_H
#include "program.h"

struct reader {
    struct program *program;
    const char *at, *end; /* of the present line */
    uint32_t line, file, points;
    uint32_t *types, type_count; /* table's type ID to name */
    uint32_t *node_of;           /* point to node; only those of the present function count */
    uint32_t function;           /* under construction, or NONE */
    const char *why;
};

struct piece { /* of a line: without blanks */
    const char *bytes;
    size_t size;
};

/* Says what is wrong with the present line, unless something was said already; -EINVAL. */
int read_bad(struct reader *r, const char *what);
struct piece read_piece(struct reader *r); /* empty at the end of the line */
int read_number(struct reader *r, uint32_t *value);
int read_place(struct reader *r, uint32_t *line, uint32_t *column);

int piece_is(struct piece piece, const char *text);
/* A decimal number up to `stop` (0: the end of the piece); moves behind it. 0: it is none. */
int piece_digits(struct piece *piece, char stop, uint32_t *value);
/* The whole piece as a decimal number of up to 64 bits, `signed` with or without a minus. */
int piece_long(struct piece piece, int with_sign, uint64_t *value);
/* The sum of the values of the letters that are known. */
uint32_t piece_letters(struct piece field, const char *known, const uint16_t *values);
/* Without %XX; lives as long as the program. */
const char *piece_plain(struct reader *r, struct piece field);
uint32_t piece_name(struct reader *r, struct piece field);

/* ---- variables.c ---- */
int read_record(struct reader *r);
int read_member(struct reader *r);
int read_constant(struct reader *r);
int read_global(struct reader *r);
int read_local(struct reader *r);
/* The last field of a node. */
int read_values(struct reader *r, struct node *node);
/* Of the function that ends: values become numbers of locals. */
int end_values(struct reader *r, const struct function *function);

#endif
