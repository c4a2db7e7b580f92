// SPDX-License-Identifier: MIT
/* op_lock.c: filter locks. See op_lock.h. */
#include "op_lock.h"

#include <errno.h>

#include "bucket.h"
#include "grace.h"
#include "guard.h"
#include "handshake.h"
#include "op_alone.h"
#include "stack.h"
#include "state.h"
#include "sys.h"
#include "testpoint.h"

/* ---- owning ---- */

static void release(struct own *own) {
    uint32_t filter = LOAD(own->filter);
    struct bucket *bucket;
    if (own->alone) op_alone_leave(own);
    if (!filter || !(bucket = bucket_take(filter, own->key))) return; /* 0: removed meanwhile */
    bucket_hand_over(bucket, own);
    bucket_drop(bucket);
}

/* What is owned is held. */
static int owned_index(const struct thread *self, uint32_t filter, uint64_t key) {
    for (int i = self->holds_count - 1; i >= 0; i--) {
        const struct own *own = &self->owns[self->holds[i].own];
        if (LOAD(own->filter) == filter && own->key == key) return self->holds[i].own;
    }
    return -1;
}

static int free_own(struct thread *self) {
    for (int i = 0; i < OWNS_MAX; i++)
        if (!LOAD(self->owns[i].filter) && !self->owns[i].holds) return i;
    return !thread_has_room(self) && thread_make_room(self) ? 0 : -1; /* its first operation */
}

/* ---- holds: the owner only ---- */

