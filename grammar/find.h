/* SPDX-License-Identifier: MIT */
/*
 * find.h: names of a filter to functions and files of the program.
 *
 * Vocabulary
 *   copies   files of one path and one content: a header, or a source, that was built into several
 *            modules. A name means all copies; the same path with another content is another file.
 *
 * Rule: a file is named by a suffix of its path at a `/`; a whole path wins over suffixes.
 * Ambiguity is an error that lists the candidates, a miss offers the nearest names. A miss is what
 * --wait waits for (diag_absent).
 */
#ifndef LOOM_FIND_H
#define LOOM_FIND_H
#include "ast.h"
#include "program.h"

struct found {
    uint32_t *items;
    uint32_t count;
};

/* Finds an instrumented function: its variants of #if in one file, and in all copies of the file.
 * Nothing found: 0 items, and an error was reported. The caller frees items. */
struct found find_function(const struct program *program, const struct place *place,
                           struct diagnostics *diagnostics);

/* The file a place names, and its copies; 0 items with an error. The caller frees items. */
struct found find_files(const struct program *program, const struct place *place,
                        struct diagnostics *diagnostics);

void found_add(struct found *found, uint32_t item);
int path_matches(const char *path, const char *suffix);
int are_copies(const struct program *program, uint32_t file, uint32_t other);
/* One function, or two copies of one. */
int is_same_function(const struct program *program, uint32_t function, uint32_t other);

#endif
