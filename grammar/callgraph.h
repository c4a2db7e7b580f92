/* SPDX-License-Identifier: MIT */
/*
 * callgraph.h: who may call whom.
 *
 * Vocabulary
 *   set      functions that one callee text can mean: a name seen from a file, a function type,
 *            all functions whose address is taken, or every function. Calls share sets.
 *
 * Rules
 *   - A name means the static function of its own file if there is one, else every function of
 *     that name (other modules may interpose; headers and included .c files may define it static).
 *   - A function type means every function of that type whose address is taken, every one whose
 *     address was cast, and every one without a prototype; an unknown type, or one without a
 *     prototype, means all whose address is taken.
 *   - A call that may call back (class k) means all whose address is taken, besides its callee.
 *   - A blind function that does not list its calls may call every function.
 */
#ifndef LOOM_CALLGRAPH_H
#define LOOM_CALLGRAPH_H
#include "program.h"

struct set {
    uint32_t first, count;           /* in members */
    uint32_t first_call, call_count; /* in callers: the calls that mean this set */
};

struct callgraph {
    const struct program *program;
    struct set *sets;
    uint32_t set_count;
    uint32_t *members;   /* functions */
    uint32_t *callers;   /* calls */
    uint32_t *set_of;    /* per call: its callee's set; never NONE */
    uint32_t *sets_of;   /* sets each function is a member of, in order of functions */
    uint32_t *first_set; /* [function_count + 1], index in sets_of */
    uint32_t taken;      /* the set of all whose address is taken */
    uint32_t every;      /* the set of all functions */
};

/* Made from a fast run, the call leads into the function's fast copy without a test: a closure has none,
 * a shortcut goes past it. */
int call_is_untested(const struct call *call, const struct function *callee);

void callgraph_make(struct callgraph *graph, const struct program *program);
void callgraph_free(struct callgraph *graph);

/* Does a call return a second time: setjmp, fork of a kind? Where a function makes such a call that
 * its table does not show, all of its nodes do. */
int call_lands(const struct program *program, uint32_t call);
int node_lands(const struct program *program, uint32_t node);

/* Marks in `reached` (a byte per function) all functions that a call, or a function, can reach in
 * the same thread: a thread that is started has a stack of its own.
 * `done` is scratch that makes many calls cheap: a zeroed byte per set, kept between calls. */
void reach_from_call(const struct callgraph *graph, uint32_t call, unsigned char *reached,
                     unsigned char *done);
void reach_from_function(const struct callgraph *graph, uint32_t function, unsigned char *reached,
                         unsigned char *done);

#endif
