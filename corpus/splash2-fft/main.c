// SPDX-License-Identifier: MIT
/*
 * main.c: runs the kernel in rounds (see rounds.h), and judges.
 *
 * A round is one run, with fresh threads. When all of them are gone:
 *
 *   good   the points are what they were, and what was reported is what slave 0 stored
 *   bad    anything else
 */
#include "fft.h"
#include "../common/rounds.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct GlobalMemory memory = {.idlock = PTHREAD_MUTEX_INITIALIZER};
static Complex before[N];
static unsigned seed = 1;

static void InitX(void) {
    for (unsigned i = 0; i < N; i++) {
        x[i].re = rand_r(&seed) % 2001 / 1000.0 - 1;
        x[i].im = rand_r(&seed) % 2001 / 1000.0 - 1;
    }
    memcpy(before, x, sizeof x);
}

static bool CameBack(void) {
    double error = 0;
    for (unsigned i = 0; i < N; i++)
        error = fmax(error, fabs(x[i].re - before[i].re) + fabs(x[i].im - before[i].im));
    return error < 1e-9;
}

static bool IsTrue(const struct Report *report) {
    return report->finishtime == Global->finishtime &&
           report->initialization == Global->initdonetime - Global->starttime &&
           report->transform == Global->finishtime - Global->initdonetime && report->transform > 0;
}

static bool Play(void) {
    InitX();
    struct Report report = RunFFT();
    WaitForEnd();
    return CameBack() && IsTrue(&report);
}

static void *Watch(void *unused) {
    rounds_watch();
    return unused;
}

int main(int argc, char **argv) {
    pthread_t watcher;
    Global = &memory;
    P = (unsigned)rounds_begin(argc, argv, 4, SLAVES_MAX, "FFT_PAUSE_US");
    pthread_barrier_init(&Global->start, NULL, P);
    InitU();
    if ((errno = pthread_create(&watcher, NULL, Watch, NULL)) != 0) {
        perror("pthread_create");
        return 2;
    }
    while (rounds_count(Play())) continue;
    pthread_join(watcher, NULL);
    return rounds_end();
}
