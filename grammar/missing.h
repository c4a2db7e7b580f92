// SPDX-License-Identifier: MIT
/*
 * missing.h: the threads that do not obey a filter yet, in words: where each is, and why it cannot
 * take the filter up there (analyse.h).
 */
#ifndef LOOM_MISSING_H
#define LOOM_MISSING_H
#include <stdio.h>
#include "analyse.h"
#include "status.h"

/* One line per thread that filter `id` (0: of all filters) misses, like
 *     thread 4711 (worker-3) has been in the region at cache.c:88, in read, for 12.0 s
 * analysis: of that filter for this process, or null: then why is not said. The tables of the
 * places are loaded (status_load_places). */
void missing_print(FILE *out, const struct process *process, const struct status *status,
                   uint32_t id, const struct analysis *analysis);

/* The analysis of a filter that is installed, by its text; all tables and the call graph are
 * loaded. The caller frees it with analysis_free. 0: it cannot be made, and is zero. */
int missing_analyse(const struct process *process, const struct filter_state *filter,
                    struct analysis *analysis);

#endif