static void remove_hold(struct thread *self, int index) {
    struct own *own = &self->owns[self->holds[index].own];
    int behind = --self->holds_count - index;
    for (int i = index; i < index + behind; i++) { /* seldom */
        self->holds[i] = self->holds[i + 1];
        __asm__ volatile("" : : : "memory"); /* or it would be a call of memmove: vectors.h */
    }
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

/* Before an enter and a leave of the frame `stack`. If the newest hold is of this frame, what was
 * deeper went when that was entered. */
static void drop_deeper(struct thread *self, uintptr_t stack) {
    const struct hold *newest = &self->holds[self->holds_count - 1];
    if (self->holds_count && (newest->stack != stack || is_stale(self, newest)))
        op_lock_drop_deeper(self, stack, false);
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
    drop_deeper(self, stack);
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
    struct bucket *bucket;
    TESTPOINT("lock-try");
    if (!(bucket = bucket_take(wait->filter, wait->key))) return;
    bucket_try(bucket, wait);
    bucket_drop(bucket);
}

static void give_free_lock(const struct wait *wait) {
    struct bucket *bucket = bucket_take(wait->filter, wait->key);
    if (!bucket) return;
    bucket_give_free(bucket, wait->filter, wait->key);
    bucket_drop(bucket);
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
    while (bucket_waits(wait) && !state_is_off()) {
        look_around(self, wait, &guard, tick);
        tick = sys_futex_wait(&wait->word, WAIT_WAITING, GUARD_TICK_MS) == -ETIMEDOUT;
    }
}

/* OUTSIDE at the slot while it waits. */
static enum wait_word sleep_for(struct thread *self, struct wait *wait, loom_op *point) {
    unsigned long before = handshake_begin_wait(self, point);
    TESTPOINT("lock-waiting");
    wait_until_answered(self, wait);
    handshake_end_wait(self, point, before);
    return LOAD(wait->word) == WAIT_GRANTED ? WAIT_GRANTED : WAIT_PASS;
}

static void begin_wait(struct thread *self, struct filter *filter, uint64_t key, int own,
                       bool shared, loom_op *point) {
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

/* The bucket's lock is held: of a filter without keys the only one. */
static void count_enter(struct filter *filter, const struct bucket *bucket) {
    uint64_t *count =
        filter->keyed ? &filter->keyed_enters[bucket_number(bucket)] : &filter->enters;
    __atomic_store_n(count, *count + 1, __ATOMIC_RELAXED);
}

/* Takes the lock into owns[own], or queues; WAIT_NONE: it is taken. */
static enum wait_word try_to_own(struct thread *self, struct filter *filter, uint64_t key, int own,
                                 bool shared, loom_op *point) {
    struct bucket *bucket = bucket_take(filter->id, key);
    enum wait_word word = WAIT_NONE;
    if (!bucket) return WAIT_PASS;
    if (filter_inert(filter) || state_is_off()) {
        word = WAIT_PASS;
    } else {
        count_enter(filter, bucket);
        if (!bucket_own(bucket, &self->owns[own], self, filter->id, key, shared, point)) {
            __atomic_fetch_add(&filter->waits, 1, __ATOMIC_RELAXED);
            begin_wait(self, filter, key, own, shared, point);
            bucket_queue(bucket, &self->wait);
            word = WAIT_WAITING;
        }
    }
    bucket_drop(bucket);
    return word;
}

/* Waits for the lock if it is queued for it, then to be alone. `op` is a copy. */
static void enter_slowly(struct thread *self, const struct operation *op, int own, bool queued,
                         loom_op *point, uintptr_t stack) {
    bool alone = op->filter->alone; /* not after a wait: it may be another filter then */
    uint32_t id = op->filter->id;
    enum wait_word word = queued ? sleep_for(self, &self->wait, point) : WAIT_NONE;
    if (queued) STORE(self->wait.word, WAIT_NONE);
    if (word == WAIT_PASS) {
        skip(self, op, stack);
        return;
    }
    if (alone) op_alone_enter(self, id, &self->owns[own], point);
    push_hold(self, own, op, stack);
}

/* Into owns[own], which is free. */
static bool enter_new(struct thread *self, const struct operation *op, uint64_t key, int own,
                      loom_op *point, uintptr_t stack, struct operation *kept) {
    bool shared = op->flags & LOOM_OP_SHARED;
    enum wait_word word = try_to_own(self, op->filter, key, own, shared, point);
    if (word == WAIT_PASS) {
        skip(self, op, stack);
        return false;
    }
    if (word == WAIT_NONE && !op->filter->alone) {
        push_hold(self, own, op, stack);
        return false;
    }
    *kept = *op;
    enter_slowly(self, kept, own, word != WAIT_NONE, point, stack);
    return true;
}

bool op_lock_enter(struct thread *self, const struct operation *op, uint64_t key, loom_op *point,
                   uintptr_t stack, struct operation *kept) {
    uint32_t id = op->filter->id;
    int own;
    drop_deeper(self, stack);
    if (filter_inert(op->filter)) {
        skip(self, op, stack);
        return false;
    }
    change_key(self, op, key, stack);
    own = owned_index(self, id, key);
    if (own >= 0) {
        if (self->owns[own].shared && !(op->flags & LOOM_OP_SHARED))
            event_add(EVENT_SKIPPED, id, "an enter passed: its thread shares the region already");
        enter_again(self, own, op, stack);
        return false;
    }
    own = free_own(self);
    if (own < 0 || self->holds_count == HOLDS_MAX) {
        event_add(EVENT_FULL, id, "an enter passed: the thread holds too much already");
        skip(self, op, stack);
        return false;
    }
    return enter_new(self, op, key, own, point, stack, kept);
}

void op_lock_leave(struct thread *self, const struct operation *op, uintptr_t stack) {
    int i;
    drop_deeper(self, stack);
    i = innermost(self, op);
    if (i < 0) return;
    if (!(op->flags & LOOM_OP_ANY_FRAME) && self->holds[i].stack > stack) return;
    if (--self->holds[i].depth == 0) remove_hold(self, i);
}

void op_lock_cancel_wait(struct thread *self) {
    struct wait *wait = &self->wait;
    if (LOAD(wait->word) != WAIT_NONE) {
        struct bucket *bucket = bucket_take(wait->filter, wait->key);
        if (!bucket) return;
        if (bucket_waits(wait)) bucket_pass(bucket, wait);
        STORE(wait->word, WAIT_NONE);
        bucket_drop(bucket);
    }
    for (int i = 0; i < OWNS_MAX; i++) /* granted, but the jump came before the hold */
        if (!self->owns[i].holds) release(&self->owns[i]);
}

void op_lock_drop_all(struct thread *thread) {
    thread->busy = BUSY_INSIDE; /* the quick locks ask for it */
    op_lock_cancel_wait(thread);
    thread->holds_count = 0;
    for (int i = 0; thread_has_room(thread) && i < OWNS_MAX; i++) {
        thread->owns[i].holds = 0;
        release(&thread->owns[i]);
    }
    thread->busy = BUSY_NOT;
}

/* ---- for the guard ---- */

bool op_lock_owner(const struct wait *wait, struct owner_view *view) {
    struct bucket *bucket = bucket_take(wait->filter, wait->key);
    struct own *own;
    if (!bucket) return false;
    own = bucket_oldest(bucket, wait->filter, wait->key);
    if (own) *view = (struct owner_view){own->owner, own->grant, own->point};
    bucket_drop(bucket);
    return own != NULL;
}

bool op_lock_waiting(const struct thread *thread, struct wait *copy) {
    /* Filter and key may change under us: then the lock of the wrong bucket protects nothing, and
     * the numbers differ. */
    uint32_t filter = __atomic_load_n(&thread->wait.filter, __ATOMIC_RELAXED);
    uint64_t key = __atomic_load_n(&thread->wait.key, __ATOMIC_RELAXED);
    struct bucket *bucket = bucket_take(filter, key);
    bool waiting;
    if (!bucket) return false;
    waiting =
        bucket_waits(&thread->wait) && thread->wait.filter == filter && thread->wait.key == key;
    if (waiting) *copy = thread->wait;
    bucket_drop(bucket);
    return waiting;
}

bool op_lock_pass(struct wait *wait) {
    struct bucket *bucket = bucket_take(wait->filter, wait->key);
    bool waiting;
    if (!bucket) return false;
    waiting = bucket_waits(wait);
    if (waiting) bucket_pass(bucket, wait);
    bucket_drop(bucket);
    return waiting;
}
