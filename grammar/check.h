/* SPDX-License-Identifier: MIT */
/*
 * check.h: refuses, or warns of, filters that would hurt or not protect, before they are there.
 *
 * Rule: what certainly breaks a filter is an error; what is suspected to is an error that --force
 * makes a warning; what may leave a gap, or only costs, is a warning. The guard of the runtime
 * stays on whatever is forced.
 *
 *   check.c        closures, handlers, shared regions, nothing safe
 *   check_wait.c   a region that waits inside for what only another thread in it can do
 *   check_leave.c  a region that is entered and never left
 *   check_nest.c   enters inside: with keys, and against another filter in opposite order
 *   check_order.c  an order that waits inside an exclusion
 *   check_past.c   an order whose left side cannot happen any more
 */
#ifndef LOOM_CHECK_H
#define LOOM_CHECK_H
#include "analyse.h"
#include "inside.h"

struct checking {
    const struct callgraph *graph;
    const struct operations *operations;
    int force;
    struct diagnostics *diagnostics;
    const struct inside *insides; /* one per region; null for orders */
};

/* The filter by itself. */
void check(const struct callgraph *graph, const struct operations *operations,
           struct analysis *analysis, int force, struct diagnostics *diagnostics);

/* The filter beside another one, which is installed or stands before it in the text. */
struct other {
    const struct operations *operations;
    struct analysis *analysis; /* may be zero: only its insides are asked for */
    const char *text;
};
void check_beside(const struct callgraph *graph, const struct operations *operations,
                  struct analysis *analysis, const struct other *others, uint32_t count, int force,
                  struct diagnostics *diagnostics);

/* Where the threads of the process are: LOOM_THREADS. */
struct standing {
    uint32_t node, call; /* one of them; both NONE: not known, or running */
};
/* An order: whether its left sides can still happen. */
void check_past(const struct callgraph *graph, const struct operations *operations,
                const struct analysis *analysis, const struct standing *threads, uint32_t count,
                int force, struct diagnostics *diagnostics);

/* ---- parts, for check*.c --------------------------------------------------------------------- */

struct checking checking_of(const struct callgraph *graph, const struct operations *operations,
                            struct analysis *analysis, int force, struct diagnostics *diagnostics);

/* An error, or with --force a warning. */
#define SUSPECTED(c) ((c)->force ? SEVERITY_WARNING : SEVERITY_ERROR)
/* The hint of what is suspected: what to do instead, and that it can be forced. */
void checking_hint(const struct checking *c, const char *instead);

/* Adds a hint with the calls that lead there. */
void checking_path(const struct checking *c, const struct inside *inside, const char *what,
                   uint32_t function);

/* Can a thread that is started in one of the functions (by these calls; all: null) enter? */
int starts_enter(const struct callgraph *graph, const struct operations *operations,
                 const uint32_t *calls, uint32_t count, uint32_t *function);

void check_waits(struct checking *c);
void check_leaves(struct checking *c);
void check_keys(struct checking *c);
void check_nesting(struct checking *c, const struct other *other);
void check_order_inside(struct checking *exclusion, const struct operations *order,
                        const char *text, int order_is_mine);

#endif
