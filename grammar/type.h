/* SPDX-License-Identifier: MIT */
/*
 * type.h: the types of values, as slot tables write them (rt/table.h).
 *
 * A type is its text; struct type is a reading of the first letter, made as often as it is needed.
 * Arithmetic is gcc's on x86-64: int has 4 bytes, long and pointers 8.
 */
#ifndef LOOM_TYPE_H
#define LOOM_TYPE_H
#include "program.h"

enum type_kind {
    TYPE_INTEGER, /* bool, characters and enums, too */
    TYPE_FLOATING,
    TYPE_POINTER,
    TYPE_RECORD,
    TYPE_ARRAY,
    TYPE_VOID,
    TYPE_FUNCTION,
    TYPE_OTHER
};

struct type {
    enum type_kind kind;
    uint8_t size;      /* of an integer */
    uint8_t is_signed; /* an integer */
    uint8_t is_bool;
    uint32_t layout;   /* number in the program, or NONE: not in the table */
    uint64_t count;    /* of an array; 0: unknown */
    const char *inner; /* of a pointer, of an array: what it points to, what it has */
    uint32_t file;     /* whose layouts its text means */
    const char *text;
};

/* Is it well-formed? Letters of other versions are. */
int type_is_good(const char *text);
struct type type_of(const struct program *program, uint32_t file, const char *text);
struct type type_inner(const struct program *program, struct type type);
struct type type_integer(unsigned size, int is_signed);
struct type type_pointer(const struct program *program, struct arena *arena, struct type to);
/* Bytes; 0: unknown. void and functions have 1, as for gcc's arithmetic on their pointers. */
uint64_t type_bytes(const struct program *program, struct type type);
/* As C says it. */
const char *type_print(const struct program *program, struct arena *arena, struct type type);

#endif
