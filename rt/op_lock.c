// SPDX-License-Identifier: MIT
/* op_lock.c: filter locks. See op_lock.h. */
#include "op_lock.h"

#include <errno.h>
#include <string.h>

#include "grace.h"
#include "guard.h"
#include "handshake.h"
#include "op_alone.h"
#include "stack.h"
#include "state.h"
#include "sys.h"
#include "testpoint.h"

enum { BUCKETS = 64, TURN_MS = 10 };
static struct bucket {
    struct lock lock; /* protects the list, the queue, and the nodes in them */
    struct own *owners;
    struct wait *queue, **tail; /* tail null: the queue is empty and was never used */
    uint64_t grants;
} __attribute__((aligned(64)))
buckets[BUCKETS] = {[0 ... BUCKETS - 1] = {.lock = LOCK_INIT(RANK_BUCKET)}};

static struct bucket *bucket_of(uint32_t filter, uint64_t key) {
    uint64_t hash = (filter * 0x9e3779b97f4a7c15ull) ^ (key * 0xc2b2ae3d27d4eb4full);
    return &buckets[hash >> 58];
}

/* ---- the bucket: all of these with its lock held ---- */

static struct own *find_owner(const struct bucket *bucket, uint32_t filter, uint64_t key) {
    struct own *own = bucket->owners;
    while (own && (own->filter != filter || own->key != key)) own = own->next;
    return own;
}

/* The one that has owned it longest, for the guard. */
static struct own *find_oldest(const struct bucket *bucket, uint32_t filter, uint64_t key) {
    struct own *oldest = NULL;
    for (struct own *own = bucket->owners; own; own = own->next)
        if (own->filter == filter && own->key == key && (!oldest || own->grant < oldest->grant))
            oldest = own;
    return oldest;
}

/* May one more own the lock? All owners are shared, or there is one. */
static bool has_room(const struct bucket *bucket, uint32_t filter, uint64_t key, bool shared) {
    const struct own *own = find_owner(bucket, filter, key);
    return !own || (own->shared && shared);
}

static void become_owner(struct bucket *bucket, struct own *own, struct thread *thread,
                         uint32_t filter, uint64_t key, bool shared, unsigned char *point) {
    own->shared = shared;
    own->owner = thread;
    own->key = key;
    own->grant = ++bucket->grants;
    own->point = point;
    own->next = bucket->owners;
    bucket->owners = own;
    STORE(own->filter, filter);
}

static void unlink_owner(struct bucket *bucket, struct own *own) {
    struct own **link = &bucket->owners;
    while (*link && *link != own) link = &(*link)->next;
    if (*link) *link = own->next;
    STORE(own->filter, 0);
}

static void enqueue(struct bucket *bucket, struct wait *wait) {
    wait->next = NULL;
    if (!bucket->queue) bucket->tail = &bucket->queue;
    *bucket->tail = wait;
    bucket->tail = &wait->next;
}

static void dequeue(struct bucket *bucket, struct wait *wait) {
    struct wait **link = &bucket->queue;
    while (*link && *link != wait) link = &(*link)->next;
    if (!*link) return;
    *link = wait->next;
    if (!wait->next) bucket->tail = link;
}

static struct wait *first_waiter(const struct bucket *bucket, uint32_t filter, uint64_t key) {
    struct wait *wait = bucket->queue;
    while (wait && (wait->filter != filter || wait->key != key)) wait = wait->next;
    return wait;
}

static bool is_waiting(const struct wait *wait) {
    enum wait_word word = LOAD(wait->word);
    return word == WAIT_WAITING || word == WAIT_TRY;
}

/* May somebody who came later have the lock first? */
static bool may_be_passed(const struct wait *wait) {
    return !wait->in_turn && sys_now_ms() - wait->since_ms < TURN_MS;
}

static void answer(struct bucket *bucket, struct wait *wait, enum wait_word word) {
    dequeue(bucket, wait);
    STORE(wait->word, word);
    sys_futex_wake(&wait->word, 1);
}

