// SPDX-License-Identifier: MIT
/* load.c: all slaves put their bodies into one tree. A part of a cell changes under the lock of the
 * cell, from empty to a body to a cell. */
#include "barnes.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOCKS = 64 };

static cell ctab[SLAVES_MAX][CELLS_MAX];
static unsigned mynumcell[SLAVES_MAX];
static pthread_mutex_t CellLock[LOCKS];

void init_locks(void) {
    for (unsigned i = 0; i < LOCKS; i++) pthread_mutex_init(&CellLock[i], NULL);
}

static pthread_mutex_t *lock_of(const cell *c) {
    return &CellLock[(size_t)(c - &ctab[0][0]) % LOCKS];
}

static cell *makecell(unsigned ProcessId, vector middle, double half) {
    if (mynumcell[ProcessId] == CELLS_MAX) {
        fprintf(stderr, "makecell: no cell left\n");
        exit(2);
    }
    cell *c = &ctab[ProcessId][mynumcell[ProcessId]++];
    *c = (cell){.n.is_cell = true, .middle = middle, .half = half};
    return c;
}

void init_cells(unsigned ProcessId) {
    mynumcell[ProcessId] = 0;
}

void init_root(void) {
    double half = 1;
    for (unsigned i = 0; i < BODIES; i++) {
        vector p = bodytab[i].n.pos;
        while (fabs(p.x) >= half || fabs(p.y) >= half || fabs(p.z) >= half) half *= 2;
    }
    Global->G_root = makecell(0, (vector){0, 0, 0}, half);
}

static unsigned subindex(const cell *c, vector p) {
    return (p.x >= c->middle.x) | (p.y >= c->middle.y) << 1 | (p.z >= c->middle.z) << 2;
}

static cell *subcell(unsigned ProcessId, const cell *c, unsigned index) {
    double half = c->half / 2;
    vector middle = {c->middle.x + (index & 1 ? half : -half),
                     c->middle.y + (index & 2 ? half : -half),
                     c->middle.z + (index & 4 ? half : -half)};
    return makecell(ProcessId, middle, half);
}

static void loadtree(unsigned ProcessId, body *p) {
    for (cell *c = Global->G_root;;) {
        unsigned index = subindex(c, p->n.pos);
        pthread_mutex_lock(lock_of(c));
        node *there = c->subp[index];
        if (!there) {
            c->subp[index] = &p->n;
            pthread_mutex_unlock(lock_of(c));
            return;
        }
        if (!there->is_cell) { /* both go into a smaller cell */
            cell *smaller = subcell(ProcessId, c, index);
            smaller->subp[subindex(smaller, there->pos)] = there;
            c->subp[index] = &smaller->n;
            there = &smaller->n;
        }
        pthread_mutex_unlock(lock_of(c));
        c = (cell *)there;
    }
}

void maketree(unsigned ProcessId, unsigned first, unsigned last) {
    for (unsigned i = first; i < last; i++) loadtree(ProcessId, &bodytab[i]);
}

static void centre(cell *c) {
    vector sum = {0, 0, 0};
    c->n.mass = 0;
    for (unsigned i = 0; i < NSUB; i++) {
        node *part = c->subp[i];
        if (!part) continue;
        if (part->is_cell) centre((cell *)part);
        c->n.mass += part->mass;
        sum.x += part->mass * part->pos.x;
        sum.y += part->mass * part->pos.y;
        sum.z += part->mass * part->pos.z;
    }
    c->n.pos = (vector){sum.x / c->n.mass, sum.y / c->n.mass, sum.z / c->n.mass};
}

void hackcofm(void) {
    centre(Global->G_root);
}
