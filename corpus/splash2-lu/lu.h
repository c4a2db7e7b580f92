// SPDX-License-Identifier: MIT
/*
 * lu.h: the LU kernel of SPLASH-2: a matrix is factored into a lower and an upper one, in blocks.
 *
 *   block    BLOCK by BLOCK elements; belongs to one slave, who alone writes it
 *   slave    a thread that works on its blocks; the main thread is one, too
 *   MyNum    the number of a slave, drawn under idlock; slave 0 takes the times
 *   barrier  all slaves come here before any goes on
 */
#ifndef LU_H
#define LU_H
#include <pthread.h>
#include <stdbool.h>

enum { N = 96, BLOCK = 8, BLOCKS = N / BLOCK, SLAVES_MAX = 64 };

struct GlobalMemory {
    pthread_mutex_t idlock;
    unsigned id; /* the next MyNum */
    pthread_barrier_t start;
    /* In seconds; of the run, stored by slave 0: start and end of the work, and of the run. */
    double starttime, rs, done, rf;
};

extern struct GlobalMemory *Global;
extern double a[N][N];
extern unsigned P; /* slaves of the run */

/* ---- lu.c ---- */

double CLOCK(void);
/* Slaves as rows and columns of a rectangle, over which the blocks are scattered. */
void InitSlaves(void);
/* What every slave does. */
void SlaveStart(void);

/* ---- run.c, or run_fixed.c: the main part of the original's main ---- */

/* What main prints of a run. */
struct Report {
    double total, withoutInitialization; /* how long, in seconds */
    double rf;
};

struct Report RunLU(void);
/* Waits until no slave is left. */
void WaitForEnd(void);

#endif
