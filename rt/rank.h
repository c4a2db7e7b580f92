// SPDX-License-Identifier: MIT
/*
 * rank.h: the runtime's own locks and the one order in which they nest (invariant I11).
 *
 * Rule: a thread takes locks in ascending rank only. Held for bounded work: nobody waits for
 * another thread, reads a pipe or calls the loader while holding one. All signals of the thread
 * are blocked while it holds one, so that no handler can run into it, jump out of it, or sleep in
 * it. Not so for the quick locks of buckets (two system calls would cost ten times the section):
 * there the busy mark keeps handlers of the same thread out, and a thread that sleeps in one for
 * seconds or jumps out of one switches Loom off. Test builds check the order at each take; a
 * violation is counted and reported to the hook.
 */
#ifndef LOOM_RANK_H
#define LOOM_RANK_H
#include <stdbool.h>
#include <stdint.h>

enum rank {
    RANK_NONE,
    RANK_INSTALL, /* modules, filters, flags, words of points, tables, graces: the updater's lock */
    RANK_STOP,    /* phase of a stop installation; wakers take it while a stop is under way */
    RANK_THREADS, /* the list of thread records, registration and exit, `counted` */
    RANK_BUCKET,  /* one bucket of filter locks: owners and waiters. Never two, but in fork */
    RANK_EVENTS   /* the event ring. Nothing is taken under it */
};

struct lock {
    uint32_t word; /* futex: 0 free, 1 taken, 2 taken and waited for */
    enum rank rank;
};
#define LOCK_INIT(rank_)                                                                           \
    { 0, rank_ }

/* Signal-safe (they block signals), but not inside one another of the same rank. */
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);
/* Like lock_take, but gives up after about limit_ms: false. For the fork handler. */
bool lock_take_limited(struct lock *lock, unsigned limit_ms);
/* Quick locks: nothing is blocked. False, and Loom is off, if the lock does not come free in about
 * two seconds: the caller leaves what it protects alone. Caller is busy, or ends. */
static inline bool lock_take_quick(struct lock *lock);
static inline void lock_drop_quick(struct lock *lock);
/* Does the calling thread hold a quick lock? After a jump that means it never gives it back. */
bool lock_quick_held(void);
/* In a fork child: the lock is free again, whoever held it. */
void lock_reset(struct lock *lock);
/* In a fork child, after the locks: this thread holds none; its mask is as before the first. */
void lock_reset_thread(void);

#ifdef LOOM_DEBUG
void rank_check(enum rank wanted);
void rank_note(enum rank rank, int by);
/* Count of order violations seen, and a hook called at each (may be null). */
extern unsigned rank_violations;
extern void (*rank_hook)(enum rank held, enum rank wanted);
#else
#define rank_check(wanted)    ((void)0)
#define rank_note(rank_, by_) ((void)0)
#endif

/* ---- the quick locks' fast path: a slot takes one each time ---- */
extern __thread unsigned rank_quick __attribute__((tls_model("initial-exec"))); /* that it holds */
bool rank_take_slowly(struct lock *lock); /* the lock is not free: rank_quick counts it already */
void rank_wake(struct lock *lock);

static inline bool lock_take_quick(struct lock *lock) {
    uint32_t free_word = 0;
    rank_check(lock->rank);
    rank_quick++;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (!__atomic_compare_exchange_n(&lock->word, &free_word, 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED) &&
        !rank_take_slowly(lock))
        return false;
    rank_note(lock->rank, 1);
    return true;
}

static inline void lock_drop_quick(struct lock *lock) {
    rank_note(lock->rank, -1);
    if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) == 2) rank_wake(lock);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    rank_quick--;
}

#endif
