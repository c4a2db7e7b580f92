/* SPDX-License-Identifier: MIT */
/* meter.h: how often a stretch of code was entered, and how often somebody was in it already. */
#ifndef METER_H
#define METER_H
#include <stdatomic.h>
#include <unistd.h>

struct meter {
    atomic_int inside, overlaps, calls;
};

extern struct meter own, touched;

/* Differs from unit to unit, by -DWIDE. */
static inline void touch(struct meter *meter) {
    if (atomic_fetch_add(&meter->inside, 1) > 0) atomic_fetch_add(&meter->overlaps, 1);
#ifdef WIDE
    usleep(200);
#endif
    usleep(100);
    atomic_fetch_add(&meter->calls, 1);
    atomic_fetch_sub(&meter->inside, 1);
}
#endif
