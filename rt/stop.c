// SPDX-License-Identifier: MIT
/* stop.c: parking threads, for one instant or for one thread. See stop.h. */
#include "stop.h"

#include <errno.h>
#include <limits.h>

#include "activate.h"
#include "flags.h"
#include "grace.h"
#include "guard.h"
#include "op_alone.h"
#include "state.h"
#include "sys.h"
#include "testpoint.h"

enum stop_phase { STOP_IDLE, STOP_RESTING, STOP_GATHERING, STOP_ALONE };
enum { SLICE_MIN_MS = 5, SLICE_MAX_MS = 320, STUCK_MS = 2, REST_MAX_MS = 80 };

static struct lock stop_lock = LOCK_INIT(RANK_STOP);
static uint32_t phase;          /* enum stop_phase; written under RANK_STOP */
static struct filter *gathered; /* the filter; written under RANK_STOP */
static struct thread *alone;    /* of phase ALONE; written under RANK_STOP */
static bool complete;           /* of phase ALONE; under RANK_STOP */
static bool installer_waits;    /* the next turn is the stop's; under RANK_INSTALL */
static uint32_t turns;          /* futex: counts turns that ended */
static uint32_t slice;          /* number of the slice, never 0 while GATHERING or ALONE */
static uint64_t phase_end, phase_began;
static unsigned slice_ms, stuck_rest_ms;

static uint32_t slice_of(unsigned long request) {
    return (uint32_t)request / REQUEST_SLICE;
}

/* The futex is the low half of the request word. */
static const volatile uint32_t *request_futex(const struct thread *thread) {
    const volatile uint32_t *half = (const volatile uint32_t *)&thread->shared.request;
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ || sizeof(long) == 4 ? half : half + 1;
}

static void sleep_until_released(struct thread *self, uint32_t number) {
    int before = (int)self->busy;
    self->busy = BUSY_WAITING;
    for (;;) {
        unsigned long request = LOAD(self->shared.request);
        bool over = slice_of(request) != number;
        if (!over &&
            sys_futex_wait(request_futex(self), (uint32_t)request, GUARD_TICK_MS) != -ETIMEDOUT)
            continue;
        if (!over) op_alone_look();
        if (over || state_is_off()) break;
    }
    self->busy = (uint32_t)before;
}

/* Caller holds RANK_STOP. */
static bool must_park(struct thread *self, uintptr_t site, bool may_park) {
    bool safe = false;
    if (state_is_off()) return false;
    if (phase == STOP_ALONE) return self != alone && (complete || (may_park && !self->owed));
    if (phase == STOP_GATHERING && may_park) {
        grace_enter(self);
        safe = filter_safe(gathered, site);
        grace_leave(self);
    }
    return safe;
}

bool stop_look(struct thread *self, uintptr_t site, bool may_park) {
    uint32_t number = 0;
    if (!LOAD(phase)) return false;
    lock_take(&stop_lock);
    if (must_park(self, site, may_park)) {
        number = slice;
        STORE(self->parked, number);
        STORE(self->shared.state, site);
    }
    lock_drop(&stop_lock);
    if (!number) return false;
    TESTPOINT("stop-parked");
    sleep_until_released(self, number);
    TESTPOINT("stop-released");
    /* Not if it looked between the take and the asking: then its number had not come yet. */
    self->owed = LOAD(phase) != STOP_ALONE || LOAD(slice) != number;
    STORE(self->shared.state, SITE_INSIDE); /* before `parked`: stop_missing reads the other way */
    STORE(self->parked, 0);
    return true;
}

bool stop_is_alone(void) {
    return LOAD(phase) == STOP_ALONE;
}

unsigned long stop_request(void) {
    return LOAD(phase) >= STOP_GATHERING ? (unsigned long)LOAD(slice) * REQUEST_SLICE : 0;
}

uint32_t *stop_turns(void) {
    return &turns;
}
uint32_t stop_number(void) {
    return LOAD(slice);
}

static void wake_turns(void) {
    __atomic_fetch_add(&turns, 1, __ATOMIC_SEQ_CST);
    sys_futex_wake(&turns, INT_MAX);
}

/* Writes the slice number (0: none) into all requests (but that of who is alone), keeps
 * REQUEST_LOOK, wakes the parked. */
