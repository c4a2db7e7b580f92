// SPDX-License-Identifier: MIT
/*
 * cache.h: facts of an earlier run that still hold.
 *
 * Facts stay in OUT/.loom/facts, one file per unit, beside a list of all files that were read for
 * them, with the hash of each. They hold as long as all these hashes do; the name of the file is
 * a hash of the command, of the root and of this program.
 */
#ifndef LOOM_CACHE_H
#define LOOM_CACHE_H
#include "stages.h"

/* Where the unit's facts are, in a folder of facts. To be freed. */
char *cache_path(const char *folder, const char *root, const struct unit *unit);

/* Puts what an earlier run left in `old` (a path of cache_path) to `fresh`, if it still holds. */
bool cache_take(const char *old, const char *fresh);

/* Of a file's content; 0: it cannot be read. */
uint64_t cache_hash(const char *path);

/* Where scan writes the list of what it read. To be freed. */
char *cache_list(const char *facts_path);

#endif
