// SPDX-License-Identifier: MIT
/*
 * at_start.h: the filters that a process has from its second thread on (LOOM_FILTERS=FILE).
 *
 * FILE holds plans, one behind the other, as `loom-pipe --plan` writes them: the analysis is not
 * inside, and no process is started. They are verified like any plan, so a file that was made for
 * other modules, or is none, changes nothing, and an event tells.
 *
 *   NONE                        no LOOM_FILTERS, or not honoured (AT_SECURE)
 *   WANTED   at_start_remember  the constructor has kept the name; nothing was read
 *   READING                     the helper is at it
 *   PENDING  at_start_read      the helper has the plans
 *   EARLY    at_start_work      they are for other modules than those that are loaded
 *   OVER     at_start_work      installed, all or none; or given up, with an event
 *
 * Rule: all plans of the file or none. They are published at the first moment at which the process
 * has exactly the modules they were made for, once. The first pthread_create waits for that if that
 * moment is now: the threads it makes obey from their first statement on. After AT_START_MS none
 * waits any more (I5).
 */
#ifndef LOOM_AT_START_H
#define LOOM_AT_START_H
#include <stdint.h>

#include "slot.h"

enum { AT_START_MS = 1000 };

/* Before threads, in a process that may obey its environment. Copies the name: the program may
 * write over its environment. */
void at_start_remember(const char *name);
/* The helper, once, no lock held: reading may take long. */
void at_start_read(void);
/* RANK_INSTALL held. Publishes what fits. After how many ms it wants to be called again; -1: never
 * more. */
int at_start_work(void);
/* In front of pthread_create at `point`: waits as said above, then lets the caller take the filters
 * up, if that is safe at this point. Takes no lock. */
void at_start_await(loom_op *point);
/* In a fork child, after all locks were reset. */
void at_start_after_fork(void);

#endif
