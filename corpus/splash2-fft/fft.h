// SPDX-License-Identifier: MIT
/*
 * fft.h: the FFT kernel of SPLASH-2: a complex one-dimensional FFT in six steps.
 *
 *   slave    a thread that works on its rows; the main thread is one, too
 *   MyNum    the number of a slave, drawn under idlock; slave 0 takes the times
 *   barrier  all slaves come here before any goes on
 */
#ifndef FFT_H
#define FFT_H
#include <pthread.h>
#include <stdbool.h>

enum {
    ROOT_N = 64, /* rows and columns of the matrix that holds the points */
    N = ROOT_N * ROOT_N,
    SLAVES_MAX = ROOT_N
};

typedef struct Complex {
    double re, im;
} Complex;

struct GlobalMemory {
    pthread_mutex_t idlock;
    unsigned id; /* the next MyNum */
    pthread_barrier_t start;
    /* In seconds; of the run, stored by slave 0. */
    double starttime, initdonetime, finishtime;
};

extern struct GlobalMemory *Global;
extern Complex x[N], trans[N], umain[N]; /* the points, room to transpose, e^(-2πi jk/N) */
extern unsigned P;                       /* slaves of the run */

/* ---- fft.c ---- */

double CLOCK(void);
void InitU(void);
/* What every slave does: there and back, so that x is what it was. */
void SlaveStart(void);

/* ---- run.c, or run_fixed.c: the main part of the original's main ---- */

/* What main prints of a run. */
struct Report {
    double initialization, transform; /* how long, in seconds */
    double finishtime;
};

struct Report RunFFT(void);
/* Waits until no slave is left. */
void WaitForEnd(void);

#endif
