// SPDX-License-Identifier: MIT
/* run.c: one run: slaves are created, and the times are reported. */
#include "lu.h"
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

struct Report RunLU(void) {
    struct Report report;
    Global->id = 0;
    Global->rs = Global->done = Global->rf = 0;
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

    report.rf = Global->rf;
    report.total = report.rf - Global->starttime;
    report.withoutInitialization = report.rf - Global->rs;
    return report;
}
