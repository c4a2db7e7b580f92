// SPDX-License-Identifier: MIT
/* bucket.c: owners and waiters of filter locks. See bucket.h. */
#include "bucket.h"

#include "filter.h"
#include "rank.h"
#include "sys.h"

enum { TURN_MS = 10 };
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

struct bucket *bucket_take(uint32_t filter, uint64_t key) {
    struct bucket *bucket = bucket_of(filter, key);
    return lock_take_quick(&bucket->lock) ? bucket : NULL;
}

unsigned bucket_number(const struct bucket *bucket) {
    return (unsigned)(bucket - buckets);
}

void bucket_drop(struct bucket *bucket) {
    lock_drop_quick(&bucket->lock);
}

/* ---- owners ---- */

static struct own *find_owner(const struct bucket *bucket, uint32_t filter, uint64_t key) {
    struct own *own = bucket->owners;
    while (own && (own->filter != filter || own->key != key)) own = own->next;
    return own;
}

struct own *bucket_oldest(const struct bucket *bucket, uint32_t filter, uint64_t key) {
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
                         uint32_t filter, uint64_t key, bool shared, loom_op *point) {
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

/* ---- waiters ---- */

void bucket_queue(struct bucket *bucket, struct wait *wait) {
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

bool bucket_waits(const struct wait *wait) {
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

/* May somebody who comes now own the lock? */
static bool may_own(const struct bucket *bucket, uint32_t filter, uint64_t key, bool shared) {
    const struct wait *first = first_waiter(bucket, filter, key);
    return has_room(bucket, filter, key, shared) && (!first || may_be_passed(first));
}

bool bucket_own(struct bucket *bucket, struct own *own, struct thread *thread, uint32_t filter,
                uint64_t key, bool shared, loom_op *point) {
    if (!may_own(bucket, filter, key, shared)) return false;
    become_owner(bucket, own, thread, filter, key, shared, point);
    return true;
}

void bucket_try(struct bucket *bucket, struct wait *wait) {
    if (wait->word != WAIT_TRY) return;
    STORE(wait->word, WAIT_WAITING);
    if (first_waiter(bucket, wait->filter, wait->key) == wait)
        grant_waiters(bucket, wait->filter, wait->key);
}

void bucket_give_free(struct bucket *bucket, uint32_t filter, uint64_t key) {
    const struct wait *first = first_waiter(bucket, filter, key);
    if (first && !may_be_passed(first)) grant_waiters(bucket, filter, key);
}

void bucket_pass(struct bucket *bucket, struct wait *wait) {
    answer(bucket, wait, WAIT_PASS);
    grant_waiters(bucket, wait->filter, wait->key);
}

/* The lock is free for whoever comes, and the first waiter is woken to be among them. */
static void wake_to_try(struct wait *wait) {
    if (wait->word == WAIT_TRY) return;
    STORE(wait->word, WAIT_TRY);
    sys_futex_wake(&wait->word, 1);
}

void bucket_hand_over(struct bucket *bucket, struct own *own) {
    uint32_t filter = own->filter;
    uint64_t key = own->key;
    struct wait *next;
    if (!filter) return; /* removed meanwhile */
    unlink_owner(bucket, own);
    if (!(next = first_waiter(bucket, filter, key))) return;
    if (may_be_passed(next))
        wake_to_try(next);
    else
        grant_waiters(bucket, filter, key);
}

/* ---- all buckets ---- */

void bucket_pass_all(uint32_t filter) {
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

void bucket_forget(uint32_t filter) {
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

bool bucket_before_fork(void) {
    for (int i = 0; i < BUCKETS; i++) {
        if (lock_take_limited(&buckets[i].lock, 100)) continue;
        drop_buckets(i);
        return false;
    }
    return true;
}

void bucket_after_fork_parent(void) {
    drop_buckets(BUCKETS);
}

/* Nobody else exists: the child needs no locks to sort this out. `self` may have forked in a signal
 * handler while it waits: nobody is left to answer it. */
void bucket_after_fork_child(struct thread *self) {
    for (int i = 0; i < BUCKETS; i++) {
        lock_reset(&buckets[i].lock);
        buckets[i].owners = NULL;
        buckets[i].queue = NULL;
    }
    if (self && bucket_waits(&self->wait)) STORE(self->wait.word, WAIT_PASS);
    for (int i = 0; self && i < OWNS_MAX; i++) {
        struct own *own = &self->owns[i];
        struct bucket *bucket = bucket_of(own->filter, own->key);
        if (!own->filter) continue;
        own->next = bucket->owners;
        bucket->owners = own;
    }
}
