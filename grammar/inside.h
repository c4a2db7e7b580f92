/* SPDX-License-Identifier: MIT */
/*
 * inside.h: what a thread can come to while it is in a region, and by which calls. For checks.
 *
 * Rule: here, other than in the analysis, doubt acquits. Followed are calls by name, and pointers
 * whose type fits one function only; pointers that may mean several make what is behind them
 * doubtful; what a library calls back is not followed, and neither are returns out of the region
 * further than to the direct callers of what enters.
 */
#ifndef LOOM_INSIDE_H
#define LOOM_INSIDE_H
#include "callgraph.h"
#include "operation.h"

struct inside {
    const struct callgraph *graph;
    unsigned char *slots, *calls; /* INSIDE_* of region.h; may be there before the rest */
    uint32_t *through;            /* per function: the call by which it is reached, or NONE */
    unsigned char *doubtful;      /* per function: only through a pointer that may mean others */
};

enum way { WAY_NONE, WAY_DOUBTFUL, WAY_SURE };

/* Makes what is not there yet. */
void inside_make(struct inside *inside, const struct callgraph *graph,
                 const struct operations *operations, uint16_t region);
void inside_free(struct inside *inside);

/* Does a thread come inside to the slot of a node (behind its leaves, in front of its enters), to a
 * call? */
enum way inside_slot(const struct inside *inside, uint32_t node);
enum way inside_call(const struct inside *inside, uint32_t call);

/* "f -> g (a.c:12) -> h (b.c:30)": the calls that lead from the region to a function. */
void inside_path(const struct inside *inside, uint32_t function, char *text, size_t size);

/* Marks in `reached` (a byte per function) what `function` calls, in the same sense (sure only). */
void sure_callees(const struct callgraph *graph, uint32_t function, unsigned char *reached);

/* Marks in `fresh` (a byte per node) where a thread can be that never entered a region of the
 * exclusion; with `again`, or has left it again. */
void outside_nodes(const struct callgraph *graph, const struct operations *operations, int again,
                   unsigned char *fresh);

/* Where a call stands. */
uint32_t call_line(const struct program *program, uint32_t call);

#endif
