// SPDX-License-Identifier: MIT
/* run_fixed.c: run.c with the slaves waited for, as the original means it (WAIT_FOR_END). */
#include "barnes.h"
#include "../common/rounds.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_t slaves[SLAVES_MAX];
static unsigned created;

static void *Slave(void *unused) {
    SlaveStart();
    return unused;
}

void WaitForEnd(void) {
    while (created > 0) pthread_join(slaves[--created], NULL);
}

struct Report RunBarnes(void) {
    struct Report report;
    Global->current_id = 0;
    Global->tracktime = Global->treebuildtime = Global->forcecalctime = 0;

    /* Fire off NPROC - 1 slaves, and be one. Test point: be none of the first, so not number 0. */
    for (; created < NPROC - 1; created++) {
        if ((errno = pthread_create(&slaves[created], NULL, Slave, NULL)) != 0) {
            perror("pthread_create");
            exit(2);
        }
    }
    rounds_test_point();
    SlaveStart();
    WaitForEnd();

    report.tracktime = Global->tracktime;
    report.treebuildtime = Global->treebuildtime;
    report.forcecalctime = Global->forcecalctime;
    report.resttime = report.tracktime - report.treebuildtime - report.forcecalctime;
    return report;
}
