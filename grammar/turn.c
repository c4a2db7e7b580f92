// SPDX-License-Identifier: MIT
/* turn.c: see turn.h. */
#include "turn.h"
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SHORT_NS = 100000, LONG_NS = 100000000, CROWD_NICE = -10 };

/* struct sched_attr of sched_setattr(2), first version; libc has none. */
struct scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

static int processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
}

/* More than two threads per processor are ready to run, besides us. */
static int is_crowded(void) {
    int ready = 0;
    FILE *load = fopen("/proc/loadavg", "re");
    if (!load) return 0;
    if (fscanf(load, "%*f %*f %*f %d/", &ready) != 1) ready = 0;
    fclose(load);
    return ready - 1 > 2 * processors();
}

static int is_ours(const struct scheduling *now) {
    return now->policy == SCHED_OTHER || now->policy == SCHED_BATCH;
}

static int set(pid_t thread, uint32_t policy, uint64_t slice_ns, int32_t nice) {
    struct scheduling now = {.size = sizeof now};
    if (syscall(SYS_sched_getattr, thread, &now, sizeof now, 0) || !is_ours(&now)) return -1;
    now.policy = policy;
    now.runtime = slice_ns;
    now.nice = nice;
    return (int)syscall(SYS_sched_setattr, thread, &now, 0);
}

static int32_t nice_of(pid_t thread) {
    struct scheduling now = {.size = sizeof now};
    return syscall(SYS_sched_getattr, thread, &now, sizeof now, 0) ? 0 : now.nice;
}

static void step_back(pid_t thread, int32_t nice) {
    set(thread, SCHED_BATCH, LONG_NS, nice);
}

static void step_forward(pid_t thread, int32_t nice) {
    if (set(thread, SCHED_OTHER, SHORT_NS, nice < CROWD_NICE ? nice : CROWD_NICE))
        set(thread, SCHED_OTHER, SHORT_NS, nice);
}

void turn_choose(pid_t process, pid_t helper) {
    void (*step)(pid_t, int32_t) = is_crowded() ? step_forward : step_back;
    step(0, nice_of(0));
    step(helper, nice_of(process));
}

void turn_end(pid_t process, pid_t helper) {
    step_back(helper, nice_of(process));
}
