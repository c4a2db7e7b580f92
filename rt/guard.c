// SPDX-License-Identifier: MIT
/* guard.c: cycles and overlong holds. See guard.h. */
#include "guard.h"

#include <pthread.h>
#include <string.h>

#include "bucket.h"
#include "grace.h"
#include "op_lock.h"
#include "state.h"
#include "sys.h"

/* The thread that owns the program mutex for which `thread` waits, or null. The mutex may be
 * gone: read through the kernel. */
static struct thread *mutex_owner(const struct thread *thread, uint64_t *number) {
    const volatile char *mutex = __atomic_load_n(&thread->shared.mutex, __ATOMIC_ACQUIRE);
    struct thread *owner = NULL;
    int tid = 0;
    if (!mutex || LOAD(thread->shared.state) == SITE_INSIDE) return NULL;
    if (sys_peek(&tid, mutex + offsetof(pthread_mutex_t, __data.__owner), sizeof tid)) return NULL;
    lock_take(&threads_lock);
    if (tid > 0) owner = thread_by_tid(tid);
    lock_drop(&threads_lock);
    *number = (uint64_t)(uintptr_t)mutex;
    return owner;
}

/* Whom does this thread wait for? Null: nobody we know of. */
static struct thread *waits_for(const struct thread *thread, uint64_t *number) {
    struct wait wait;
    struct owner_view owner;
    if (!op_lock_waiting(thread, &wait)) return mutex_owner(thread, number);
    *number = wait.number;
    return op_lock_owner(&wait, &owner) ? owner.thread : NULL;
}

/* Follows the waits from self. The length of the chain if it comes back to self, else 0. */
static unsigned follow(struct thread *self, struct guard_link *chain) {
    struct thread *thread = self;
    for (unsigned n = 0; n < GUARD_CHAIN_MAX; n++) {
        struct thread *next;
        chain[n].thread = thread;
        next = waits_for(thread, &chain[n].number);
        if (next == self) return n + 1;
        if (!next) return 0;
        thread = next;
    }
    return 0;
}

static bool same_chain(const struct guard *guard, const struct guard_link *chain, unsigned length) {
    if (length != guard->length) return false;
    for (unsigned i = 0; i < length; i++)
        if (chain[i].thread != guard->chain[i].thread || chain[i].number != guard->chain[i].number)
            return false;
    return true;
}

static void tell(enum event_kind kind, struct thread *self, const struct owner_view *owner,
                 const char *what) {
    struct place here, there;
    grace_enter(self);
    here = module_place((uintptr_t)self->wait.point);
    there = module_place((uintptr_t)owner->point);
    grace_leave(self);
    event_add(kind, self->wait.filter,
              "%s; waiter tid=%d file=%d point=%u, owner tid=%d file=%d point=%u", what, self->tid,
              (int)here.file, here.point, owner->thread->tid, (int)there.file, there.point);
}

static void count_timeout(struct filter *filter) {
    __atomic_fetch_add(&filter->timeouts, 1, __ATOMIC_RELAXED);
}

/* Did the cycle stand for a whole tick? Then all its waits lasted through it: it is one. */
static bool break_cycle(struct guard *guard, struct thread *self, const struct owner_view *owner) {
    struct guard_link chain[GUARD_CHAIN_MAX];
    unsigned length = follow(self, chain);
    bool proved = length && same_chain(guard, chain, length);
    guard->length = length;
    memcpy(guard->chain, chain, length * sizeof chain[0]);
    if (!proved || !op_lock_pass(&self->wait)) return false;
    tell(EVENT_CYCLE, self, owner, "a cycle of waits: the waiter passed");
    return true;
}

/* Does somebody else keep the owner from running (parked, or waiting for its turn to be alone)? */
static bool is_kept_out(const struct thread *owner) {
    return LOAD(owner->parked) || LOAD(owner->in_turn);
}

static void limit_owner(struct filter *filter, struct thread *self,
                        const struct owner_view *owner) {
    if (filter->plan_flags & LOOM_ELSE_PASS) {
        if (!op_lock_pass(&self->wait)) return;
        tell(EVENT_TIMEOUT, self, owner, "held too long: the waiter passed");
    } else {
        if (__atomic_exchange_n(&filter->suspended, 1, __ATOMIC_SEQ_CST)) return;
        bucket_pass_all(self->wait.filter);
        tell(EVENT_TIMEOUT, self, owner, "held too long: the filter is suspended");
    }
    count_timeout(filter);
}

void guard_tick(struct guard *guard, struct thread *self) {
    struct filter *filter = filter_find(self->wait.filter);
    struct owner_view owner;
    if (!filter || !op_lock_owner(&self->wait, &owner)) return;
    if (break_cycle(guard, self, &owner)) {
        count_timeout(filter);
        return;
    }
    if (owner.grant != guard->grant) {
        guard->grant = owner.grant;
        guard->quarters = 0;
        return;
    }
    guard->quarters += is_kept_out(owner.thread) ? 1 : 4;
    if (guard->quarters / 4 * GUARD_TICK_MS >= filter->within_ms) limit_owner(filter, self, &owner);
}
