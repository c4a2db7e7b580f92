/* SPDX-License-Identifier: MIT */
/*
 * explore.h: the analysis against brute force.
 *
 * A random small program (a slot table) is run in all ways by one thread: every branch, every
 * callee, every copy a read may choose, a signal handler at any moment, jumps back to where setjmp
 * was called, enters that are skipped because their condition does not hold, the filter published
 * at any moment, the thread activated wherever it pauses at a point that the analysis calls safe.
 * These must never happen:
 *   I4     the thread is activated inside a region
 *   I3     an active thread goes past an operation in a fast copy
 *   reach  a thread that paused at a point from which, says the analysis, the left side of an order
 *          cannot be reached, or one that it started, comes there after all
 * One thread is enough: all are about one thread, and others only decide when things happen. Where
 * it starts a thread, one run goes on with it and another with the started one.
 */
#ifndef LOOM_EXPLORE_H
#define LOOM_EXPLORE_H
#include <stddef.h>
#include <stdint.h>
#include "grammar/analyse.h"

struct dice {
    uint64_t state;
};
uint32_t roll(struct dice *dice, uint32_t sides);
static inline int chance(struct dice *dice, uint32_t percent) {
    return roll(dice, 100) < percent;
}

/* Writes the table of a random program, and a filter on it: an order, or an exclusion. */
void random_program(struct dice *dice, int order, char *table, size_t table_size, char *filter,
                    size_t filter_size);

enum { SEEN = 1, SEEN_INSIDE = 2 }; /* the thread paused there; while it was inside a region */

struct walk_result {
    const char *broken;                             /* null, or which invariant */
    uint32_t place;                                 /* the node where */
    unsigned states, activations, pauses, hopeless; /* pauses where the left side is out of reach */
    unsigned jumps, skips, starts;
    uint32_t watch;      /* a node, or a call behind the nodes */
    int watched, comes;  /* the thread paused there, and could; and came to the left side then */
    int cut;             /* there were more states than the limit */
    unsigned char *seen; /* per node and per call (behind the nodes): SEEN_* */
};

/* conditions: enters may be skipped. watch: see walk_result. The caller frees seen. */
struct walk_result walk_program(const struct program *program, const struct operations *operations,
                                const struct analysis *analysis, int conditions, uint32_t watch,
                                unsigned limit);

#endif
