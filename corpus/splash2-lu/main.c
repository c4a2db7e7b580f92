// SPDX-License-Identifier: MIT
/*
 * main.c: runs the kernel in rounds (see rounds.h), and judges.
 *
 * A round is one run, with fresh threads, on a matrix whose rows are known to sum up to what they
 * do. When all threads are gone:
 *
 *   good   the factors solve the equations whose solution is all ones, and what was reported is
 *          what slave 0 stored
 *   bad    anything else
 */
#include "lu.h"
#include "../common/rounds.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct GlobalMemory memory = {.idlock = PTHREAD_MUTEX_INITIALIZER};
static double rhs[N]; /* the sum of each row */
static unsigned seed = 1;

static void InitA(void) {
    for (unsigned i = 0; i < N; i++) {
        rhs[i] = 0;
        for (unsigned j = 0; j < N; j++) {
            a[i][j] = rand_r(&seed) % 2001 / 1000.0 - 1;
            if (i == j) a[i][j] += 2 * N;
            rhs[i] += a[i][j];
        }
    }
}

/* Solves the equations with the factors that are in `a` now. */
static bool IsSolved(void) {
    double error = 0;
    for (unsigned i = 0; i < N; i++)
        for (unsigned j = 0; j < i; j++) rhs[i] -= a[i][j] * rhs[j];
    for (unsigned i = N; i-- > 0;) {
        for (unsigned j = i + 1; j < N; j++) rhs[i] -= a[i][j] * rhs[j];
        rhs[i] /= a[i][i];
        error = fmax(error, fabs(rhs[i] - 1));
    }
    return error < 1e-9;
}

static bool IsTrue(const struct Report *report) {
    return report->rf == Global->rf && report->total == Global->rf - Global->starttime &&
           report->withoutInitialization == Global->rf - Global->rs && report->total > 0;
}

static bool Play(void) {
    InitA();
    struct Report report = RunLU();
    WaitForEnd();
    return IsSolved() && IsTrue(&report);
}

static void *Watch(void *unused) {
    rounds_watch();
    return unused;
}

int main(int argc, char **argv) {
    pthread_t watcher;
    Global = &memory;
    P = (unsigned)rounds_begin(argc, argv, 4, SLAVES_MAX, "LU_PAUSE_US");
    pthread_barrier_init(&Global->start, NULL, P);
    InitSlaves();
    if ((errno = pthread_create(&watcher, NULL, Watch, NULL)) != 0) {
        perror("pthread_create");
        return 2;
    }
    while (rounds_count(Play())) continue;
    pthread_join(watcher, NULL);
    return rounds_end();
}
