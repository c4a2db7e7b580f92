/* SPDX-License-Identifier: MIT */
/* status.h: the runtime's answer to LOOM_STATUS, and how people and programs read it. */
#ifndef LOOM_STATUS_H
#define LOOM_STATUS_H
#include <stdio.h>
#include "process.h"

struct filter_state {
    uint32_t id;
    const char *name, *text, *state; /* name "": none */
    long long since_ms, force_ms, threads, active, enters, waits, timeouts;
    long long skipped; /* operations whose expressions could not be computed */
    long long left_ms; /* until it goes by itself, or -1 */
    int suspended;
};

struct missing_thread {
    uint32_t id; /* of the filter */
    long long tid, file, point, since_ms;
    const char *name, *where;
};

struct status {
    struct filter_state *filters;
    struct missing_thread *missing;
    uint32_t filter_count, missing_count;
    struct bytes answer; /* what the strings point into */
};

/* id 0: all filters. 0 or an exit code. The caller frees with status_free. */
int status_get(struct process *process, uint32_t id, struct status *status);
void status_free(struct status *status);

const struct filter_state *status_find(const struct status *status, uint32_t id);
int state_is(const struct filter_state *filter, const char *state);

/* Loads the tables that the missing threads' places need. */
int status_load_places(struct process *process, const struct status *status);
int print_list(struct process *process, int with_missing, int json);
int print_events(struct process *process, int json);

#endif
