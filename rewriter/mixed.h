// SPDX-License-Identifier: MIT
/*
 * mixed.h: files that units of other languages (C++, Objective-C) include, too.
 *
 * Those units are not read by libclang, and are built as they are: the functions of C headers in them
 * have their slots (slot.h is C++, too), but nobody rewrites their calls. So such functions keep a
 * flag test of their own (no closures, place_closure.c).
 *
 * Rule: by name. An #include of a/b.h means each file of the tree that is named b.h, whatever the
 * folders are, and whether an #if leaves it out or not.
 */
#ifndef LOOM_MIXED_H
#define LOOM_MIXED_H
#include "names.h"

/* Its suffix is that of a source file of such a language. */
bool mixed_is_source(const char *path);
/* Adds the names of the files that this one includes. A file that cannot be read includes none. */
void mixed_add(struct names *names, const char *path);
/* Adds what those include in turn, in the tree. */
void mixed_follow(struct names *names, const char *root);
bool mixed_reads(const struct names *names, const char *path);

#endif
