// SPDX-License-Identifier: MIT
/* rank.c: futex locks with a checked order. See rank.h. */
#include "rank.h"

#include <errno.h>

#include "state.h"
#include "sys.h"

static __thread unsigned depth __attribute__((tls_model("initial-exec")));
static __thread uint64_t mask __attribute__((tls_model("initial-exec")));

#ifdef LOOM_DEBUG
unsigned rank_violations;
void (*rank_hook)(enum rank held, enum rank wanted);
static __thread unsigned taken[RANK_EVENTS + 1];

void rank_check(enum rank wanted) {
    for (int held = RANK_EVENTS; held >= (int)wanted; held--) {
        if (!taken[held]) continue;
        __atomic_add_fetch(&rank_violations, 1, __ATOMIC_RELAXED);
        if (rank_hook) rank_hook((enum rank)held, wanted);
        return;
    }
}
void rank_note(enum rank rank, int by) {
    taken[rank] += (unsigned)by;
}
#endif

static void block(void) {
    if (depth == 0) mask = sys_signals_block();
    depth++;
}

static void restore(void) {
    if (--depth == 0) sys_signals_restore(mask);
}

/* word: 0 -> 1 without a wait; a waiter leaves 2, so that the holder knows it must wake one. */
static bool acquire(struct lock *lock, unsigned limit_ms) {
    uint32_t seen = 0;
    uint64_t end = limit_ms ? sys_now_ms() + limit_ms : 0;
    if (__atomic_compare_exchange_n(&lock->word, &seen, 1, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return true;
    while (__atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE) != 0) {
        if (end && sys_now_ms() >= end) return false;
        sys_futex_wait(&lock->word, 2, limit_ms);
    }
    return true;
}

void lock_take(struct lock *lock) {
    block();
    rank_check(lock->rank);
    acquire(lock, 0);
    rank_note(lock->rank, 1);
}

bool lock_take_limited(struct lock *lock, unsigned limit_ms) {
    block();
    if (acquire(lock, limit_ms)) {
        rank_note(lock->rank, 1);
        return true;
    }
    restore();
    return false;
}

void lock_drop(struct lock *lock) {
    rank_note(lock->rank, -1);
    if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) == 2) sys_futex_wake(&lock->word, 1);
    restore();
}

enum { QUICK_SPINS = 200, QUICK_SLEEP_MS = 100, QUICK_SLEEPS = 20 };
__thread unsigned rank_quick __attribute__((tls_model("initial-exec")));

static bool acquire_quick(struct lock *lock) {
    for (int i = 0; i < QUICK_SPINS; i++) { /* the sections are a few dozen instructions */
        uint32_t free_word = 0;
        if (__atomic_load_n(&lock->word, __ATOMIC_RELAXED) == 0 &&
            __atomic_compare_exchange_n(&lock->word, &free_word, 1, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return true;
    }
    for (int slept = 0; __atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE) != 0;) {
        if (sys_futex_wait(&lock->word, 2, QUICK_SLEEP_MS) == -ETIMEDOUT) slept++;
        if (slept >= QUICK_SLEEPS || state_is_off()) return false;
    }
    return true;
}

bool rank_take_slowly(struct lock *lock) {
    if (acquire_quick(lock)) return true;
    rank_quick--;
    state_off("a thread stays inside the runtime");
    return false;
}

void rank_wake(struct lock *lock) {
    sys_futex_wake(&lock->word, 1);
}

bool lock_quick_held(void) {
    return rank_quick != 0;
}

void lock_reset(struct lock *lock) {
    __atomic_store_n(&lock->word, 0, __ATOMIC_RELEASE);
}

void lock_reset_thread(void) {
#ifdef LOOM_DEBUG
    for (int rank = 0; rank <= RANK_EVENTS; rank++) taken[rank] = 0;
#endif
    rank_quick = 0;
    if (depth) sys_signals_restore(mask);
    depth = 0;
}
