// SPDX-License-Identifier: MIT
/*
 * paths.h: where SRC is read and OUT will be, and which pairs are refused.
 *
 * All paths are absolute and resolved, so that two names of one folder compare equal.
 */
#ifndef LOOM_PATHS_H
#define LOOM_PATHS_H
#include "options.h"

struct paths {
    char *root;    /* SRC, resolved */
    char *spelled; /* SRC, absolute as typed (a symlink perhaps): build files may name it so */
    char *out;     /* OUT, resolved but for its last part; NULL with --diff */
    bool update;   /* an earlier run made OUT of the same SRC */
    char *work;    /* the work folder: beside OUT, or in TMPDIR with --diff; not made yet */
    char *runtime; /* the libloom-rt.so.1 of this loom-rewrite, there or not */
    char *headers; /* the folder of this loom-rewrite's support_headers */
};

/* Fills `paths` and refuses what cannot work. 0 or -errno (said). Free with paths_free. */
int paths_find(struct paths *paths, const struct options *options);
/* Only `runtime` and `headers`. 0 or -errno (said). */
int paths_own(struct paths *paths);
void paths_free(struct paths *paths);

/* The part of `path` below `folder` ("" for itself), or NULL if it is not in there. */
const char *paths_below(const char *path, const char *folder);

/* The path can stand between the quotes of an #include and of a string: without it there is no table. */
bool paths_speakable(const char *path);

#endif
