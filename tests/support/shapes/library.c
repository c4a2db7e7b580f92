/* library.c: a region in a shared library; built twice, as library_region and other_region. */
#include "region.h"
#include <unistd.h>
#ifndef REGION
#define REGION library_region
#endif

static _Atomic int inside;

void REGION(struct meter *m) {
    if (atomic_fetch_add(&inside, 1)) m->overlaps++;
    usleep(200);
    m->rounds++;
    atomic_fetch_sub(&inside, 1);
}
