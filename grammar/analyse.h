/* SPDX-License-Identifier: MIT */
/*
 * analyse.h: what an installation must know: unsafe pause points, and functions that go slow.
 *
 * Rule (design 3): a pause point is unsafe for a filter if a thread that stands there can be inside
 * one of its regions, or can have a stale frame on its stack, or can be in a signal handler, whose
 * interrupted frames nobody knows. A slot with an operation of the filter is unsafe itself. So is
 * an external call that may call back a function without a boundary: the thread still counts as
 * being at the call while it runs that function, and may be anywhere below it.
 */
#ifndef LOOM_ANALYSE_H
#define LOOM_ANALYSE_H
#include "callgraph.h"
#include "inside.h"
#include "operation.h"

enum {
    UNSAFE_INSIDE = 1,
    UNSAFE_STALE = 2,
    UNSAFE_BELOW_STALE = 4,
    UNSAFE_HANDLER = 8,
    UNSAFE_OWN_SLOT = 16,
    UNSAFE_CALLBACK = 32
};

struct analysis {
    unsigned char *nodes;    /* per node: UNSAFE_*, also of nodes that are no pause points */
    unsigned char *calls;    /* per call */
    unsigned char *slow;     /* per function: must go slow */
    unsigned char *not_slow; /* per function: should, but cannot: closures called from code that
                                always runs fast */
    uint32_t keeping;        /* a signal handler that can return inside a region, or NONE */
    uint32_t points, unsafe; /* pause points, and those unsafe */
    struct inside *insides;  /* of an exclusion, per region: for checks (analysis_insides) */
    uint16_t inside_count;
    uint16_t *reach_nodes; /* of an order, per node: bit n: from there a thread can still come to */
    uint16_t *reach_calls; /* the left side of link n (reach.h); else null */
};

void analyse(const struct callgraph *graph, const struct operations *operations,
             struct analysis *analysis);
/* Makes the insides whole; of an analysis that is zero, nothing else. */
void analysis_insides(const struct callgraph *graph, const struct operations *operations,
                      struct analysis *analysis);
void analysis_free(struct analysis *analysis);

static inline int is_pause_node(const struct node *node) {
    return node->kind == NODE_POLL || node->attributes & NODE_SLOT;
}

#endif
