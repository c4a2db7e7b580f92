// SPDX-License-Identifier: MIT
/*
 * install.h: a filter's way into the process and out of it; the updater's work.
 *
 *   publish: verify everything ─► allocate everything ─► (nothing can fail from here)
 *            table, words ─► flags ─► barrier ─► open, or begin a stop
 *   remove:  enters inert, closed for activation ─► grace ─► waiters pass, operations and flags
 *            off, locks forgotten ─► grace ─► bits cleared, memory freed
 *
 * Why locks may be forgotten (removal, second step): after the first grace nobody is between "saw
 * the enter active" and "took the lock", so no lock of the filter can come into being; its leaves
 * are no-ops on nothing; and the rest of a region under way runs as it would without the filter.
 *
 * Threads: one RANK_INSTALL lock for all of this. The helper calls install_work; anybody may call
 * attach, detach, publish and remove. Nothing here waits for another thread.
 */
#ifndef LOOM_INSTALL_H
#define LOOM_INSTALL_H
#include <stddef.h>
#include <stdint.h>

#include "filter.h"
#include "rank.h"

extern struct lock install_lock; /* RANK_INSTALL */

/* struct loom_rt.attach, .detach. Take RANK_INSTALL. */
void install_attach(struct loom_file *file);
void install_detach(struct loom_file *file);
/* The process is in exit(): files that detach now do not take their filters away from threads
 * that still run. */
void install_exiting(void);

/* Publishes a plan. Null, and its id; or "CODE TEXT" and nothing has changed. blob is copied.
 * RANK_INSTALL held, as for all below. */
const char *install_publish(const void *blob, size_t size, uint32_t commit_flags,
                            uint32_t deadline_ms, uint32_t *id);
/* Begins the removal of one filter, or of all (0). The number of filters it concerns. */
unsigned install_remove(uint32_t id);
/* Moves everything on. Returns after how many ms it wants to be called again; -1: nothing to do. */
int install_work(uint64_t now);
/* No flag set, no operation installed. */
bool install_is_fast(void);

/* After all locks were reset. */
void install_after_fork_child(void);

#endif
