/* SPDX-License-Identifier: MIT */
/*
 * lines.h: a range of lines as a region: where it is entered and left.
 *
 * Rules
 *   - Inside are the nodes of one function whose statement begins in the range.
 *   - Enters stand at nodes of the region that control reaches from outside.
 *   - Leaves stand on the edges that lead out: at the first slot outside; behind a jump or at the
 *     end of a block, there itself if no slot follows outside.
 *   - Where such a slot is missing and something could happen in between, the range is refused.
 */
#ifndef LOOM_LINES_H
#define LOOM_LINES_H
#include "ast.h"
#include "find.h"
#include "operation.h"

void resolve_lines(const struct program *program, const struct place *place,
                   struct operations *operations, struct diagnostics *diagnostics);

/* The first statement of a line, or of the next line that has one in the same function; a note says
 * so, and which one it is of several. One node per copy of the file; none: an error was reported.
 * The caller frees items. */
struct found resolve_line(const struct program *program, const struct place *place,
                          struct diagnostics *diagnostics);

#endif
