// SPDX-License-Identifier: MIT
/*
 * product.h: which files of a tree are products of a build, told by their first bytes.
 *
 * A tree that was built in place holds objects that are newer than the sources. Copied, make would
 * link them instead of compiling the rewritten sources. So these are not copied: ELF files that are
 * executable or named like objects, archives of ELF files, precompiled headers, libtool's .lo and .la.
 * Nor are profiles (.gcda, .gcno): a rewritten program would unite its counts with those of other code,
 * and says so at each exit.
 */
#ifndef LOOM_PRODUCT_H
#define LOOM_PRODUCT_H
#include <stdbool.h>

/* `fd` is open for reading; its offset is not moved. */
bool product_is(int fd, const char *name);

#endif
