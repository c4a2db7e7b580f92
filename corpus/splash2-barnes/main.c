// SPDX-License-Identifier: MIT
/*
 * main.c: runs the kernel in rounds (see rounds.h), and judges.
 *
 * A round is one run, with fresh threads, from the same start. When all threads are gone:
 *
 *   good   the bodies are where one slave alone brings them, to the last bit, and what was reported
 *          is the sum of all tracked steps
 *   bad    anything else
 */
#include "barnes.h"
#include "../common/rounds.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct GlobalMemory memory = {.CountLock = PTHREAD_MUTEX_INITIALIZER};
static body before[BODIES], after[BODIES];

static double Random(unsigned *seed) {
    return rand_r(seed) % 20001 / 10000.0 - 1;
}

static void InitBodies(void) {
    unsigned seed = 123;
    for (unsigned i = 0; i < BODIES; i++) {
        before[i].n.mass = 1.0 / BODIES;
        before[i].n.pos = (vector){Random(&seed), Random(&seed), Random(&seed)};
        before[i].vel = (vector){Random(&seed) / 2, Random(&seed) / 2, Random(&seed) / 2};
    }
}

/* Sets how many slaves a run has. */
static void SetSlaves(unsigned count) {
    if (NPROC > 0) pthread_barrier_destroy(&Global->Barrier);
    NPROC = count;
    pthread_barrier_init(&Global->Barrier, NULL, NPROC);
}

static struct Report RunFromStart(void) {
    memcpy(bodytab, before, sizeof bodytab);
    struct Report report = RunBarnes();
    WaitForEnd();
    return report;
}

static bool IsTrue(const struct Report *report) {
    return report->tracktime == Global->tracktime &&
           report->treebuildtime == Global->treebuildtime &&
           report->forcecalctime == Global->forcecalctime && report->resttime > 0;
}

static bool Play(void) {
    struct Report report = RunFromStart();
    return memcmp(bodytab, after, sizeof after) == 0 && IsTrue(&report);
}

static void *Watch(void *unused) {
    rounds_watch();
    return unused;
}

int main(int argc, char **argv) {
    unsigned slaves = (unsigned)rounds_begin(argc, argv, 4, SLAVES_MAX, "BARNES_PAUSE_US");
    pthread_t watcher;
    Global = &memory;
    init_locks();
    InitBodies();
    SetSlaves(1);
    RunFromStart();
    memcpy(after, bodytab, sizeof after);

    SetSlaves(slaves);
    if ((errno = pthread_create(&watcher, NULL, Watch, NULL)) != 0) {
        perror("pthread_create");
        return 2;
    }
    while (rounds_count(Play())) continue;
    pthread_join(watcher, NULL);
    return rounds_end();
}
