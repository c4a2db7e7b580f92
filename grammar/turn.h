/* SPDX-License-Identifier: MIT */
/*
 * turn.h: how loom-pipe and the helper thread that serves it share processors with everybody else.
 *
 * Rule: if there is room, nobody waits for us: threads that wake up go first (SCHED_BATCH, long
 * slices). If far more threads want to run than there are processors, each of the many short
 * exchanges would wait for all of them: then we ask for short slices, to get them soon (Linux 6.12
 * and later), and for nice -10, which only root gets. What is not allowed, or has a policy other
 * than SCHED_OTHER and SCHED_BATCH, stays as it is.
 */
#ifndef LOOM_TURN_H
#define LOOM_TURN_H
#include <sys/types.h>

/* For the calling process, and for the helper thread of `process`. */
void turn_choose(pid_t process, pid_t helper);
/* The helper steps back again. */
void turn_end(pid_t process, pid_t helper);

#endif
