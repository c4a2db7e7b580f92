/* SPDX-License-Identifier: MIT */
/*
 * region.h: where a thread can stand inside a region.
 *
 * Vocabulary
 *   inside   behind an enter and not yet behind a leave, on some path, in whatever frame of the
 *            stack the two were passed.
 *   depth    how often inside: 0, 1, or more (2).
 *   Z, A, B  what depth the function was called at: 0, 1, more. States of A and B count only in
 *            functions that really are called so.
 *   frame mode   leaves end what their own frame entered (regions inside one function); what an
 *            outer frame entered goes on.
 *   depth mode   leaves end the innermost hold, whatever frame entered it (LOOM_OP_ANY_FRAME).
 *
 * The flow follows every path of a function, and calls by summaries: what depths a function can
 * return at when called at each depth. So an enter in a callee makes the rest of every caller
 * inside, and a leave in a callee ends the region behind a call that surely makes it (class m) and
 * has no other meaning. Everything a call inside can reach is inside as far as the callee does not
 * leave. A thread that is started inside is not: it has a stack of its own.
 */
#ifndef LOOM_REGION_H
#define LOOM_REGION_H
#include "callgraph.h"
#include "operation.h"

/* Exactly where: entered by this frame, or by one that it called; called inside. */
enum { INSIDE_OWN = 1, INSIDE_CALLED = 2 };

/* Sets node_inside and call_inside (a byte each; both null: not wanted) to 1 where a thread of
 * `region` can be inside: a node counts before and behind the operations of its slot, a call while
 * it lasts. Adds to what is set already. For checks (both null: not wanted), INSIDE_*: exact_slots
 * per node, between the leaves and the enters of its slot; exact_calls while the call lasts.
 * Returns a signal handler that can return inside, or NONE: what it interrupts would then be
 * inside, wherever it is, and the region is not one that can be installed. */
uint32_t region_flow(const struct callgraph *graph, const struct operations *operations,
                     uint16_t region, unsigned char *node_inside, unsigned char *call_inside,
                     unsigned char *exact_slots, unsigned char *exact_calls);

#endif
