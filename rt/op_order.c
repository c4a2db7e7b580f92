// SPDX-License-Identifier: MIT
/* op_order.c: ups, downs and their waits. See op_order.h. */
#include "op_order.h"

#include <errno.h>
#include <limits.h>

#include "guard.h"
#include "handshake.h"
#include "reach.h"
#include "state.h"
#include "stop.h"
#include "sys.h"
#include "testpoint.h"

/* Threads in a wait: without any, an up needs no system call. */
static uint32_t waiting;
/* Threads that ended: the futex of those who wait for an end. */
static uint32_t deaths;

/* A count that is never reached: left sides are counted up to one less. */
#define COUNT_NEVER (HAPPENED_MAX + 1u)
enum { HAPPENED_MAX = INT_MAX };

/* One wait; does not need the operation table. */
struct order_wait {
    struct filter *filter;
    uint32_t id, count, within_ms;
    uint16_t link;
    bool each, end;
    bool seen_alive;      /* end: a thread lived when it looked */
    uint32_t seen_deaths; /* end: before it looked */
    uint64_t seen_ms, waited_ms;
};

static struct order_wait wait_of(const struct operation *op, int64_t count) {
    const struct filter *filter = op->filter;
    return (struct order_wait){.filter = op->filter,
                               .id = filter->id,
                               .count = count < COUNT_NEVER ? (uint32_t)count : COUNT_NEVER,
                               .within_ms = filter->within_ms,
                               .link = op->region,
                               .each = filter->plan_flags & LOOM_EACH,
                               .end = op->flags & LOOM_OP_END};
}

/* Pairs are counted from one instant on, for all threads: a left that counts while the thread that
 * does its right is not active yet would be one too many for good. */
static bool counts(const struct filter *filter) {
    return LOAD(filter->counting) && !filter_inert(filter);
}

/* ---- counting -------------------------------------------------------------------------------- */

/* A left side that comes late belongs to a right that did not wait for it. */
static bool pays(struct filter *filter, uint16_t link) {
    uint32_t owed = LOAD(filter->owed[link]);
    while (owed > 0)
        if (__atomic_compare_exchange_n(&filter->owed[link], &owed, owed - 1, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE))
            return true;
    return false;
}

void op_order_up(const struct operation *op) {
    struct filter *filter = op->filter;
    uint32_t *happened = &filter->happened[op->region];
    bool limited = !(filter->plan_flags & LOOM_EACH) && !op->unlimited;
    uint32_t limit = limited ? op->count : HAPPENED_MAX;
    uint32_t value = LOAD(*happened);
    if (!counts(filter) || pays(filter, op->region)) return;
    do {
        if (value >= limit) return; /* the latch is open */
    } while (!__atomic_compare_exchange_n(happened, &value, value + 1, false, __ATOMIC_SEQ_CST,
                                          __ATOMIC_ACQUIRE));
    TESTPOINT("order-up");
    /* Partner: sleep_in_order counts itself before it reads. */
    if (value + 1 >= op->count && __atomic_load_n(&waiting, __ATOMIC_SEQ_CST))
        sys_futex_wake(happened, INT_MAX);
}

static uint32_t *happened_of(const struct order_wait *wait) {
    return &wait->filter->happened[wait->link];
}

/* Has the left side happened often enough? Takes it with LOOM_EACH. */
static bool take_left(const struct order_wait *wait) {
    uint32_t value = LOAD(*happened_of(wait));
    do {
        if (value < wait->count) return false;
        if (!wait->each) return true;
    } while (!__atomic_compare_exchange_n(happened_of(wait), &value, value - wait->count, false,
                                          __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE));
    if (LOAD(wait->filter->missed[wait->link])) STORE(wait->filter->missed[wait->link], 0);
    return true;
}

/* Of pairs, a right goes on without its left, or with a part of it. What is missing is late, and
 * then it is not the next right's; but if that one misses it too, or nobody can do it any more, it
 * never comes: the counting starts anew. */
static void miss_pair(const struct order_wait *wait, bool lost) {
    struct filter *filter = wait->filter;
    uint32_t taken = __atomic_exchange_n(happened_of(wait), 0, __ATOMIC_SEQ_CST);
    bool again = __atomic_exchange_n(&filter->missed[wait->link], 1, __ATOMIC_SEQ_CST);
    if (lost || again)
        STORE(filter->owed[wait->link], 0);
    else if (taken < wait->count)
        __atomic_fetch_add(&filter->owed[wait->link], wait->count - taken, __ATOMIC_SEQ_CST);
}

/* Is there a birth of the link at this address, of a site or of a start routine? */
static bool has_birth(uintptr_t address, const struct order_wait *wait) {
    uint32_t count;
    const struct operation *ops = op_table_find(address, &count);
    for (uint32_t i = 0; i < count; i++)
        if (ops[i].kind == LOOM_BIRTH && ops[i].filter == wait->filter &&
            ops[i].region == wait->link)
            return true;
    return false;
}

static bool is_born_in(const struct thread *thread, const struct order_wait *wait) {
    return has_birth(thread->born, wait) || has_birth((uintptr_t)thread->start, wait);
}

/* Takes RANK_THREADS. */
static bool another_lives(const struct thread *self, const struct order_wait *wait) {
    bool lives = false;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t && !lives; t = threads_next(t))
        lives = t != self && is_born_in(t, wait);
    lock_drop(&threads_lock);
    return lives;
}

static bool take_end(const struct thread *self, struct order_wait *wait) {
    if (!wait->each && LOAD(*happened_of(wait))) return true;
    wait->seen_deaths = __atomic_load_n(&deaths, __ATOMIC_SEQ_CST);
    if (another_lives(self, wait)) {
        wait->seen_alive = true;
        return false;
    }
    if (wait->seen_alive && !wait->each) STORE(*happened_of(wait), 1);
    return true;
}

