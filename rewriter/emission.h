// SPDX-License-Identifier: MIT
/*
 * emission.h: text of one file on its way out, shared by emit.c (files), emit_edit.c (edits),
 * emit_twin.c (copies that are functions of their own) and emit_substitute.c (what else gets the name of
 * such a copy).
 */
#ifndef LOOM_EMISSION_H
#define LOOM_EMISSION_H
#include "emit.h"

/* Behind an #endif, a closure's name stands for its slow copy (place_closure.c). */
struct substitute {
    unsigned at;
    const char *name;
};

struct emission {
    const struct program_file *file;
    const char *bytes;
    const struct definition *definition; /* whose edits are being written */
    const struct program *program;
    const char *tree, *shown; /* of a unit alone, else NULL */
    struct substitute *substitutes; /* of the file, by place */
    unsigned substitute_count;
    FILE *out;
};

/* emit_edit.c */
void put(struct emission *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text as it is; in a unit alone its #includes name what they mean. */
void put_bytes(struct emission *e, unsigned begin, unsigned end);
/* Text from begin to end with the edits of a list, which is sorted by that. Aborts if they overlap. */
void put_range(struct emission *e, struct edits *edits, unsigned begin, unsigned end);
/* The same as a string, to be freed. */
char *render(struct emission *e, struct edits *edits, unsigned begin, unsigned end);

/* emit_substitute.c */
void find_substitutes(struct emission *e);
/* Text between definitions: nothing but substitutes is inserted. */
void put_between(struct emission *e, unsigned begin, unsigned end);

/* emit_twin.c: a definition whose slow copy is a function of its own. */
void put_twin(struct emission *e, struct run *run);

#endif
