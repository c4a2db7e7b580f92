// SPDX-License-Identifier: MIT
/*
 * activate.h: per-thread activation, the heart of a safe installation (design 3; I3, I4).
 *
 * Rule: only a thread sets its own bits, when it stands at a point that is safe for the filter,
 * after the filter was published. The updater counts: a thread that it sees OUTSIDE at a safe site
 * while a request is set must come through `handshake` with that site before it runs anything
 * else, so it is as good as active.
 *
 *   published ──► open bit set, requests set ──► each thread: safe point ──► active
 *                                            └─► updater: seen OUTSIDE at a safe site ──► counted
 *   all known threads active or counted ──► in force
 */
#ifndef LOOM_ACTIVATE_H
#define LOOM_ACTIVATE_H
#include <stdbool.h>
#include <stdint.h>

#include "filter.h"
#include "thread.h"

/* ---- the thread's side ---- */

/* Sets the bits of all open filters for which `site` is safe; clears REQUEST_LOOK when none is
 * left. Caller is INSIDE, busy, not in a grace. */
void activate_self(struct thread *self, uintptr_t site);
/* The caller landed from a jump: it is no longer where the updater counted it. Takes
 * RANK_THREADS. */
void activate_uncount(struct thread *self);
/* The request of a new record. Caller holds RANK_THREADS. */
unsigned long activate_request_at_birth(bool starting);

/* ---- the updater's side; RANK_INSTALL held ---- */

/* Opens the filter and asks all threads to look. After the filter is in table and flags. */
void activate_open(struct filter *filter);
void activate_close(struct filter *filter);
/* Switches the polls of the filter's functions on or off. */
void activate_pausing(struct filter *filter, bool on);
/* Asks all threads to look, without opening. */
void activate_request_all(void);
/* Counts threads, moves filters to IN_FORCE, pulses. Returns how long until it wants to be called
 * again, in ms; -1: nothing to do. */
int activate_work(uint64_t now);
/* True if every known thread is active or counted. Takes RANK_THREADS. `present` and `active`
 * (each may be null) get the numbers. */
bool activate_complete(const struct filter *filter, unsigned *present, unsigned *active);
/* In a fork child. */
void activate_after_fork(void);

#endif
