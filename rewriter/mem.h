// SPDX-License-Identifier: MIT
/*
 * mem.h: memory for a batch program. There is nothing useful to do without memory, so these never
 * return NULL: they say so and exit, and the guard (guard.h) removes what is half done.
 */
#ifndef LOOM_MEM_H
#define LOOM_MEM_H
#include <stddef.h>

void *mem_zero(size_t count, size_t size);
void *mem_grow(void *old, size_t count, size_t size);
char *mem_copy(const char *text);
__attribute__((format(printf, 1, 2))) char *mem_format(const char *format, ...);

#endif
