// SPDX-License-Identifier: MIT
/* activate.c: activation of threads one by one. See activate.h. */
#include "activate.h"

#include "flags.h"
#include "grace.h"
#include "handshake.h"
#include "state.h"
#include "stop.h"
#include "sys.h"
#include "testpoint.h"

static uint64_t pending_of(const struct thread *thread) {
    return __atomic_load_n(&filters_open, __ATOMIC_SEQ_CST) & ~LOAD(thread->active);
}

/* The bits of `pending` whose filters call the site safe. Caller is in the runtime. */
static uint64_t safe_bits(uint64_t pending, uintptr_t site) {
    uint64_t safe = 0;
    for (; pending; pending &= pending - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(pending);
        if (filter_safe(&filters[bit], site)) safe |= 1ull << bit;
    }
    return safe;
}

void activate_self(struct thread *self, uintptr_t site) {
    uint64_t safe;
    grace_enter(self);
    safe = safe_bits(pending_of(self), site);
    if (safe) __atomic_fetch_or(&self->active, safe, __ATOMIC_SEQ_CST);
    TESTPOINT("activate-bits-set");
    if (!pending_of(self)) {
        __atomic_fetch_and(&self->shared.request, ~(unsigned long)REQUEST_LOOK, __ATOMIC_SEQ_CST);
        /* A filter opened in between has set the bit before we cleared it: look again. */
        if (pending_of(self))
            __atomic_fetch_or(&self->shared.request, REQUEST_LOOK, __ATOMIC_SEQ_CST);
    }
    grace_leave(self);
}

void activate_uncount(struct thread *self) {
    lock_take(&threads_lock);
    self->counted &= LOAD(self->active);
    lock_drop(&threads_lock);
}

unsigned long activate_request_at_birth(bool starting) {
    bool look = starting || __atomic_load_n(&filters_open, __ATOMIC_SEQ_CST);
    return (look ? REQUEST_LOOK : 0) | stop_request();
}

void activate_request_all(void) {
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t))
        __atomic_fetch_or(&t->shared.request, REQUEST_LOOK, __ATOMIC_SEQ_CST);
    lock_drop(&threads_lock);
}

void activate_open(struct filter *filter) {
    __atomic_fetch_or(&filters_open, filter_mask(filter), __ATOMIC_SEQ_CST);
    activate_request_all();
}

void activate_close(struct filter *filter) {
    __atomic_fetch_and(&filters_open, ~filter_mask(filter), __ATOMIC_SEQ_CST);
}

/* What one look at all threads found. */
struct census {
    uint64_t missing;         /* filters for which some thread is neither active nor counted */
    unsigned missing_threads; /* such (thread, filter) pairs */
    bool computing;           /* one of them is INSIDE: a pulse may help */
};

/* Counts whom it can. Caller holds RANK_THREADS, after a barrier. */
static void visit(struct thread *thread, uint64_t open, struct census *census) {
    uint64_t state = LOAD(thread->shared.state);
    uint64_t missing = open & ~LOAD(thread->active) & ~thread->counted;
    if (missing && state != SITE_INSIDE) thread->counted |= safe_bits(missing, state);
    missing &= ~thread->counted;
    census->missing |= missing;
    census->missing_threads += (unsigned)__builtin_popcountll(missing);
    if (missing && state == SITE_INSIDE) census->computing = true;
}

static struct census take_census(void) {
    struct census census = {0};
    uint64_t open = filters_open;
    sys_barrier(); /* partner: handshake */
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) visit(t, open, &census);
    lock_drop(&threads_lock);
    return census;
}

bool activate_complete(const struct filter *filter, unsigned *present, unsigned *active) {
    uint64_t mask = filter_mask(filter);
    unsigned all = 0, ready = 0;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) {
        all++;
        if ((LOAD(t->active) | t->counted) & mask) ready++;
    }
    lock_drop(&threads_lock);
    if (present) *present = all;
    if (active) *active = ready;
    return all == ready;
}

/*
 * Pulses. Threads that compute need polls, and those are read only where flags are set. All flags
 * are set for a moment, and longer while that keeps bringing threads in: with many threads on few
 * processors each must get its turn. About 1 ms in 100 when nothing comes of it.
 */
enum { PULSE_MIN_MS = 1, PULSE_IDLE_MS = 5, PULSE_MAX_MS = 60, PULSE_PERIOD_MS = 100 };
static uint64_t pulse_from, pulse_progress, next_pulse;
static unsigned pulse_missing;

/* Returns ms until the next change. */
static int pulse_work(const struct census *census, uint64_t now) {
    if (!census->computing) {
        flags_pulse(PULSE_ROLLING, false);
        pulse_from = 0;
        return census->missing ? PULSE_PERIOD_MS : -1;
    }
    if (pulse_from) {
        bool came = census->missing_threads < pulse_missing;
        uint64_t patience = pulse_progress > pulse_from || came ? PULSE_IDLE_MS : PULSE_MIN_MS;
        if (came) pulse_progress = now;
        pulse_missing = census->missing_threads;
        if (now - pulse_progress <= patience && now - pulse_from < PULSE_MAX_MS) return 1;
        flags_pulse(PULSE_ROLLING, false);
        pulse_from = 0;
        next_pulse = now + PULSE_PERIOD_MS;
    } else if (now >= next_pulse) {
        flags_pulse(PULSE_ROLLING, true);
        pulse_from = pulse_progress = now;
        pulse_missing = census->missing_threads;
        return 1;
    }
    return (int)(next_pulse - now);
}

void activate_pausing(struct filter *filter, bool on) {
    if (filter->pausing == on) return;
    filter->pausing = on;
    for (uint32_t i = 0; i < filter->slow_count; i++)
        flags_pause(filter->slow[i].module, filter->slow[i].function, on ? 1 : -1);
}

static void enter_force(struct filter *filter, uint64_t now) {
    filter->phase = FILTER_IN_FORCE;
    filter->force_ms = now;
    activate_pausing(filter, false);
    event_add(EVENT_IN_FORCE, filter->id, "in force after %llu ms",
              (unsigned long long)(now - filter->published_ms));
}

/* How often to look at threads that are blocked: they may stay so for hours. */
static int patience(uint64_t age_ms) {
    return age_ms < 200 ? 1 : age_ms < 10000 ? 10 : 100;
}

int activate_work(uint64_t now) {
    struct census census;
    int wait = -1, pulse;
    bool any = false;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) any |= filters[i].phase == FILTER_PUBLISHED;
    if (!any) {
        flags_pulse(PULSE_ROLLING, false);
        pulse_from = 0;
        return -1;
    }
    census = take_census();
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) {
        struct filter *filter = &filters[i];
        if (filter->phase != FILTER_PUBLISHED) continue;
        if (!(census.missing & filter_mask(filter))) {
            enter_force(filter, now);
        } else {
            int mine = patience(now - filter->published_ms);
            activate_pausing(filter, true);
            wait = wait < 0 || mine < wait ? mine : wait;
        }
    }
    pulse = pulse_work(&census, now);
    return pulse >= 0 && (wait < 0 || pulse < wait) ? pulse : wait;
}

void activate_after_fork(void) {
    flags_pulse(PULSE_ROLLING, false);
    pulse_from = next_pulse = 0;
}
