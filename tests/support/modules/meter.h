/* A meter sees two threads in one place. Included by the program and by both plugins. */
#ifndef METER_H
#define METER_H
#include <sched.h>

struct meter {
    int inside;
    unsigned long calls, overlaps;
};

static inline void meter_enter(struct meter *m) {
    if (__atomic_fetch_add(&m->inside, 1, __ATOMIC_SEQ_CST))
        __atomic_fetch_add(&m->overlaps, 1, __ATOMIC_SEQ_CST);
    sched_yield();
    sched_yield();
}

static inline void meter_leave(struct meter *m) {
    __atomic_fetch_sub(&m->inside, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&m->calls, 1, __ATOMIC_SEQ_CST);
}

/* What both plugins have in common: one function of the header, one copy per module. */
static inline void touch(struct meter *m) {
    meter_enter(m);
    meter_leave(m);
}

typedef void plugin_run(struct meter *own, struct meter *common);
plugin_run run;
#endif
