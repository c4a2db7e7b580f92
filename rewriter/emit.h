// SPDX-License-Identifier: MIT
/*
 * emit.h: shared by emit.c (rewritten files) and table.c (OUT/.loom/PATH.h with the slot table).
 */
#ifndef LOOM_EMIT_H
#define LOOM_EMIT_H
#include "program.h"
#include "stages.h"

/* The companion of a file: tag, LOOM_FILE with the table as a string. up: the way from the file's
 * folder to the root ("../" per folder). */
void put_companion(FILE *out, const struct program *program, const struct program_file *file,
                   const char *up);

void count_points(const struct function *function, struct rewrite_totals *totals);

#endif
