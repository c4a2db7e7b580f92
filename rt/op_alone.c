// SPDX-License-Identifier: MIT
/* op_alone.c: entries of unilateral exclusion. See op_alone.h. */
#include "op_alone.h"

#include <errno.h>
#include <limits.h>

#include "bucket.h"
#include "guard.h"
#include "handshake.h"
#include "install.h"
#include "op_lock.h"
#include "state.h"
#include "stop.h"
#include "sys.h"
#include "testpoint.h"

enum {
    GATHER_MS = 50,
    GATHER_MAX_MS = 250,
    PULSE_AFTER_MS = 1, /* threads that make calls come without */
    STARVED_MS = 200,
    LOOK_MS = GUARD_TICK_MS / 2, /* however many look */
    TELL_MS = 3000,
    REST = 4, /* after gathering in vain, times what it took */
    PAUSE_MIN_US = 20,
    PAUSE_MAX_US = 500
};

/* All of this: RANK_INSTALL. */
static struct entry {
    uint32_t number; /* of its slice (stop.h); 0: there is none */
    uint32_t filter;
    struct thread *owner;
    unsigned depth; /* locks that are part of it */
    uint64_t seen_ms, lasted_ms;
    /* what the last look saw of the owner, and for how long */
    uint64_t state, ran_ns, same_ms;
    uint32_t waiting;
} entry;
static bool gathering;                     /* of the entry */
static uint64_t tickets[LOOM_FILTERS_MAX]; /* who waits for the turn, by filter; 0: nobody */
static uint64_t last_ticket;
static uint64_t told_ms[LOOM_FILTERS_MAX];
static uint64_t rest_until_ms;
static uint64_t next_look_ms; /* read without the lock */

/* Time in which the process was stopped does not count: no look adds more than two ticks. */
static uint64_t passed_since(uint64_t *seen_ms, uint64_t now) {
    uint64_t passed = now - *seen_ms;
    *seen_ms = now;
    return passed < 2 * GUARD_TICK_MS ? passed : 2 * GUARD_TICK_MS;
}

/* ---- events; RANK_INSTALL ---- */

static void tell(struct filter *filter, enum event_kind kind, const char *what, int tid) {
    uint64_t now = sys_now_ms(), *told = &told_ms[filter_bit(filter)];
    __atomic_fetch_add(&filter->timeouts, 1, __ATOMIC_RELAXED);
    if (*told && now - *told < TELL_MS) return;
    *told = now;
    event_add(kind, filter->id, "%s; tid=%d", what, tid);
}

/* ---- the entry; RANK_INSTALL ---- */

static void begin_entry(struct thread *self, const struct filter *filter, uint32_t number) {
    entry = (struct entry){.number = number, .filter = filter->id, .owner = self, .depth = 1};
    entry.seen_ms = sys_now_ms();
    gathering = true;
}

static void end_entry(void) {
    stop_give(entry.number);
    entry.number = 0;
}

static bool owner_is_blocked(uint64_t passed) {
    uint64_t state = LOAD(entry.owner->shared.state), ran = sys_thread_ran_ns(entry.owner->tid);
    uint32_t waiting = LOAD(entry.owner->waiting);
    bool same = state == entry.state && waiting == entry.waiting;
    if (!(waiting & 1))
        same &= ran == entry.ran_ns && ran; /* such a wait wakes each tick to look */
    entry.same_ms = same ? entry.same_ms + passed : 0;
    entry.state = state;
    entry.ran_ns = ran;
    entry.waiting = waiting;
    return entry.same_ms >= (state == SITE_INSIDE ? STARVED_MS : GUARD_TICK_MS);
}

static void end_overlong(struct filter *filter) {
    bool stays = filter->plan_flags & LOOM_ELSE_PASS;
    tell(filter, EVENT_TIMEOUT,
         stays ? "alone for too long: the others run on"
               : "alone for too long: the filter is suspended",
         entry.owner->tid);
    if (!stays && !__atomic_exchange_n(&filter->suspended, 1, __ATOMIC_SEQ_CST))
        bucket_pass_all(filter->id);
    end_entry();
}

void op_alone_work(uint64_t now) {
    struct filter *filter;
    uint64_t passed;
    if (!entry.number) return;
    __atomic_store_n(&next_look_ms, now + LOOK_MS, __ATOMIC_RELAXED);
    passed = passed_since(&entry.seen_ms, now);
    entry.lasted_ms += passed;
    filter = filter_find(entry.filter);
    if (!filter || filter_inert(filter) || state_is_off()) {
        end_entry();
    } else if (!gathering && owner_is_blocked(passed)) {
        tell(filter, EVENT_ALONE, "blocked while alone: the others run on", entry.owner->tid);
        end_entry();
    } else if (entry.lasted_ms >= filter->within_ms) {
        end_overlong(filter);
    }
}

void op_alone_look(void) {
    uint64_t now = sys_now_ms();
    if (now < __atomic_load_n(&next_look_ms, __ATOMIC_RELAXED)) return;
    lock_take(&install_lock);
    op_alone_work(now);
    lock_drop(&install_lock);
}

void op_alone_end(uint32_t filter) {
    if (entry.number && entry.filter == filter) end_entry();
}

/* ---- the turn ---- */

enum turn { TURN_PASS, TURN_WAIT, TURN_TAKEN, TURN_SHARED };

/* Is no other filter's thread waiting for longer? RANK_INSTALL. */
static bool is_first(const struct filter *filter) {
    uint64_t mine = tickets[filter_bit(filter)];
    for (int i = 0; i < LOOM_FILTERS_MAX; i++)
        if (tickets[i] && !filter_inert(&filters[i]) && tickets[i] < (mine ? mine : UINT64_MAX))
            return false;
    return true;
}

