// SPDX-License-Identifier: MIT
/*
 * table_types.h: the part of a table that expressions in filters need: records and their members,
 * enumerators, variables of file scope (lines rec, m, e, g of rt/table.h).
 *
 * Rule: tables stay small. A record is listed whole if a passed value or a given variable is one
 * or points to one; one further away, or of a system header, only with the members that functions
 * of the file mention, and not at all if they mention none.
 */
#ifndef LOOM_TABLE_TYPES_H
#define LOOM_TABLE_TYPES_H
#include "program.h"

struct listed {
    const struct record *record;
    const struct unit_types *types; /* of its unit */
    bool whole;
};

struct records {
    const struct program_file *file;
    struct listed *list; /* by number in the table */
    unsigned count;
    struct names names; /* USRs, with the same numbers */
    struct names given; /* names of the file's given variables */
};

/* Those that the file's values and variables lead to; needs `file`. */
void collect_records(struct records *records);
void records_free(struct records *records);

/* A type with the numbers of this table; `?` for a record that is not listed. */
void put_type(FILE *out, const struct records *records, const char *type,
              const struct unit_types *types);
void put_records(FILE *out, const struct records *records);
void put_enumerators(FILE *out, const struct program_file *file);
void put_givens_lines(FILE *out, const struct records *records);

/* table.c: a name or a type as a field of a line, within a string literal */
void put_field(FILE *out, const char *text);

#endif
