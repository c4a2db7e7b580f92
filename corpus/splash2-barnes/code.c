// SPDX-License-Identifier: MIT
/* code.c: the steps, by all slaves together. */
#include "barnes.h"
#include "../common/rounds.h"
#include <time.h>

static const double dtime = 0.025;

struct GlobalMemory *Global;
body bodytab[BODIES];
unsigned NPROC;

double CLOCK(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void Barrier(void) {
    pthread_barrier_wait(&Global->Barrier);
}

static void advance(body *p) {
    p->vel.x += p->acc.x * dtime;
    p->vel.y += p->acc.y * dtime;
    p->vel.z += p->acc.z * dtime;
    p->n.pos.x += p->vel.x * dtime;
    p->n.pos.y += p->vel.y * dtime;
    p->n.pos.z += p->vel.z * dtime;
}

static void stepsystem(unsigned ProcessId, unsigned nstep) {
    unsigned first = BODIES * ProcessId / NPROC, last = BODIES * (ProcessId + 1) / NPROC;
    bool tracked = ProcessId == 0 && nstep >= FIRST_TRACKED;
    double trackstart = 0, forcestart = 0, end;

    init_cells(ProcessId);
    if (tracked) trackstart = CLOCK();

    /* Put the bodies into a tree. */
    if (ProcessId == 0) init_root();
    Barrier();
    maketree(ProcessId, first, last);
    Barrier();
    if (ProcessId == 0) hackcofm();
    if (tracked) {
        forcestart = CLOCK();
        Global->treebuildtime += forcestart - trackstart;
    }
    Barrier();

    for (unsigned i = first; i < last; i++) hackgrav(&bodytab[i]);
    Barrier();
    if (tracked) {
        end = CLOCK();
        Global->forcecalctime += end - forcestart;
    }

    for (unsigned i = first; i < last; i++) advance(&bodytab[i]);
    Barrier();
    if (tracked) {
        end = CLOCK();
        if (nstep == STEPS - 1) rounds_test_point();
        Global->tracktime += end - trackstart;
    }
}

void SlaveStart(void) {
    pthread_mutex_lock(&Global->CountLock);
    unsigned ProcessId = Global->current_id++;
    pthread_mutex_unlock(&Global->CountLock);
    Barrier();
    for (unsigned nstep = 0; nstep < STEPS; nstep++) stepsystem(ProcessId, nstep);
}
