// SPDX-License-Identifier: MIT
/*
 * flags.h: which arguments of a recorded compile command matter for parsing.
 *
 * Kept: what changes the meaning of the text (-D -U -I -include -std -x -f... -m... -O...).
 * Dropped: outputs, dependency files, linking, warnings, plug-ins, input files.
 */
#ifndef LOOM_FLAGS_H
#define LOOM_FLAGS_H
#include <stdbool.h>

/* Stands for -fopenmp: libclang does not show what is in the statements of a directive, so it must
 * read them as if there were none. */
#define FLAG_OPENMP "-D_OPENMP=201511"

struct flags {
    char **list; /* ends with NULL; the strings are owned */
    int count, room;
};

/* Adds the arguments that matter; `arguments` has no compiler name. */
void flags_keep(struct flags *flags, int count, const char *const *arguments);

/* The argument behind this one is its value. */
bool flags_take_next(const char *argument);

void flags_add(struct flags *flags, const char *text);
void flags_free(struct flags *flags);
bool flags_equal(const struct flags *a, const struct flags *b);

/* The language that -x gives, or NULL. */
const char *flags_language(const struct flags *flags);

/* True for a flag that clang can be asked about alone: one word, no name of a file or macro. */
bool flags_testable(const char *flag);

#endif
