// SPDX-License-Identifier: MIT
/* run_fixed.c: run.c with the slaves waited for, as the original means it (WAIT_FOR_END). */
#include "fft.h"
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

struct Report RunFFT(void) {
    struct Report report;
    Global->id = 0;
    Global->initdonetime = Global->finishtime = 0;
    Global->starttime = CLOCK();

    /* Fire off P - 1 slaves, and be one. Test point: be none of the first, so not slave 0. */
    for (; created < P - 1; created++) {
        if ((errno = pthread_create(&slaves[created], NULL, Slave, NULL)) != 0) {
            perror("pthread_create");
            exit(2);
        }
    }
    rounds_test_point();
    SlaveStart();
    WaitForEnd();

    report.finishtime = Global->finishtime;
    report.initialization = Global->initdonetime - Global->starttime;
    report.transform = report.finishtime - Global->initdonetime;
    return report;
}
