// SPDX-License-Identifier: MIT
/*
 * emit.h: shared by emit.c (rewritten files) and table.c (OUT/.loom/PATH.h with the slot table).
 */
#ifndef LOOM_EMIT_H
#define LOOM_EMIT_H
#include "program.h"
#include "stages.h"

/* The companion of a file: tag, LOOM_FILE with the table as a string. up: the way from the file's
 * folder to the root ("../" per folder). rewritten: hash of its rewritten text; units that were
 * rewritten alone share a header's symbols only if they made the same of it. */
void put_companion(FILE *out, const struct program *program, const struct program_file *file,
                   const char *up, uint64_t rewritten);

/* The words of an #include in a unit alone. */
void put_include(FILE *out, const struct program *program, const struct include *include,
                 const char *tree, const char *text);

/* Both are 0 or -errno (said). Shared with emit_alone.c. */
int emit_companion(const struct program *program, const struct program_file *file,
                   const char *tree, uint64_t rewritten);
bool has_companion(const struct program *program, const struct program_file *file);
int emit_support(const char *tree, const struct rewrite_options *options);
int emit_write(const char *path, const char *text, size_t size); /* 0 or -errno */
int emit_parents(const char *path);                              /* 0 or -errno */
/* The rewritten text, to be freed. shown: the name for a #line, or NULL: as the compiler has it.
 * tree: where the file is written, if its #includes are turned. */
char *emit_text(const struct program *program, const struct program_file *file, const char *tree,
                const char *shown, size_t *size);

/* totals.c */
void totals_add(struct rewrite_totals *totals, const struct program_file *file);

#endif
