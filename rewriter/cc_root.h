// SPDX-License-Identifier: MIT
/*
 * cc_root.h: the folder below which loom-cc rewrites, and from which it names files. A build has
 * no SRC that somebody typed, and each unit must come to the same answer.
 */
#ifndef LOOM_CC_ROOT_H
#define LOOM_CC_ROOT_H

/* For a resolved path: $LOOM_ROOT; the nearest folder upwards with .git; the highest one with a
 * build file, below the home folder; the file's own. To be freed; NULL: not below $LOOM_ROOT. */
char *cc_root(const char *file);

#endif
