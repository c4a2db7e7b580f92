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
 * processors each must get its turn. At most one part in four of the time for a new filter, one in
 * a hundred when nothing came of it for long (a thread may compute without polls for hours).
 */
enum {
    PULSE_NEW_MS = 10,
    PULSE_OLD_MS = 1,
    PULSE_MAX_MS = 100,
    PULSE_REST_NEW = 3,
    PULSE_REST_OLD = 100,
    NEW_MS = 5000
};
static struct {
    uint64_t began; /* 0: none is on */
    uint64_t progress, next;
    unsigned missing;
} pulse;

static void pulse_end(uint64_t now, uint64_t age_ms) {
    unsigned rest = age_ms < NEW_MS ? PULSE_REST_NEW : PULSE_REST_OLD;
    flags_pulse(PULSE_ROLLING, false);
    pulse.next = now + (now - pulse.began) * rest;
    if (pulse.next < now + 100) pulse.next = now + 100;
    pulse.began = 0;
}

static int pulse_go_on(const struct census *census, uint64_t now, uint64_t age_ms) {
    uint64_t patience = age_ms < NEW_MS ? PULSE_NEW_MS : PULSE_OLD_MS;
    if (census->missing_threads < pulse.missing) pulse.progress = now;
    pulse.missing = census->missing_threads;
    if (now - pulse.progress <= patience && now - pulse.began < PULSE_MAX_MS) return 1;
    pulse_end(now, age_ms);
    return (int)(pulse.next - now);
}

/* age_ms: of the newest filter that is not in force. Returns ms until the next change. */
static int pulse_work(const struct census *census, uint64_t now, uint64_t age_ms) {
    if (!census->computing) {
        if (pulse.began) pulse_end(now, age_ms);
        return -1;
    }
    if (pulse.began) return pulse_go_on(census, now, age_ms);
    if (now < pulse.next && age_ms > 1) return (int)(pulse.next - now);
    flags_pulse(PULSE_ROLLING, true);
    pulse.began = pulse.progress = now;
    pulse.missing = census->missing_threads;
    return 1;
}

static void pulse_stop(void) {
    flags_pulse(PULSE_ROLLING, false);
    pulse.began = pulse.next = 0;
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
    STORE(filter->counting, 1);
    activate_pausing(filter, false);
    event_add(EVENT_IN_FORCE, filter->id, "in force after %llu ms",
              (unsigned long long)(now - filter->published_ms));
}

/* How often to look at threads that are blocked: they may stay so for hours. */
static int patience(uint64_t age_ms) {
    return age_ms < 200 ? 1 : age_ms < 10000 ? 10 : 100;
}

static int sooner(int a, int b) {
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

int activate_work(uint64_t now) {
    struct census census;
    uint64_t youngest = UINT64_MAX;
    int wait = -1;
    bool any = false;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) any |= filters[i].phase == FILTER_PUBLISHED;
    if (!any) {
        pulse_stop();
        return -1;
    }
    census = take_census();
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) {
        struct filter *filter = &filters[i];
        uint64_t age = now - filter->published_ms;
        if (filter->phase != FILTER_PUBLISHED) continue;
        if (!(census.missing & filter_mask(filter))) {
            enter_force(filter, now);
            continue;
        }
        activate_pausing(filter, true);
        wait = sooner(wait, patience(age));
        if (age < youngest) youngest = age;
    }
    return sooner(wait, pulse_work(&census, now, youngest));
}

void activate_after_fork(void) {
    pulse_stop();
}
