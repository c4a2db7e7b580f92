// SPDX-License-Identifier: MIT
/*
 * given.h: the variables of file scope whose values a .c file gives (struct loom_file.global).
 *
 * Rules
 *   - only a file that is compiled itself and is included by no other; at its end, where all of
 *     them are visible
 *   - a variable that a function mentions outside of every #if: then it is there whatever the
 *     configuration. If all functions stand in one #if, that one does not count, and the end is
 *     its end
 *   - configurations that were scanned must agree on name and type
 */
#ifndef LOOM_GIVEN_H
#define LOOM_GIVEN_H
#include "facts.h"
#include "text.h"

struct given {
    char *name, *type;
    const struct unit_types *types;
    unsigned first;        /* offset of the first mention that counts */
    unsigned *mentions, mention_count;
    unsigned units;        /* that mention it with this type */
};

struct givens {
    struct names names;
    struct given *list;
    unsigned count;
    unsigned units; /* compile commands of the file */
    bool included;  /* other files include it */
    unsigned place; /* where in the text the function goes */
};

struct definition;

/* A unit whose main file this is mentions them. */
void givens_add(struct givens *givens, const struct unit_facts *unit);
/* Leaves what can be given, by place in the text; sets `place`. */
void givens_choose(struct givens *givens, const struct text *text,
                   struct definition *const *definitions, unsigned count);
void givens_free(struct givens *givens);

/* An array, struct or function is given by its address. */
static inline bool given_by_address(const struct given *given) {
    return given->type[0] == 'a' || given->type[0] == 'r' || given->type[0] == 'F';
}

#endif