/* The lock goes to the first waiter, and to those behind it who can share it. */
static void grant_waiters(struct bucket *bucket, uint32_t filter, uint64_t key) {
    struct wait *next;
    while ((next = first_waiter(bucket, filter, key)) &&
           has_room(bucket, filter, key, next->shared)) {
        become_owner(bucket, next->own, next->thread, filter, key, next->shared, next->point);
        answer(bucket, next, WAIT_GRANTED);
    }
}

/* The lock is free for whoever comes, and the first waiter is woken to be among them. */
static void wake_to_try(struct wait *wait) {
    if (wait->word == WAIT_TRY) return;
    STORE(wait->word, WAIT_TRY);
    sys_futex_wake(&wait->word, 1);
}

static void hand_over(struct bucket *bucket, struct own *own) {
    uint32_t filter = own->filter;
    uint64_t key = own->key;
    struct wait *next;
    unlink_owner(bucket, own);
    next = first_waiter(bucket, filter, key);
    if (next && may_be_passed(next))
        wake_to_try(next);
    else
        grant_waiters(bucket, filter, key);
}

/* ---- owning ---- */

static void release(struct own *own) {
    uint32_t filter = LOAD(own->filter);
    struct bucket *bucket = bucket_of(filter, own->key);
    if (own->alone) op_alone_leave(own);
    if (!filter) return; /* removed meanwhile */
    if (!lock_take_quick(&bucket->lock)) return;
    if (own->filter) hand_over(bucket, own);
    lock_drop_quick(&bucket->lock);
}

static int owned_index(const struct thread *self, uint32_t filter, uint64_t key) {
    for (int i = 0; i < OWNS_MAX; i++)
        if (LOAD(self->owns[i].filter) == filter && self->owns[i].key == key) return i;
    return -1;
}

static int free_own(struct thread *self) {
    for (int i = 0; i < OWNS_MAX; i++)
        if (!LOAD(self->owns[i].filter) && !self->owns[i].holds) return i;
    return -1;
}

/* ---- holds: the owner only ---- */

static void remove_hold(struct thread *self, int index) {
    struct own *own = &self->owns[self->holds[index].own];
    memmove(&self->holds[index], &self->holds[index + 1],
            (size_t)(self->holds_count - index - 1) * sizeof self->holds[0]);
    self->holds_count--;
    if (--own->holds == 0) release(own);
}

/* The innermost hold of the operation's region, whatever its key; -1: none. */
static int innermost(const struct thread *self, const struct operation *op) {
    int i = self->holds_count;
    while (--i >= 0) {
        const struct own *own = &self->owns[self->holds[i].own];
        if (self->holds[i].region == op->region && LOAD(own->filter) == op->filter->id) break;
    }
    return i;
}

static bool is_stale(const struct thread *self, const struct hold *hold) {
    return !LOAD(self->owns[hold->own].filter); /* its filter was removed */
}

static bool frame_is_gone(const struct hold *hold, uintptr_t stack, bool landed) {
    return !hold->any_frame && stack_is_gone(hold->stack, stack, landed);
}

void op_lock_drop_deeper(struct thread *self, uintptr_t stack, bool landed) {
    for (int i = self->holds_count - 1; i >= 0; i--)
        if (is_stale(self, &self->holds[i]) || frame_is_gone(&self->holds[i], stack, landed))
            remove_hold(self, i);
}

static void push_hold(struct thread *self, int own, const struct operation *op, uintptr_t stack) {
    self->holds[self->holds_count++] =
        (struct hold){stack, 1, op->region, (uint8_t)own, op->any_frame};
    self->owns[own].holds++;
}

/* The thread owns the lock already. */
static void enter_again(struct thread *self, int own, const struct operation *op, uintptr_t stack) {
    int i = innermost(self, op);
    if (i >= 0 && self->holds[i].stack == stack && self->holds[i].own == own) {
        if (op->flags & LOOM_OP_NEST) self->holds[i].depth++;
    } else if (self->holds_count < HOLDS_MAX) {
        push_hold(self, own, op, stack);
    } else if (i >= 0 && op->any_frame) {
        self->holds[i].depth++; /* its leaves do not ask for the frame */
    } /* else: an older frame holds the lock until after this one: its leave finds nothing */
}

