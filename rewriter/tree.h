// SPDX-License-Identifier: MIT
/*
 * tree.h: copies the source tree, the parts of it that a rewritten tree needs.
 *
 * Vocabulary
 *   copy      every file, folder and link, but for .git, build products (product.h), sockets,
 *             fifos and devices. Copies are writable until they are sealed.
 *   seal      gives every copy the mode, owner and times of its original. A rewritten file keeps
 *             the time of the original as well, so that make does not regenerate it; where OUT was there
 *             already, what changes in it gets the present time (update.h).
 */
#ifndef LOOM_TREE_H
#define LOOM_TREE_H
#include <stddef.h>

struct update;

struct tree {
    const char *root;    /* the source tree, resolved */
    const char *spelled; /* another absolute name of it */
    const char *copy;    /* where the copy is made now */
    const char *out;     /* where it will be; absolute links into root are turned to it; or NULL */
    const struct update *update; /* what the copy has of an OUT that is there: not sealed */
    /* counted by tree_copy */
    size_t files, products, repositories, bound; /* bound: build files that name the root */
};

/* Notes what was not copied. 0 or -errno (said). */
int tree_copy(struct tree *tree);

/* 0 or -errno (said). Flushes the copy to disk: late write errors count. */
int tree_seal(const struct tree *tree);

/* Renames the sealed copy to `out`, in one step; what was `out` is then where the copy was. 0 or
 * -errno (said). */
int tree_publish(const struct tree *tree);

/* Prints a unified diff of every file that differs from its original, or only of the one with this
 * path below the root. 0 or -errno (said). */
int tree_diff(const struct tree *tree, const char *only);

#endif
