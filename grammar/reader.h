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
#include <string.h>
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

/* The next field; empty at the end of the line. Here, with what reads fields, since a table has
 * many: half of loom-pipe's time is theirs. */
static inline struct piece read_piece(struct reader *r) {
    const char *at = r->at, *end = r->end;
    while (at < end && *at == ' ') at++;
    const char *from = at;
    while (at < end && *at != ' ') at++;
    r->at = at;
    return (struct piece){from, (size_t)(at - from)};
}

static inline int piece_is(struct piece piece, const char *text) {
    return piece.size == strlen(text) && memcmp(piece.bytes, text, piece.size) == 0;
}

/* A decimal number up to `stop` (0: the end of the piece); moves behind it. 0: it is none. */
static inline int piece_digits(struct piece *piece, char stop, uint32_t *value) {
    const char *at = piece->bytes, *end = at + piece->size;
    uint64_t sum = 0;
    if (end > at + 10) end = at + 10;
    for (; at < end && (unsigned)*at - (unsigned)'0' < 10; at++)
        sum = sum * 10 + (unsigned)*at - (unsigned)'0';
    size_t used = (size_t)(at - piece->bytes);
    if (used == 0 || sum >= NONE) return 0;
    if (stop ? used == piece->size || *at != stop : used != piece->size) return 0;
    *value = (uint32_t)sum;
    piece->bytes += used + (stop != 0);
    piece->size -= used + (stop != 0);
    return 1;
}

/* A number that ends with `stop` (0: the field ends there); reads that, too. */
static inline int read_digits(struct reader *r, char stop, uint32_t *value) {
    const char *at = r->at, *end = r->end < at + 10 ? r->end : at + 10;
    uint64_t sum = 0;
    for (; at < end && (unsigned)*at - (unsigned)'0' < 10; at++)
        sum = sum * 10 + (unsigned)*at - (unsigned)'0';
    *value = (uint32_t)sum;
    if (at == r->at || sum >= NONE) return 0;
    if (stop ? at == r->end || *at != stop : at != r->end && *at != ' ') return 0;
    r->at = at + (stop != 0);
    return 1;
}

static inline void skip_blanks(struct reader *r) {
    while (r->at < r->end && *r->at == ' ') r->at++;
}

static inline int read_number(struct reader *r, uint32_t *value) {
    skip_blanks(r);
    return read_digits(r, 0, value) ? 0 : read_bad(r, "a number is expected");
}

static inline int read_place(struct reader *r, uint32_t *line, uint32_t *column) {
    skip_blanks(r);
    if (read_digits(r, ':', line) && read_digits(r, 0, column)) return 0;
    return read_bad(r, "LINE:COL is expected");
}

/* The sum of the values of the letters that are known. */
static inline uint32_t piece_letters(struct piece field, const char *known,
                                     const uint16_t *values) {
    uint32_t sum = 0;
    for (size_t i = 0; i < field.size; i++)
        for (size_t k = 0; known[k]; k++)
            if (known[k] == field.bytes[i]) sum |= values[k];
    return sum;
}

/* The whole piece as a decimal number of up to 64 bits, `signed` with or without a minus. */
int piece_long(struct piece piece, int with_sign, uint64_t *value);
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
