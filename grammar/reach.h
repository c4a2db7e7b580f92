/* SPDX-License-Identifier: MIT */
/*
 * reach.h: from where a thread can still come to one of a set of nodes.
 *
 * Rule: in doubt it can. A thread goes on to successors, into callees, back to every caller, into
 * what an external function may call back, to where a longjmp below may land, and into what runs
 * when threads or the process end. A signal handler that can come to a node can do so from
 * everywhere; so can a thread that a library may have started in a function it was given.
 *
 * Vocabulary
 *   target   one of the nodes
 *   follow   a thread that is started counts for its creator: one of the two can
 *
 * Not seen: a start routine of this program that a library gets as well and calls in a thread of
 * its own.
 */
#ifndef LOOM_REACH_H
#define LOOM_REACH_H
#include "callgraph.h"
#include "operation.h"

struct reach {
    unsigned char *front;  /* per node: from in front of its slot */
    unsigned char *behind; /* per node: from behind its slot, in front of its calls */
    unsigned char *calls;  /* per call: from inside it, or behind it */
};

/* target: a byte per node. */
void reach_make(struct reach *reach, const struct callgraph *graph, const unsigned char *target,
                int follow);
void reach_free(struct reach *reach);

/* The left sides of an order's links: bit n of a node (front) and of a call is link n. The caller
 * frees both. */
void reach_links(const struct callgraph *graph, const struct operations *operations,
                 uint16_t **nodes, uint16_t **calls);

#endif
