/* SPDX-License-Identifier: MIT */
/*
 * find.h: names of a filter to functions and files of the program.
 *
 * Rule: a file is named by a suffix of its path at a `/`; a whole path wins over suffixes.
 * Ambiguity is an error that lists the candidates, a miss offers the nearest names.
 */
#ifndef LOOM_FIND_H
#define LOOM_FIND_H
#include "ast.h"
#include "program.h"

struct found {
    uint32_t *items; /* functions of one name in one file: variants of #if */
    uint32_t count;
};

/* Finds an instrumented function; nothing found: 0 items, and an error was reported. The caller
 * frees items. */
struct found find_function(const struct program *program, const struct place *place,
                           struct diagnostics *diagnostics);

/* The file a place names, or NONE with an error. */
uint32_t find_file(const struct program *program, const struct place *place,
                   struct diagnostics *diagnostics);

int path_matches(const char *path, const char *suffix);

#endif
