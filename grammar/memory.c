// SPDX-License-Identifier: MIT
/* memory.c: see memory.h. */
#include "memory.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16, ALIGN = 16 };

struct arena_block {
    struct arena_block *before;
    size_t used, size;
    _Alignas(ALIGN) unsigned char bytes[];
};

static _Noreturn void out_of_memory(void) {
    fputs("loom-pipe: out of memory\n", stderr);
    exit(2);
}

void *take(size_t count, size_t size) {
    void *items = calloc(count ? count : 1, size);
    if (!items) out_of_memory();
    return items;
}

void *grow(void *items, size_t count, size_t size) {
    if (count & (count - 1) || (count && count < 8)) return items;
    if (count > SIZE_MAX / 2 / size) out_of_memory();
    items = realloc(items, (count ? count * 2 : 8) * size);
    if (!items) out_of_memory();
    return items;
}

void *arena_take(struct arena *arena, size_t size) {
    struct arena_block *block = arena->last;
    if (size > SIZE_MAX / 2) out_of_memory();
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (!block || block->size - block->used < size) {
        size_t room = size > BLOCK ? size : BLOCK;
        block = calloc(1, sizeof *block + room);
        if (!block) out_of_memory();
        block->size = room;
        block->before = arena->last;
        arena->last = block;
    }
    block->used += size;
    return block->bytes + block->used - size;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t size) {
    char *copy = arena_take(arena, size + 1);
    if (size) memcpy(copy, bytes, size);
    return copy;
}

char *arena_vprint(struct arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (size < 0) return arena_copy(arena, "", 0);
    char *text = arena_take(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    return text;
}

char *arena_print(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vprint(arena, format, arguments);
    va_end(arguments);
    return text;
}

void arena_free(struct arena *arena) {
    while (arena->last) {
        struct arena_block *block = arena->last;
        arena->last = block->before;
        free(block);
    }
}
