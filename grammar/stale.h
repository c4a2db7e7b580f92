/* SPDX-License-Identifier: MIT */
/*
 * stale.h: calls that were made in a fast run which goes on past slots of a filter.
 *
 * Rule (design 3): a call is stale if a slot of the filter, exit slots included, can be reached
 * from it in its function before the flag is read again. Untested calls on the way (of closure
 * functions, and shortcuts) count as inlined: they run in the copy of their caller. And a longjmp goes on in the copy in
 * which setjmp was called: if a slot can be reached from there before a read, the frame is stale
 * wherever it is.
 */
#ifndef LOOM_STALE_H
#define LOOM_STALE_H
#include "callgraph.h"
#include "operation.h"

/* Sets call_stale (a byte per call) to 1 for stale calls, and frame_stale (a byte per function) for
 * functions whose frames are stale everywhere. */
void stale_calls(const struct callgraph *graph, const struct operations *operations,
                 unsigned char *call_stale, unsigned char *frame_stale);

/* Sets untested (a byte per function) to 1 for functions that untested calls lead to, and that contain
 * a slot of the filter, themselves or behind an untested call. */
void untested_with_slots(const struct callgraph *graph, const struct operations *operations,
                         unsigned char *untested);

#endif