static void ask_all(uint32_t number) {
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) {
        unsigned long before = LOAD(t->shared.request), after;
        if (number && t == alone) continue;
        do after = (before & REQUEST_LOOK) | (unsigned long)number * REQUEST_SLICE;
        while (!__atomic_compare_exchange_n(&t->shared.request, &before, after, false,
                                            __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
        if (!number) sys_futex_wake(request_futex(t), 1);
    }
    lock_drop(&threads_lock);
}

static void next_slice(void) {
    STORE(slice, slice % 0x3fffffff + 1);
}

static void set_phase(enum stop_phase to, uint64_t now, unsigned lasts_ms) {
    lock_take(&stop_lock);
    if (to == STOP_GATHERING) next_slice();
    STORE(phase, to);
    if (to == STOP_IDLE) gathered = NULL;
    lock_drop(&stop_lock);
    phase_began = now;
    phase_end = now + lasts_ms;
    installer_waits = false;
    flags_pulse(PULSE_STOP, to == STOP_GATHERING);
    ask_all(to == STOP_GATHERING ? slice : 0);
    if (to != STOP_GATHERING) wake_turns();
}

/* ---- one thread alone ---- */

uint32_t stop_take(struct thread *self) {
    if (phase == STOP_GATHERING || phase == STOP_ALONE || installer_waits) return 0;
    lock_take(&stop_lock);
    next_slice();
    alone = self;
    complete = false;
    STORE(phase, STOP_ALONE);
    lock_drop(&stop_lock);
    ask_all(slice);
    return slice;
}

void stop_pulse(uint32_t number) {
    if (phase == STOP_ALONE && slice == number) flags_pulse(PULSE_ALONE, true);
}

void stop_give(uint32_t number) {
    if (phase != STOP_ALONE || slice != number) return;
    lock_take(&stop_lock);
    alone = NULL;
    STORE(phase, gathered ? STOP_RESTING : STOP_IDLE);
    lock_drop(&stop_lock);
    flags_pulse(PULSE_ALONE, false);
    ask_all(0);
    wake_turns();
}

/* Not out: it runs, or wakes from a park for an earlier number and is owed a run. */
static bool is_missing(const struct thread *thread, uint32_t number) {
    uint32_t parked = LOAD(thread->parked);
    if (thread == alone) return false;
    return (parked && parked != number) || LOAD(thread->shared.state) == SITE_INSIDE;
}

int stop_missing(uint32_t number, int *tid) {
    int missing = -1;
    lock_take(&stop_lock);
    if (phase == STOP_ALONE && slice == number) {
        missing = 0;
        lock_take(&threads_lock);
        for (struct thread *t = threads_first(); t; t = threads_next(t))
            if (is_missing(t, number)) missing++, *tid = t->tid;
        lock_drop(&threads_lock);
        complete = !missing;
    }
    lock_drop(&stop_lock);
    return missing;
}

/* ---- a stop ---- */

int stop_begin(struct filter *filter, uint64_t now) {
    if (gathered) return -EBUSY;
    gathered = filter;
    slice_ms = stuck_rest_ms = SLICE_MIN_MS;
    if (phase == STOP_ALONE)
        phase_end = now;
    else
        set_phase(STOP_GATHERING, now, slice_ms);
    return 0;
}

void stop_cancel(void) {
    if (!gathered) return;
    if (phase != STOP_ALONE) {
        set_phase(STOP_IDLE, 0, 0);
        return;
    }
    lock_take(&stop_lock);
    gathered = NULL;
    lock_drop(&stop_lock);
    installer_waits = false;
    wake_turns();
}

struct filter *stop_filter(void) {
    return gathered;
}

bool stop_expired(uint64_t now) {
    return gathered && now >= gathered->deadline_ms;
}

/* What a scan saw of the threads that are not at a safe place. */
struct scan {
    unsigned missing, computing;
};

/* Opens the filter if nobody is missing. Caller holds RANK_STOP. */
static struct scan scan_threads(void) {
    struct scan scan = {0};
    sys_barrier(); /* partner: handshake */
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) {
        uintptr_t state = LOAD(t->shared.state);
        if (state == SITE_INSIDE)
            scan.computing++, scan.missing++;
        else if (!filter_safe(gathered, state))
            scan.missing++;
        else
            continue;
    }
    if (!scan.missing) {
        /* Opened under this lock: whoever registers next asks himself to look. */
        __atomic_fetch_or(&filters_open, filter_mask(gathered), __ATOMIC_SEQ_CST);
        for (struct thread *t = threads_first(); t; t = threads_next(t)) {
            t->counted |= filter_mask(gathered);
            __atomic_fetch_or(&t->shared.request, REQUEST_LOOK, __ATOMIC_SEQ_CST);
        }
    }
    lock_drop(&threads_lock);
    return scan;
}

/* One look; commits if everybody is at a safe place. */
static struct scan try_commit(void) {
    struct scan scan;
    lock_take(&stop_lock);
    scan = scan_threads();
    TESTPOINT("stop-scanned");
    if (!scan.missing) {
        gathered->phase = FILTER_PUBLISHED; /* activate_work finds it complete */
        STORE(phase, STOP_IDLE);
        gathered = NULL;
    }
    lock_drop(&stop_lock);
    return scan;
}

static int gather(uint64_t now) {
    struct scan scan = try_commit();
    if (!scan.missing) {
        flags_pulse(PULSE_STOP, false);
        ask_all(0);
        wake_turns();
        return 0;
    }
    if (!scan.computing && now - phase_began >= STUCK_MS) {
        /* Those missing are blocked, perhaps by a parked thread: let all run, longer each time. */
        set_phase(STOP_RESTING, now, stuck_rest_ms);
        if (stuck_rest_ms < REST_MAX_MS) stuck_rest_ms *= 2;
    } else if (now >= phase_end) {
        set_phase(STOP_RESTING, now, slice_ms);
        if (slice_ms < SLICE_MAX_MS) slice_ms *= 2;
    }
    return 1;
}

int stop_work(uint64_t now) {
    if (phase == STOP_GATHERING) return gather(now);
    if (!gathered) return -1;
    if (now < phase_end) return (int)(phase_end - now);
    if (phase == STOP_ALONE) {
        installer_waits = true;
        return 1;
    }
    set_phase(STOP_GATHERING, now, slice_ms);
    return 1;
}

bool stop_before_fork(void) {
    return lock_take_limited(&stop_lock, 100);
}

/* The child has nobody to gather; install_after_fork_child removes the filter. Who was alone is. */
void stop_after_fork(bool child) {
    if (!child) {
        lock_drop(&stop_lock);
        return;
    }
    lock_reset(&stop_lock);
    installer_waits = false;
    gathered = NULL;
    flags_pulse(PULSE_STOP, false);
    if (alone && alone == thread_self()) return;
    flags_pulse(PULSE_ALONE, false);
    phase = STOP_IDLE;
    alone = NULL;
    if (thread_self()) thread_self()->shared.request &= REQUEST_LOOK;
}