static void skip(struct thread *self, const struct operation *op, uintptr_t stack) {
    int i = op->flags & LOOM_OP_NEST ? innermost(self, op) : -1;
    if (i >= 0 && (self->holds[i].stack == stack || op->any_frame)) self->holds[i].depth++;
}

void op_lock_skip(struct thread *self, const struct operation *op, uintptr_t stack) {
    op_lock_drop_deeper(self, stack, false);
    skip(self, op, stack);
}

/* Back at the enter of a region that this frame holds, with another key: the old one goes. */
static void change_key(struct thread *self, const struct operation *op, uint64_t key,
                       uintptr_t stack) {
    int i = op->flags & LOOM_OP_NEST ? -1 : innermost(self, op);
    if (i >= 0 && self->holds[i].stack == stack && self->owns[self->holds[i].own].key != key)
        remove_hold(self, i);
}

/* ---- waiting ---- */

/* Woken: takes the lock if nobody was faster. */
static void try_again(struct wait *wait) {
    struct bucket *bucket = bucket_of(wait->filter, wait->key);
    TESTPOINT("lock-try");
    if (!lock_take_quick(&bucket->lock)) return;
    if (wait->word == WAIT_TRY) {
        STORE(wait->word, WAIT_WAITING);
        if (first_waiter(bucket, wait->filter, wait->key) == wait)
            grant_waiters(bucket, wait->filter, wait->key);
    }
    lock_drop_quick(&bucket->lock);
}

/* A free lock goes to its first waiter once that has waited its turn out, although it has not come:
 * then it is an owner, whom the guard can see (a signal handler may keep it for long). */
static void give_free_lock(const struct wait *wait) {
    struct bucket *bucket = bucket_of(wait->filter, wait->key);
    const struct wait *first;
    if (!lock_take_quick(&bucket->lock)) return;
    first = first_waiter(bucket, wait->filter, wait->key);
    if (first && !may_be_passed(first)) grant_waiters(bucket, wait->filter, wait->key);
    lock_drop_quick(&bucket->lock);
}

/* Awake: no handler may come in, since locks are taken. */
static void look_around(struct thread *self, struct wait *wait, struct guard *guard, bool tick) {
    self->busy = BUSY_INSIDE;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (LOAD(wait->word) == WAIT_TRY) {
        try_again(wait);
    } else if (tick) {
        give_free_lock(wait);
        guard_tick(guard, self);
    }
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    self->busy = BUSY_WAITING;
}

static void wait_until_answered(struct thread *self, struct wait *wait) {
    struct guard guard = {0};
    bool tick = false;
    while (is_waiting(wait) && !state_is_off()) {
        look_around(self, wait, &guard, tick);
        tick = sys_futex_wait(&wait->word, WAIT_WAITING, GUARD_TICK_MS) == -ETIMEDOUT;
    }
}

/* OUTSIDE at the slot while it waits. */
static enum wait_word sleep_for(struct thread *self, struct wait *wait, unsigned char *point) {
    unsigned long before = handshake_begin_wait(self, point);
    TESTPOINT("lock-waiting");
    wait_until_answered(self, wait);
    handshake_end_wait(self, point, before);
    return LOAD(wait->word) == WAIT_GRANTED ? WAIT_GRANTED : WAIT_PASS;
}

static void begin_wait(struct thread *self, struct filter *filter, uint64_t key, int own,
                       bool shared, unsigned char *point) {
    struct wait *wait = &self->wait;
    __atomic_store_n(&wait->filter, filter->id, __ATOMIC_RELAXED); /* see op_lock_waiting */
    __atomic_store_n(&wait->key, key, __ATOMIC_RELAXED);
    wait->thread = self;
    wait->own = &self->owns[own];
    wait->shared = shared;
    wait->in_turn = filter->in_turn;
    wait->since_ms = sys_now_ms();
    wait->point = point;
    wait->number++;
    STORE(wait->word, WAIT_WAITING);
}

