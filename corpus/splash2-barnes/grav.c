// SPDX-License-Identifier: MIT
/* grav.c: the force on a body: of near bodies one by one, of far cells as a whole. */
#include "barnes.h"
#include <math.h>

static const double tol = 1.0, epssq = 0.05 * 0.05;

static void gravsub(body *p, const node *q) {
    vector d = {q->pos.x - p->n.pos.x, q->pos.y - p->n.pos.y, q->pos.z - p->n.pos.z};
    double drsq = d.x * d.x + d.y * d.y + d.z * d.z + epssq;
    double factor = q->mass / (drsq * sqrt(drsq));
    p->acc.x += factor * d.x;
    p->acc.y += factor * d.y;
    p->acc.z += factor * d.z;
}

/* Is the cell so near that it must be looked into? */
static bool subdivp(const body *p, const cell *c) {
    vector d = {c->n.pos.x - p->n.pos.x, c->n.pos.y - p->n.pos.y, c->n.pos.z - p->n.pos.z};
    double side = 2 * c->half;
    return tol * tol * (d.x * d.x + d.y * d.y + d.z * d.z) < side * side;
}

static void walksub(body *p, const cell *c) {
    for (unsigned i = 0; i < NSUB; i++) {
        const node *part = c->subp[i];
        if (!part || part == &p->n) continue;
        if (part->is_cell && subdivp(p, (const cell *)part))
            walksub(p, (const cell *)part);
        else
            gravsub(p, part);
    }
}

void hackgrav(body *p) {
    p->acc = (vector){0, 0, 0};
    walksub(p, Global->G_root);
}
