// SPDX-License-Identifier: MIT
/*
 * stop.h: a stop installation: all threads become active at one instant.
 *
 *   IDLE ──begin──► GATHERING ⇄ RESTING ──► IDLE  (filter PUBLISHED, all counted; or rolled back)
 *
 *   GATHERING  a slice: whoever comes INSIDE from a safe site parks; threads at unsafe sites and
 *              in the "after" of a lock call run on. The updater looks again and again; when every
 *              thread is parked or OUTSIDE at a safe site it commits.
 *   RESTING    between slices the parked run, so that what they hold can move: a thread in the
 *              region may wait for a mutex of a parked one.
 *
 * Rule: while a stop is under way, a thread that comes INSIDE takes RANK_STOP to look at the phase.
 * The updater scans and commits under that lock. So scan and commit are atomic: a thread that the
 * scan saw OUTSIDE finds the filter open when it comes INSIDE, and becomes active first.
 */
#ifndef LOOM_STOP_H
#define LOOM_STOP_H
#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "thread.h"

/* ---- the thread's side ---- */
/* Parks the caller if a slice asks for it and the site is safe. True if it parked. */
bool stop_look(struct thread *self, uintptr_t site, bool may_park);
/* The slice bits that a new record's request starts with. Caller holds RANK_THREADS. */
unsigned long stop_request(void);

/* ---- the updater's side; RANK_INSTALL held ---- */
/* Begins to gather for a published filter of phase STOPPING. -EBUSY: another stop is under way. */
int stop_begin(struct filter *filter, uint64_t now);
/* Gives up: everybody runs, nobody became active. The caller removes the filter. */
void stop_cancel(void);
/* Moves a stop on. Returns ms until the next call, or -1; 0: it has just committed. */
int stop_work(uint64_t now);
struct filter *stop_filter(void); /* null: none under way */
/* Has the deadline passed? Then the caller cancels and rolls back. */
bool stop_expired(uint64_t now);
bool stop_before_fork(void); /* true if the lock was taken */
void stop_after_fork(bool child);

#endif
