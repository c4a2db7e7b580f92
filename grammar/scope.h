/* SPDX-License-Identifier: MIT */
/*
 * scope.h: what a name means in front of a node: the locals that its slot passes, then the
 * variables of its file, then the enumerators of its file; NULL, true and false if it is none.
 *
 * Rule: a name of a local that this slot does not pass is an error, also if a variable of the file
 * has the name: which of them C means here is not known.
 */
#ifndef LOOM_SCOPE_H
#define LOOM_SCOPE_H
#include "ast.h"
#include "machine.h"
#include "type.h"

struct scope {
    const struct program *program;
    uint32_t node;
    struct arena *arena;
    struct diagnostics *diagnostics;
};

/* An expression of C with its type. */
struct typed {
    const struct step *step; /* null: an error was reported */
    struct type type;
    int in_memory;             /* the step gives the address where it is */
    const struct member *bits; /* a bit-field in memory, or null */
};

struct typed scope_find(const struct scope *scope, const struct expression *name);

/* The path of the node's file. */
const char *scope_file(const struct scope *scope);
/* FILE:LINE of the node. */
const char *scope_place(const struct scope *scope);

#endif
