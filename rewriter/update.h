// SPDX-License-Identifier: MIT
/*
 * update.h: OUT is there already: a run changes in it what must be changed, and nothing else.
 *
 * Rule: the tree that is made in the work folder becomes OUT in one step, as always. Before that it
 * takes over from the OUT that is there, by hard links, with their times
 *   - what this run made as the last one did; if the build changed it since, as changed
 *   - what no run made: products of the build
 * What differs from the last run gets the present time, all the same: make sees that it is new,
 * and no order among it.
 *
 * OUT/.loom/made lists what a run made: `HASH PATH`, ended by zero bytes; the first one names SRC.
 */
#ifndef LOOM_UPDATE_H
#define LOOM_UPDATE_H
#include "names.h"
#include <stdbool.h>
#include <stddef.h>

struct update {
    const char *root;    /* SRC */
    const char *tree;    /* the tree that is made */
    const char *out;     /* NULL: there is none yet */
    struct names kept;   /* paths that were taken over: their modes and times stay */
    size_t changed;      /* files that were not */
};

/* The SRC of which a run made OUT; NULL: none did. To be freed. */
char *update_source(const char *out);

/* Writes the list into the tree; takes over. The tree is not sealed yet. 0 or -errno (said). */
int update_tree(struct update *update);

#endif
