/* SPDX-License-Identifier: MIT */
/*
 * narrow.h: keys, conditions and counts of places to programs at their nodes.
 *
 * Rule: an expression is resolved at each node by itself: what a name means there, and where its
 * value is, differs. All nodes must succeed; a message names the node if there are several.
 */
#ifndef LOOM_NARROW_H
#define LOOM_NARROW_H
#include "ast.h"
#include "operation.h"

/* Gives the enters of `operations` from `first` on, which are of `place`, its key and condition. */
void narrow_region(const struct program *program, const struct place *place, int force,
                   struct operations *operations, uint32_t first, struct diagnostics *diagnostics);

/* The program of an event's condition, evaluated at a node; 0: none, or an error was reported. */
uint32_t narrow_event(const struct program *program, const struct place *event, uint32_t node,
                      struct operations *operations, struct diagnostics *diagnostics);

/* The same of the event's count, at a node where the next event waits. */
uint32_t narrow_count(const struct program *program, const struct place *event, uint32_t node,
                      struct operations *operations, struct diagnostics *diagnostics);

#endif
