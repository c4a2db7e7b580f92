/* SPDX-License-Identifier: MIT */
/*
 * world.h: the small program that the fuzz targets share: as loom-pipe reads it from tables, and as
 * files that are attached to a runtime. Made once, of fixed text.
 */
#ifndef LOOM_FUZZ_WORLD_H
#define LOOM_FUZZ_WORLD_H
#include <stddef.h>
#include <stdint.h>
#include "grammar/callgraph.h"

enum { WORLD_FILES = 3, WORLD_POINTS = 200, WORLD_FLAGS = 20, WORLD_GLOBALS = 3 };

const struct program *world_program(void);
const struct callgraph *world_graph(void);

/* Attaches the same files to the runtime's list, once; returns their hash as in plan.h. Takes
 * RANK_INSTALL and keeps it: the fuzz targets have one thread. */
uint64_t world_modules(void);

/* The files' variables: a struct, a number, a function; 0: there is no more. */
unsigned long world_global(unsigned n);

/* Ends the program with a message: libFuzzer keeps the input. */
_Noreturn void world_fail(const char *what, const char *more);

/* Instead of sys_map and sys_unmap, in the whole runtime: memory whose ends ASan knows. */
void *fuzz_map(size_t size);
void fuzz_unmap(void *memory, size_t size);
/* Instead of sys_read; a target may have its own. */
long fuzz_read(int fd, void *buffer, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