static void stop_waiting(struct thread *self) {
    if (!self->in_turn) return;
    tickets[self->in_turn - 1] = 0;
    STORE(self->in_turn, 0);
}

static void go_on_waiting(struct thread *self, const struct filter *filter) {
    uint64_t *ticket = &tickets[filter_bit(filter)];
    if (!*ticket) *ticket = ++last_ticket;
    STORE(self->in_turn, filter_bit(filter) + 1);
}

static enum turn try_turn(struct thread *self, uint32_t id, struct own *own) {
    struct filter *filter = filter_find(id);
    uint32_t number;
    if (!filter || filter_inert(filter) || state_is_off() || !sys_may_peek()) return TURN_PASS;
    if (entry.number && entry.owner == self) {
        entry.depth++;
        own->alone = entry.number;
        return TURN_SHARED;
    }
    if (sys_now_ms() < rest_until_ms) {
        tell(filter, EVENT_ALONE, "others could not be stopped just now: they run on", self->tid);
        return TURN_PASS;
    }
    if (!is_first(filter) || !(number = stop_take(self))) return TURN_WAIT;
    begin_entry(self, filter, number);
    own->alone = number;
    return TURN_TAKEN;
}

static enum turn look_for_turn(struct thread *self, uint32_t id, struct own *own, bool in_time) {
    struct filter *filter;
    enum turn turn;
    lock_take(&install_lock);
    turn = try_turn(self, id, own);
    filter = turn == TURN_WAIT ? filter_find(id) : NULL;
    if (filter && in_time) {
        go_on_waiting(self, filter);
    } else {
        if (filter) tell(filter, EVENT_TIMEOUT, "its turn did not come: others run", self->tid);
        if (filter) turn = TURN_PASS;
        stop_waiting(self);
    }
    lock_drop(&install_lock);
    return turn;
}

static enum turn wait_for_turn(struct thread *self, uint32_t id, uint32_t within_ms,
                               struct own *own) {
    uint64_t seen_ms = sys_now_ms(), waited_ms = 0;
    uint32_t holder = stop_number();
    for (;;) {
        uint32_t turns = __atomic_load_n(stop_turns(), __ATOMIC_SEQ_CST);
        enum turn turn = look_for_turn(self, id, own, waited_ms < within_ms);
        if (turn != TURN_WAIT) return turn;
        TESTPOINT("alone-waiting");
        if (sys_futex_wait(stop_turns(), turns, GUARD_TICK_MS) == -ETIMEDOUT) op_alone_look();
        waited_ms += passed_since(&seen_ms, sys_now_ms());
        if (holder != stop_number()) holder = stop_number(), waited_ms = 0;
    }
}

void op_alone_cancel_wait(struct thread *self) {
    if (!self->in_turn) return;
    lock_take(&install_lock);
    stop_waiting(self);
    lock_drop(&install_lock);
}

/* ---- gathering ---- */

static void help_gathering(uint32_t number) {
    lock_take(&install_lock);
    stop_pulse(number);
    lock_drop(&install_lock);
}

/* 0: all are out. The number of those who are not, or -1: the entry has ended meanwhile. */
static int gather(uint32_t number, int *tid) {
    uint64_t began = sys_now_ms(), progress = began;
    int missing, before = INT_MAX;
    bool helped = false;
    if (sys_barrier()) return 1; /* partner: loom_in_ in slot.h, handshake */
    for (unsigned pause_us = PAUSE_MIN_US; (missing = stop_missing(number, tid)) > 0;) {
        uint64_t now = sys_now_ms();
        if (missing < before) progress = now, before = missing;
        if (now - progress >= GATHER_MS || now - began >= GATHER_MAX_MS) break;
        if (!helped && now - began > PULSE_AFTER_MS) helped = true, help_gathering(number);
        sys_sleep_us(pause_us);
        if (pause_us < PAUSE_MAX_US) pause_us *= 2;
    }
    return missing;
}

static void end_gathering(uint32_t number, int missing, int tid, uint64_t took_ms) {
    struct filter *filter;
    if (missing > 0) threads_reap(); /* nobody waits for the dead, next time */
    lock_take(&install_lock);
    if (entry.number == number) {
        gathering = false;
        filter = filter_find(entry.filter);
        if (missing && filter)
            tell(filter, EVENT_ALONE, "a thread came to no pause point: the others run on", tid);
        if (missing) {
            rest_until_ms = sys_now_ms() + REST * took_ms;
            end_entry();
        }
    }
    lock_drop(&install_lock);
}

static void be_alone(struct thread *self, uint32_t id, struct own *own) {
    const struct filter *filter = filter_find(id);
    uint64_t began;
    int missing, tid = 0;
    if (!filter || wait_for_turn(self, id, filter->within_ms, own) != TURN_TAKEN) return;
    TESTPOINT("alone-gathering");
    began = sys_now_ms();
    missing = gather(own->alone, &tid);
    end_gathering(own->alone, missing, tid, sys_now_ms() - began);
    TESTPOINT("alone-gathered");
}

void op_alone_enter(struct thread *self, uint32_t filter, struct own *own, loom_op *point) {
    unsigned long before = handshake_begin_wait(self, point);
    be_alone(self, filter, own);
    handshake_end_wait(self, point, before);
}

void op_alone_leave(struct own *own) {
    uint32_t number = own->alone;
    own->alone = 0;
    lock_take(&install_lock);
    if (entry.number == number && --entry.depth == 0) end_entry();
    lock_drop(&install_lock);
}

void op_alone_after_fork_child(void) {
    struct thread *self = thread_self();
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) tickets[i] = 0;
    if (self) self->in_turn = 0;
    if (entry.owner != self) entry.number = 0;
}