/* Takes the lock into owns[own]. WAIT_NONE: at once; else how the wait ended. */
static enum wait_word acquire(struct thread *self, struct filter *filter, uint64_t key, int own,
                              bool shared, unsigned char *point) {
    struct bucket *bucket = bucket_of(filter->id, key);
    enum wait_word word;
    bool pass, wait = false;
    if (!lock_take_quick(&bucket->lock)) return WAIT_PASS;
    pass = filter_inert(filter) || state_is_off();
    if (!pass) {
        __atomic_fetch_add(&filter->enters, 1, __ATOMIC_RELAXED);
        const struct wait *first = first_waiter(bucket, filter->id, key);
        wait = !has_room(bucket, filter->id, key, shared) || (first && !may_be_passed(first));
        if (!wait)
            become_owner(bucket, &self->owns[own], self, filter->id, key, shared, point);
        else {
            __atomic_fetch_add(&filter->waits, 1, __ATOMIC_RELAXED);
            begin_wait(self, filter, key, own, shared, point);
            enqueue(bucket, &self->wait);
        }
    }
    lock_drop_quick(&bucket->lock);
    if (pass) return WAIT_PASS;
    if (!wait) return WAIT_NONE;
    word = sleep_for(self, &self->wait, point);
    STORE(self->wait.word, WAIT_NONE);
    return word;
}

bool op_lock_enter(struct thread *self, const struct operation *op, uint64_t key,
                   unsigned char *point, uintptr_t stack) {
    struct operation copy = *op; /* the table may go while we wait */
    enum wait_word word;
    uint32_t id = copy.filter->id;
    bool shared = copy.flags & LOOM_OP_SHARED, alone = copy.filter->alone;
    int own;
    op_lock_drop_deeper(self, stack, false);
    if (filter_inert(copy.filter)) {
        skip(self, &copy, stack);
        return false;
    }
    change_key(self, &copy, key, stack);
    own = owned_index(self, id, key);
    if (own >= 0) {
        if (self->owns[own].shared && !shared)
            event_add(EVENT_SKIPPED, id, "an enter passed: its thread shares the region already");
        enter_again(self, own, &copy, stack);
        return false;
    }
    own = free_own(self);
    if (own < 0 || self->holds_count == HOLDS_MAX) {
        event_add(EVENT_FULL, id, "an enter passed: the thread holds too much already");
        skip(self, &copy, stack);
        return false;
    }
    word = acquire(self, copy.filter, key, own, shared, point);
    if (word == WAIT_PASS) {
        skip(self, &copy, stack);
        return true;
    }
    if (alone) op_alone_enter(self, id, &self->owns[own], point);
    push_hold(self, own, &copy, stack);
    return alone || word != WAIT_NONE;
}

void op_lock_leave(struct thread *self, const struct operation *op, uintptr_t stack) {
    int i;
    op_lock_drop_deeper(self, stack, false);
    i = innermost(self, op);
    if (i < 0) return;
    if (!(op->flags & LOOM_OP_ANY_FRAME) && self->holds[i].stack > stack) return;
    if (--self->holds[i].depth == 0) remove_hold(self, i);
}

void op_lock_cancel_wait(struct thread *self) {
    struct wait *wait = &self->wait;
    struct bucket *bucket = bucket_of(wait->filter, wait->key);
    if (LOAD(wait->word) != WAIT_NONE) {
        if (!lock_take_quick(&bucket->lock)) return;
        if (is_waiting(wait)) {
            dequeue(bucket, wait);
            grant_waiters(bucket, wait->filter, wait->key);
        }
        STORE(wait->word, WAIT_NONE);
        lock_drop_quick(&bucket->lock);
    }
    for (int i = 0; i < OWNS_MAX; i++) /* granted, but the jump came before the hold */
        if (!self->owns[i].holds) release(&self->owns[i]);
}

