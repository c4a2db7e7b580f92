// SPDX-License-Identifier: MIT
/*
 * thread.h: the record of a thread, and the list of all records.
 *
 * Rule: records are type-stable: their memory is never given back, so whoever holds an old pointer
 * reads a record of some thread, and checks under the right lock whether it is still the one meant.
 *
 * Life of a record
 *   FREE ─► STARTING (start.c: counted before pthread_create returns) ─► LIVE ─► FREE
 *   FREE ─► LIVE     (contact of a thread that somebody else created; starts inactive)
 *
 * Who writes what
 *   shared.state, shared.mutex   the thread
 *   shared.request               bits, atomically: REQUEST_LOOK set by the updater, cleared by the
 *                                thread when nothing is pending; the slice number of a stop by
 *                                whoever has the turn (stop.c)
 *   active                       set by the thread only; cleared by the updater before a filter's
 *                                bit is reused (install.c), when no thread can be setting it
 *   counted                      under RANK_THREADS: the updater saw the thread OUTSIDE at a site
 *                                safe for the filter, so it will pass `wake` before it runs
 *   inside, busy, holds, tests   the thread
 *   in_order                     the thread; read under RANK_THREADS (reach.h)
 *   owns, wait                   under the lock of their bucket (bucket.h)
 *   owns, holds, tests           the pointers: the thread, once
 */
#ifndef LOOM_THREAD_H
#define LOOM_THREAD_H
#include <stdbool.h>
#include <stdint.h>

#include "rank.h"
#include "slot.h"

enum { REQUEST_LOOK = 1, REQUEST_SLICE = 2 /* and up: number of the stop slice, 0: none */ };
enum { SITE_INSIDE = 0, SITE_START = 1 /* a thread before its first frame: safe for all */ };

enum { HOLDS_MAX = 32, OWNS_MAX = 12, SELVES_MAX = 12, TESTS_MAX = 16 };

/* What a signal handler may do that interrupts a runtime function of its own thread: nothing
 * (INSIDE), or come inside, but pass no slot (WAITING: the function sleeps). */
enum busy { BUSY_NOT, BUSY_INSIDE, BUSY_WAITING };

enum thread_life { THREAD_FREE, THREAD_STARTING, THREAD_LIVE };

/* A filter lock that a thread owns: this node is the lock. In the list of its bucket while
 * filter != 0. */
struct own {
    struct own *next;
    struct thread *owner;
    uint64_t key;
    uint32_t filter; /* id; 0: free. Atomic: removal and fork free nodes of others */
    uint32_t holds;  /* entries of the owner's `holds`; the owner's */
    uint32_t shared; /* other owners of the same lock may be, if they are shared, too */
    uint32_t alone;  /* number of its entry while it keeps all others out (op_alone.h), or 0; the
                        owner's */
    uint64_t grant;  /* number of this hand-over, for the guard */
    loom_op *point;
};

/* One enter that has not been left yet. Owner only. */
struct hold {
    uintptr_t stack; /* of the frame that entered; higher = older */
    uint32_t depth;
    uint16_t region;
    uint8_t own; /* index in owns */
    uint8_t any_frame;
};

/* The condition of a statement held, and the statement has not been done yet (op_test.h). Owner
 * only. */
struct test {
    uintptr_t stack;
    uint32_t filter; /* id */
    uint16_t link;
};

/* WAIT_TRY: still waiting, but woken: the lock was free a moment ago. */
enum wait_word { WAIT_NONE, WAIT_WAITING, WAIT_GRANTED, WAIT_PASS, WAIT_TRY };

/* A thread that waits for a filter lock. In the queue of its bucket while word is WAITING or TRY.
 */
struct wait {
    uint32_t word; /* futex, enum wait_word */
    uint32_t filter;
    uint64_t key;
    struct wait *next;
    struct thread *thread;
    struct own *own; /* becomes the lock at the hand-over */
    uint32_t shared;
    uint32_t in_turn; /* nobody who came later gets the lock before */
    uint64_t since_ms;
    loom_op *point;
    uint64_t number; /* of this wait; never repeats in a thread */
};

/* An object's own pointer to a thread's record, and what stands there when the record goes. */
struct self {
    struct loom_thread **at, *before;
};

