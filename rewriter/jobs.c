// SPDX-License-Identifier: MIT
/*
 * jobs.c: see jobs.h. SIGCHLD stays blocked and is waited for with a timeout, so there is no
 * handler and no race between "nobody has ended" and going to sleep.
 */
#include "jobs.h"
#include "guard.h"
#include "mem.h"
#include "report.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct running {
    pid_t pid; /* 0: free place */
    size_t number;
    time_t deadline;
    bool timed_out;
};

static time_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

static int start(const struct jobs *jobs, struct running *place, size_t number,
                 const sigset_t *mask) {
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) return report_error(-errno, "cannot start a scan process: %m");
    if (pid == 0) {
        guard_follow_parent(parent);
        sigprocmask(SIG_SETMASK, mask, NULL);
        int result = jobs->task(number, jobs->context);
        fflush(NULL);
        _exit(result ? (result > 0 && result < 256 ? result : 1) : 0);
    }
    *place = (struct running){pid, number, now() + (time_t)jobs->seconds, false};
    return 0;
}

/* Takes all that have ended out of their places; returns how many. */
static unsigned reap(const struct jobs *jobs, struct running *places) {
    unsigned ended = 0;
    for (unsigned i = 0; i < jobs->limit; i++) {
        struct running *place = &places[i];
        int status;
        if (!place->pid || waitpid(place->pid, &status, WNOHANG) != place->pid) continue;
        struct job_end end = {.timed_out = place->timed_out};
        if (WIFSIGNALED(status))
            end.signal = WTERMSIG(status);
        else
            end.status = WEXITSTATUS(status);
        place->pid = 0;
        ended++;
        jobs->done(place->number, &end, jobs->context);
    }
    return ended;
}

static void kill_late(const struct jobs *jobs, struct running *places) {
    time_t time = now();
    for (unsigned i = 0; i < jobs->limit; i++)
        if (places[i].pid && !places[i].timed_out && time >= places[i].deadline) {
            places[i].timed_out = true;
            kill(places[i].pid, SIGKILL);
        }
}

static void kill_all(const struct jobs *jobs, struct running *places) {
    for (unsigned i = 0; i < jobs->limit; i++)
        if (places[i].pid) {
            kill(places[i].pid, SIGKILL);
            waitpid(places[i].pid, NULL, 0);
        }
}

static int run_in(const struct jobs *jobs, struct running *places, const sigset_t *child,
                  const sigset_t *mask) {
    const struct timespec tick = {.tv_nsec = 500 * 1000 * 1000};
    size_t started = 0, ended = 0;
    while (ended < jobs->count) {
        for (unsigned i = 0; i < jobs->limit && started < jobs->count; i++) {
            if (places[i].pid) continue;
            int error = start(jobs, &places[i], started, mask);
            if (error) {
                kill_all(jobs, places);
                return error;
            }
            started++;
        }
        unsigned some = reap(jobs, places);
        ended += some;
        if (!some) {
            sigtimedwait(child, NULL, &tick);
            kill_late(jobs, places);
        }
    }
    return 0;
}

int jobs_run(const struct jobs *jobs) {
    struct running *places = mem_zero(jobs->limit, sizeof *places);
    sigset_t child, mask;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &mask);
    int error = run_in(jobs, places, &child, &mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    free(places);
    return error;
}