void op_lock_drop_all(struct thread *thread) {
    thread->busy = BUSY_INSIDE; /* the quick locks ask for it */
    op_lock_cancel_wait(thread);
    thread->holds_count = 0;
    for (int i = 0; i < OWNS_MAX; i++) {
        thread->owns[i].holds = 0;
        release(&thread->owns[i]);
    }
    thread->busy = BUSY_NOT;
}

/* ---- guard and removal ---- */

bool op_lock_owner(const struct wait *wait, struct owner_view *view) {
    struct bucket *bucket = bucket_of(wait->filter, wait->key);
    struct own *own;
    if (!lock_take_quick(&bucket->lock)) return false;
    own = find_oldest(bucket, wait->filter, wait->key);
    if (own) *view = (struct owner_view){own->owner, own->grant, own->point};
    lock_drop_quick(&bucket->lock);
    return own != NULL;
}

bool op_lock_waiting(const struct thread *thread, struct wait *copy) {
    /* Filter and key may change under us: then the lock of the wrong bucket protects nothing, and
     * the numbers differ. */
    uint32_t filter = __atomic_load_n(&thread->wait.filter, __ATOMIC_RELAXED);
    uint64_t key = __atomic_load_n(&thread->wait.key, __ATOMIC_RELAXED);
    struct bucket *bucket = bucket_of(filter, key);
    bool waiting;
    if (!lock_take_quick(&bucket->lock)) return false;
    waiting = is_waiting(&thread->wait) && thread->wait.filter == filter && thread->wait.key == key;
    if (waiting) *copy = thread->wait;
    lock_drop_quick(&bucket->lock);
    return waiting;
}

bool op_lock_pass(struct wait *wait) {
    struct bucket *bucket = bucket_of(wait->filter, wait->key);
    bool waiting;
    if (!lock_take_quick(&bucket->lock)) return false;
    waiting = is_waiting(wait);
    if (waiting) {
        answer(bucket, wait, WAIT_PASS);
        grant_waiters(bucket, wait->filter, wait->key);
    }
    lock_drop_quick(&bucket->lock);
    return waiting;
}

void op_lock_pass_all(uint32_t filter) {
    for (int i = 0; i < BUCKETS; i++) {
        struct wait *next;
        if (!lock_take_quick(&buckets[i].lock)) return;
        for (struct wait *wait = buckets[i].queue; wait; wait = next) {
            next = wait->next;
            if (wait->filter == filter) answer(&buckets[i], wait, WAIT_PASS);
        }
        lock_drop_quick(&buckets[i].lock);
    }
}

void op_lock_forget(uint32_t filter) {
    for (int i = 0; i < BUCKETS; i++) {
        if (!lock_take_quick(&buckets[i].lock)) return;
        for (struct own *own = buckets[i].owners, *next; own; own = next) {
            next = own->next;
            if (own->filter == filter) unlink_owner(&buckets[i], own);
        }
        lock_drop_quick(&buckets[i].lock);
    }
}

/* ---- fork ---- */

static void drop_buckets(int count) {
    while (count-- > 0) lock_drop(&buckets[count].lock);
}

bool op_lock_before_fork(void) {
    for (int i = 0; i < BUCKETS; i++) {
        if (lock_take_limited(&buckets[i].lock, 100)) continue;
        drop_buckets(i);
        return false;
    }
    return true;
}

void op_lock_after_fork_parent(void) {
    drop_buckets(BUCKETS);
}

/* Nobody else exists: the child needs no locks to sort this out. `self` may have forked in a signal
 * handler while it waits: nobody is left to answer it. */
void op_lock_after_fork_child(struct thread *self) {
    for (int i = 0; i < BUCKETS; i++) {
        lock_reset(&buckets[i].lock);
        buckets[i].owners = NULL;
        buckets[i].queue = NULL;
    }
    if (self && is_waiting(&self->wait)) STORE(self->wait.word, WAIT_PASS);
    for (int i = 0; self && i < OWNS_MAX; i++) {
        struct own *own = &self->owns[i];
        struct bucket *bucket = bucket_of(own->filter, own->key);
        if (!own->filter) continue;
        own->next = bucket->owners;
        bucket->owners = own;
    }
}
