// SPDX-License-Identifier: MIT
/*
 * jobs.h: runs tasks in child processes, a few at once, each with a time limit. A task that
 * crashes or hangs costs only itself.
 */
#ifndef LOOM_JOBS_H
#define LOOM_JOBS_H
#include <stdbool.h>
#include <stddef.h>

/* How a task ended. All zero: it returned 0. */
struct job_end {
    int status;     /* what it returned, as an exit status */
    int signal;     /* it was killed by this signal */
    bool timed_out; /* it was killed because its time was up */
};

struct jobs {
    size_t count;                              /* tasks, numbered from 0 */
    unsigned limit;                            /* processes at once */
    unsigned seconds;                          /* for each task */
    int (*task)(size_t number, void *context); /* in a child */
    void (*done)(size_t number, const struct job_end *end, void *context); /* here, any order */
    void *context;
};

/* Returns when all tasks have ended: 0, or -errno (said) if processes cannot be made. */
int jobs_run(const struct jobs *jobs);

#endif
