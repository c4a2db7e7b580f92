/* other.c: a region in another one. */
#include "region.h"
#include <unistd.h>

static _Atomic int inside;

void other_region(struct meter *m) {
    if (atomic_fetch_add(&inside, 1)) m->overlaps++;
    usleep(200);
    m->rounds++;
    atomic_fetch_sub(&inside, 1);
}
