/* SPDX-License-Identifier: MIT */
/* source.h: the text of the program's files, for --explain; of the running version or none. */
#ifndef LOOM_SOURCE_H
#define LOOM_SOURCE_H
#include "program.h"

struct source {
    uint32_t file; /* whose text this is; NONE: of no file yet */
    char *bytes;   /* null: not readable, or another version */
    size_t size;
};

/* Reads a file below `folder` (null: the current one) unless it is there already. */
void source_read(struct source *source, const struct program *program, uint32_t file,
                 const char *folder);
/* A line, without its end, or null. */
const char *source_line(const struct source *source, uint32_t line, size_t *size);
void source_free(struct source *source);

#endif
