// SPDX-License-Identifier: MIT
/*
 * compdb.h: which files are compiled, and how.
 *
 * Either from a compile_commands.json, or every .c file with the same flags. Every unit gets what
 * parsing with libclang needs on top (its resource folder, quiet warnings, what gcc accepts).
 */
#ifndef LOOM_COMPDB_H
#define LOOM_COMPDB_H
#include "names.h"
#include "stages.h"

struct units {
    struct unit *list;
    size_t count;
    size_t outside; /* commands for files that are not below the root */
    size_t other;   /* commands for other languages than C */
    struct names mixed; /* files that sources of such languages include: mixed.h */
};

/* The compile_commands.json to use: `named` (a file or folder), or the one nearest to the root.
 * *found is NULL if there is none. 0 or -errno (said). */
int compdb_find(const char *root, const char *named, char **found);

/* Reads the commands for C files below root, equal ones once. work: a folder for short-lived
 * files. 0 or -errno (said). */
int compdb_load(const char *file, const char *root, const char *work, struct units *units);

/* Every .c file below root, with the same flags, as if compiled in root. 0 or -errno (said). */
int compdb_plain(const char *root, int count, char *const *cflags, struct units *units);

/* One command; count, arguments: without the compiler. Takes no file but C. */
void compdb_one(const char *file, const char *directory, int count, char *const *arguments,
                struct units *units);

void compdb_free(struct units *units);

#endif
