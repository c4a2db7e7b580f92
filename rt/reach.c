// SPDX-License-Identifier: MIT
/* reach.c: a look at all threads. See reach.h. */
#include "reach.h"

#include "grace.h"
#include "guard.h"
#include "sys.h"
#include "testpoint.h"

/* One look per tick and link is enough, however many wait: it holds for all of them. */
static bool is_due(struct filter *filter, uint16_t link) {
    uint64_t now = sys_now_ms(), last = LOAD(filter->looked_ms[link]);
    if (last && now - last < GUARD_TICK_MS / 2) return false;
    return __atomic_compare_exchange_n(&filter->looked_ms[link], &last, now, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* The bit of a point; of an unknown place: set. */
static bool bit_of(const struct filter *filter, uint16_t link, uintptr_t point) {
    struct place place = module_place(point);
    const uint64_t *set;
    if (place.file >= filter->files) return true;
    set = filter->reach[link * filter->files + place.file];
    return !set || set[place.point / 64] >> (place.point % 64) & 1;
}

static bool can_reach(const struct thread *thread, const struct filter *filter, uint32_t id,
                      uint16_t link) {
    uintptr_t state = LOAD(thread->shared.state);
    if (LOAD(thread->in_order) == reach_link(id, link)) return false;
    if (state == SITE_INSIDE) return true;
    return bit_of(filter, link, state == SITE_START ? thread->born : state);
}

/* Caller holds RANK_THREADS, and is in the runtime. */
static bool anybody_can(const struct thread *self, const struct filter *filter, uint32_t id,
                        uint16_t link) {
    if (LOAD(filter->id) != id || filter_inert(filter)) return true; /* the block may be gone */
    if (link >= filter->links) return true;
    for (struct thread *t = threads_first(); t; t = threads_next(t))
        if (t != self && can_reach(t, filter, id, link)) return true;
    return false;
}

bool reach_is_lost(struct thread *self, struct filter *filter, uint32_t id, uint16_t link) {
    bool lost;
    if (!LOAD(filter->links) || !is_due(filter, link)) return false;
    if (sys_barrier()) return false; /* partner: handshake */
    TESTPOINT("reach-look");
    lock_take(&threads_lock); /* blocks signals, so that no handler enters the runtime below */
    grace_enter(self);
    lost = !anybody_can(self, filter, id, link);
    grace_leave(self);
    lock_drop(&threads_lock);
    return lost;
}
