/* SPDX-License-Identifier: MIT */
/* dot.h: --explain --format dot: a filter as a picture, for graphviz. */
#ifndef LOOM_DOT_H
#define LOOM_DOT_H
#include "session.h"

/* Writes one `digraph` per call: one cluster per function concerned, nodes in the order of control.
 * `number` makes the name of the graph. */
void dot_print(FILE *out, const struct session *session, const struct work *work, unsigned number);

#endif
