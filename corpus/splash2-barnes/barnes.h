// SPDX-License-Identifier: MIT
/*
 * barnes.h: the Barnes-Hut kernel of SPLASH-2: bodies that attract each other, in steps of time.
 *
 *   body     a point with a mass; belongs to one slave, who alone moves it
 *   cell     a cube of space with eight parts; each is empty, a body, or a smaller cell
 *   slave    a thread that works on its bodies; the main thread is one, too
 *   barrier  all slaves come here before any goes on
 */
#ifndef BARNES_H
#define BARNES_H
#include <pthread.h>
#include <stdbool.h>

enum {
    BODIES = 128,
    CELLS_MAX = 8 * BODIES, /* of one slave, in one step */
    SLAVES_MAX = 64,
    STEPS = 5,
    FIRST_TRACKED = 2, /* the steps before it warm up: their time is not counted */
    NSUB = 8
};

typedef struct vector {
    double x, y, z;
} vector;

typedef struct node {
    bool is_cell;
    double mass;
    vector pos; /* of a cell: its centre of mass, once hackcofm was there */
} node;

typedef struct body {
    node n;
    vector vel, acc;
} body;

typedef struct cell {
    node n;
    vector middle;
    double half; /* of its side */
    node *subp[NSUB];
} cell;

struct GlobalMemory {
    pthread_mutex_t CountLock;
    unsigned current_id; /* the next ProcessId */
    pthread_barrier_t Barrier;
    cell *G_root;
    /* Sums over the tracked steps in seconds; slave 0 adds to them. */
    double tracktime, treebuildtime, forcecalctime;
};

extern struct GlobalMemory *Global;
extern body bodytab[BODIES];
extern unsigned NPROC; /* slaves of the run */

/* ---- load.c: the tree ---- */

/* Once, before any run. */
void init_locks(void);
/* Forgets the slave's cells of the step before. */
void init_cells(unsigned ProcessId);
/* Slave 0: a cell around all bodies. */
void init_root(void);
/* Puts the slave's bodies into the tree, beside all other slaves. */
void maketree(unsigned ProcessId, unsigned first, unsigned last);
/* Slave 0: centres of mass. */
void hackcofm(void);

/* ---- grav.c: forces ---- */

void hackgrav(body *p);

/* ---- code.c ---- */

double CLOCK(void);
/* What every slave does. */
void SlaveStart(void);

/* ---- run.c, or run_fixed.c: the main part of the original's main ---- */

/* What main prints of a run. */
struct Report {
    double tracktime, treebuildtime, forcecalctime, resttime;
};

struct Report RunBarnes(void);
/* Waits until no slave is left. */
void WaitForEnd(void);

#endif