void op_order_thread_ended(void) {
    __atomic_fetch_add(&deaths, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&waiting, __ATOMIC_SEQ_CST)) sys_futex_wake(&deaths, INT_MAX);
}

/* The filter was removed or goes. */
static bool is_over(const struct order_wait *wait) {
    return LOAD(wait->filter->id) != wait->id || filter_inert(wait->filter) || state_is_off();
}

/* ---- waiting --------------------------------------------------------------------------------- */

/* Time in which the process was stopped does not count: no look adds more than two ticks. That in
 * which another was alone (op_alone.h) counts a quarter: what comes first was kept out. */
static bool too_long(struct order_wait *wait) {
    uint64_t now = sys_now_ms(), passed = now - wait->seen_ms;
    wait->seen_ms = now;
    if (stop_is_alone()) passed /= 4;
    wait->waited_ms += passed < 2 * GUARD_TICK_MS ? passed : 2 * GUARD_TICK_MS;
    return wait->waited_ms >= wait->within_ms;
}

/* link: as in struct thread.in_order; 0: it no longer waits. While it is set the thread is OUTSIDE
 * at its down (reach.c relies on it). */
static void count_waiter(struct thread *self, uint64_t link) {
    STORE(self->in_order, link);
    __atomic_fetch_add(&waiting, link ? 1u : ~0u, __ATOMIC_SEQ_CST);
}

/* What a sleep has come to. */
enum rest { REST_LOOK, REST_TOO_LONG, REST_LOST };

static enum rest sleep_once(struct thread *self, struct order_wait *wait, const uint32_t *word,
                            uint32_t value) {
    bool tick = sys_futex_wait(word, value, GUARD_TICK_MS) == -ETIMEDOUT;
    if (too_long(wait)) return REST_TOO_LONG;
    if (tick && !wait->end && reach_is_lost(self, wait->filter, wait->id, wait->link))
        return REST_LOST;
    return REST_LOOK;
}

/* Sleeps until a look is worth while, or there is no sense in it. The caller is OUTSIDE. */
static enum rest sleep_in_order(struct thread *self, struct order_wait *wait) {
    const uint32_t *word = wait->end ? &deaths : happened_of(wait);
    enum rest rest = REST_LOOK;
    count_waiter(self, reach_link(wait->id, wait->link));
    while (rest == REST_LOOK) {
        uint32_t value = __atomic_load_n(word, __ATOMIC_SEQ_CST);
        if (wait->end ? value != wait->seen_deaths : value >= wait->count) break;
        if (is_over(wait)) break;
        rest = sleep_once(self, wait, word, value);
    }
    count_waiter(self, 0);
    return rest == REST_LOOK && too_long(wait) ? REST_TOO_LONG : rest;
}

/* A latch is open from now on: its left side is as good as done. */
static void open_for_good(const struct order_wait *wait) {
    if (wait->each) return;
    STORE(*happened_of(wait), HAPPENED_MAX);
    sys_futex_wake(happened_of(wait), INT_MAX);
}

static void give_up(struct thread *self, const struct order_wait *wait, enum rest why,
                    loom_op *point) {
    struct place place = module_place((uintptr_t)point);
    bool lost = why == REST_LOST;
    if (wait->each && !wait->end) miss_pair(wait, lost);
    if (lost)
        open_for_good(wait);
    else
        __atomic_fetch_add(&wait->filter->timeouts, 1, __ATOMIC_RELAXED);
    event_add(lost ? EVENT_LOST : EVENT_TIMEOUT, wait->id,
              "what comes first %s: the waiter passed%s; waiter tid=%d file=%d point=%u",
              lost ? "cannot happen any more" : "did not happen in time",
              lost && !wait->each ? ", and so do all" : "", self->tid, (int)place.file,
              place.point);
}

bool op_order_down(struct thread *self, const struct operation *op, int64_t count, loom_op *point,
                   struct operation *kept) {
    struct order_wait wait = wait_of(op, count);
    enum rest rest = REST_LOOK;
    bool waited = false;
    if (!counts(wait.filter)) return false;
    __atomic_fetch_add(&wait.filter->enters, 1, __ATOMIC_RELAXED);
    if (count <= 0) return false;
    while (!is_over(&wait) && !(wait.end ? take_end(self, &wait) : take_left(&wait))) {
        unsigned long before;
        if (rest != REST_LOOK) {
            give_up(self, &wait, rest, point);
            break;
        }
        if (!waited) {
            *kept = *op;
            __atomic_fetch_add(&wait.filter->waits, 1, __ATOMIC_RELAXED);
            wait.seen_ms = sys_now_ms();
        }
        waited = true;
        before = handshake_begin_wait(self, point);
        TESTPOINT("order-waiting");
        rest = sleep_in_order(self, &wait);
        handshake_end_wait(self, point, before);
    }
    return waited;
}

/* ---- ways out -------------------------------------------------------------------------------- */

void op_order_cancel_wait(struct thread *self) {
    if (LOAD(self->in_order)) count_waiter(self, 0);
}

void op_order_pass_all(struct filter *filter) {
    for (unsigned i = 0; i < LOOM_LINKS_MAX; i++) sys_futex_wake(&filter->happened[i], INT_MAX);
    sys_futex_wake(&deaths, INT_MAX);
}

void op_order_after_fork_child(void) {
    struct thread *self = thread_self();
    STORE(waiting, self && self->in_order ? 1 : 0);
}