struct thread {
    struct loom_thread shared; /* first: struct loom_thread * is struct thread * */
    uint64_t active;           /* bit per filter: its operations count for this thread */
    uint64_t counted;
    uint32_t inside;      /* odd: uses tables that a grace protects (grace.h) */
    uint32_t grace;       /* `inside` when the running grace began */
    uint32_t busy;        /* enum busy */
    uintptr_t busy_stack; /* frame of the runtime function that is busy */
    uint32_t life;        /* enum thread_life */
    int tid;              /* 0 while STARTING */
    uint32_t parked;      /* number of the slice it sleeps for, or 0; the thread's */
    uint32_t owed;        /* was just let go: runs on once before it parks again; the thread's */
    uint32_t waiting;     /* odd: waits at a slot; counts such waits; the thread's */
    uint32_t in_turn;     /* waits for its turn to be alone: 1 + its filter's bit (op_alone.c) */
    uint8_t rounds, selves_count, holds_count, tests_count;
    uint64_t in_order;            /* the link that a down of the thread waits for (op_order.c) */
    struct thread *next;          /* all records, in order of allocation; never changes */
    uint64_t seen_state, seen_ms; /* updater: state at the last look, and since when */
    void *(*start)(void *);       /* its routine; null: not known */
    void *arg;                    /* while STARTING */
    uintptr_t born;               /* the site of its pthread_create; 0: not known */
    struct self selves[SELVES_MAX];
    struct wait wait;
    /* In the record's room, or in no_room, which all records without share: nothing is held, nothing
     * is free, and nobody writes to it. */
    struct own *owns;   /* [OWNS_MAX] */
    struct hold *holds; /* [HOLDS_MAX] */
    struct test *tests; /* [TESTS_MAX] */
};

/* What a record needs from its first operation on. Stays with it. */
struct room {
    struct own owns[OWNS_MAX];
    struct hold holds[HOLDS_MAX];
    struct test tests[TESTS_MAX];
};
extern const struct room no_room;

extern struct lock threads_lock; /* RANK_THREADS */

/* Creates the key whose destructor ends records. Once. 0 or -errno. */
int threads_start(void);

/* The caller's record; null if it has none (not yet, no longer, or the helper). Signal-safe. */
extern __thread struct thread *thread_me
    __attribute__((tls_model("initial-exec"))); /* thread.c's */
static inline struct thread *thread_self(void) {
    return thread_me;
}
/* The same, but registers the caller: LIVE, inactive, INSIDE. Null for the helper, for a thread
 * whose record is gone, and if there is no memory. Takes RANK_THREADS; signal-safe. */
struct thread *thread_contact(void);
/* struct loom_rt.contact. Never null: a thread without record gets a stand-in of its own that
 * nobody looks at. */
struct loom_thread *thread_contact_object(struct loom_thread **self);

/* A STARTING record, counted from now on; null: no memory. Taken over by thread_begin in the new
 * thread, or given back by thread_release. */
struct thread *thread_reserve(uintptr_t site, void *(*start)(void *), void *arg);
void thread_begin(struct thread *thread);
void thread_release(struct thread *thread);
/* Gives the caller's record its room. False: no memory. Takes RANK_THREADS; signal-safe. */
bool thread_make_room(struct thread *self);
static inline bool thread_has_room(const struct thread *thread) {
    return thread->owns != no_room.owns;
}
/* The helper is no program thread: it gets no record. */
void thread_is_helper(void);

/* Caller holds RANK_THREADS. Walks the records in use: for (t = threads_first(); t; ...) */
struct thread *threads_first(void);
struct thread *threads_next(struct thread *thread);
unsigned threads_count(void);
struct thread *thread_by_tid(int tid);
/* Takes RANK_THREADS. Records of threads that ended without their destructor (checked by tid). */
void threads_reap(void);

/* In a fork child: only the caller's record stays in use. */
void threads_after_fork(void);

/* Marks the caller busy if it is at most `allowed`; gives back what it was, for busy_leave, or -1.
 * Inlined, so that the frame recorded is the entry point's. */
static inline __attribute__((always_inline)) int busy_enter(struct thread *self,
                                                            enum busy allowed) {
    int before = (int)self->busy;
    if (before == BUSY_INSIDE || before > (int)allowed) return -1;
    self->busy = BUSY_INSIDE;
    if (before == BUSY_NOT) self->busy_stack = (uintptr_t)__builtin_frame_address(0);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return before;
}
static inline void busy_leave(struct thread *self, int before) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    self->busy = (uint32_t)before;
}

#define LOAD(object)         __atomic_load_n(&(object), __ATOMIC_ACQUIRE)
#define STORE(object, value) __atomic_store_n(&(object), (value), __ATOMIC_RELEASE)

#endif
