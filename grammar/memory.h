/* SPDX-License-Identifier: MIT */
/*
 * memory.h: memory of one run of loom-pipe.
 *
 * Rule: what lives as long as the run (names, syntax trees, messages) comes from an arena and is
 * given back in one go; arrays that grow are plain heap and have one owner. When memory runs out
 * the process ends with a message: nothing of the target has changed then but what the pipe's
 * protocol makes whole or drops.
 */
#ifndef LOOM_MEMORY_H
#define LOOM_MEMORY_H
#include <stdarg.h>
#include <stddef.h>

struct arena {
    struct arena_block *last;
};

void *arena_take(struct arena *arena, size_t size); /* zeroed, aligned for any type */
char *arena_copy(struct arena *arena, const char *bytes, size_t size); /* adds a NUL */
char *arena_print(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprint(struct arena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
void arena_free(struct arena *arena);

/* Room for item number `count` of an array that doubles: items = grow(items, count, sizeof). */
void *grow(void *items, size_t count, size_t size);
void *take(size_t count, size_t size); /* zeroed; free() gives it back */

#endif
