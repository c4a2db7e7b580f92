// SPDX-License-Identifier: MIT
/*
 * stop.h: parking threads: for a stop installation, where all threads become active at one instant,
 * and for a thread that must be alone (op_alone.h). One at a time has the TURN to ask threads to
 * park.
 *
 *   IDLE ──begin──► GATHERING ⇄ RESTING ──► IDLE  (filter PUBLISHED, all counted; or rolled back)
 *   IDLE, RESTING ──take──► ALONE ──give──► IDLE, RESTING
 *
 *   GATHERING  a slice: whoever comes INSIDE from a safe site parks; threads at unsafe sites and
 *              in the "after" of a lock call run on. The updater looks again and again; when every
 *              thread is parked or OUTSIDE at a safe site it commits.
 *   RESTING    between slices the parked run, so that what they hold can move: a thread in the
 *              region may wait for a mutex of a parked one. The turn is free.
 *   ALONE      a thread has the turn. Whoever else comes to a pause point parks, at whatever site,
 *              but not in the "after" of a lock call, nor if it was let go from a park just now: it
 *              is owed a run, so that entries in a row keep nobody out for good. When nobody else
 * is INSIDE or waking from a park, it is COMPLETE: from then on these park, too.
 *
 * Rule: the phase changes under RANK_INSTALL and RANK_STOP (a commit: and COMPLETE: RANK_STOP).
 * While a stop or an entry is under way, a thread that comes INSIDE takes RANK_STOP to look at it.
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
/* Is some thread alone, or about to be? Any time, any lock. */
bool stop_is_alone(void);
/* The slice bits that a new record's request starts with. Caller holds RANK_THREADS. */
unsigned long stop_request(void);

/* ---- for one thread alone: op_alone.c ---- */
/* Takes the turn for `self`, asks all others to park. The number of the slice; 0: it is not free.
 * RANK_INSTALL held, as for the next two. */
uint32_t stop_take(struct thread *self);
/* Also reads all polls: threads compute. Nothing if the turn is over. */
void stop_pulse(uint32_t number);
/* Ends it, if it has not ended: those parked run on. Any thread. */
void stop_give(uint32_t number);
/* How many are not out yet, and the tid of one; 0: COMPLETE. -1: the turn is over. */
int stop_missing(uint32_t number, int *tid);
/* The futex that changes when the turn may be free, and what it is for whom; no lock. */
uint32_t *stop_turns(void);
uint32_t stop_number(void); /* of the slice that has the turn, or had it last */

/* ---- the updater's side; RANK_INSTALL held ---- */
/* Begins to gather for a published filter of phase STOPPING, at once or when the turn is free.
 * -EBUSY: another stop is under way. */
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
