/* SPDX-License-Identifier: MIT */
/*
 * slot.h of the peer "loom-osdi": the scheme of the original LOOM (OSDI 2010), as far as its idle cost
 * goes, on the places that our rewriter finds. bench/build.sh puts it in the place of OUT/.loom/slot.h,
 * which becomes slot_loom.h, in a tree made with --poll-all-loops.
 *
 * The scheme: a function asks out of line at its entry and at every back edge which of its copies
 * runs (switch). At every back edge and entry a thread tests a wait word (cycle check). All
 * threads hold one lock for reading, the update lock; around a call that may block they count
 * themselves at its site and release the lock. There is no filter here, and nothing to install one.
 *
 * Where it differs from the original, in favour of the peer: closure functions (rt/slot.h) have no
 * switch, the wait word is a function's, not an edge's. Against it: a function whose code is several
 * runs asks at each. A thread that ends in pthread_exit keeps the update lock: idle, nobody minds.
 */
#include "slot_loom.h"
#ifndef LOOM_OSDI_H
#define LOOM_OSDI_H
#if defined(__GNUC__)
#pragma GCC system_header
#endif

extern int loom_read_lock_(void *) __asm__("pthread_rwlock_rdlock");
extern int loom_unlock_(void *) __asm__("pthread_rwlock_unlock");
extern void *loom_allocate_(unsigned long) __asm__("malloc");
extern void loom_free_(void *) __asm__("free");

/* One copy per program. */
extern long loom_update_lock_[16]; /* a pthread_rwlock_t; zeroes are its initial state */
long loom_update_lock_[16] LOOM_HIDDEN_;
extern unsigned loom_counters_[65536];
unsigned loom_counters_[65536] LOOM_HIDDEN_;

int loom_osdi_switch_(loom_flag *) __attribute__((weak, visibility("hidden"), noinline));
int loom_osdi_switch_(loom_flag *flag) {
    __asm__ volatile("");
    return *(loom_flag volatile *)flag != 0;
}
void loom_osdi_wait_(loom_flag *) LOOM_COLD_(loom_osdi_wait_);
void loom_osdi_wait_(loom_flag *wait) {
    loom_unlock_(loom_update_lock_);
    while (*(loom_flag volatile *)wait) {}
    loom_read_lock_(loom_update_lock_);
}
#define LOOM_CYCLE_(tag, f)                                                                        \
    (LOOM_UNLIKELY(LOOM_FLAG_VOLATILE_(tag, f)) ? loom_osdi_wait_(&LOOM_FLAG_(tag, f)) : (void)0)
#define LOOM_ASK_(tag, f) (LOOM_CYCLE_(tag, f), loom_osdi_switch_(&LOOM_FLAG_(tag, f)))

#undef LOOM_FAST
#define LOOM_FAST(tag, f) __builtin_expect(!LOOM_ASK_(tag, f), 1)
#undef LOOM_FAST_POLL
#define LOOM_FAST_POLL(tag, f) __builtin_expect(!LOOM_ASK_(tag, f), 1)
#undef LOOM_POLL_IF
#define LOOM_POLL_IF(tag, f, n)                                                                    \
    do {                                                                                           \
        if (LOOM_UNLIKELY(LOOM_ASK_(tag, f))) LOOM_COND_BREAK(tag, f, n);                          \
    } while (0)
#undef LOOM_POLL_IF_DECL
#define LOOM_POLL_IF_DECL(tag, f, n)                                                               \
    LOOM_DECL_(n, LOOM_UNLIKELY(LOOM_ASK_(tag, f)) ? LOOM_BREAK_X_(tag, f, n) : (void)0)
#undef LOOM_SWITCH
#define LOOM_SWITCH(tag, f, ...)                                                                   \
    __extension__ char loom_switch_ __attribute__((unused)) = __extension__({                      \
        if (LOOM_UNLIKELY(LOOM_ASK_(tag, f))) return __VA_ARGS__;                                  \
        (char)0;                                                                                   \
    })
#undef LOOM_SWITCH_VOID
#define LOOM_SWITCH_VOID(tag, f, ...)                                                              \
    __extension__ char loom_switch_ __attribute__((unused)) = __extension__({                      \
        if (LOOM_UNLIKELY(LOOM_ASK_(tag, f))) {                                                    \
            __VA_ARGS__;                                                                           \
            return;                                                                                \
        }                                                                                          \
        (char)0;                                                                                   \
    })
#undef LOOM_BOUNDARY
#define LOOM_BOUNDARY(...) __extension__ char loom_boundary_ __attribute__((unused)) = 0
#undef LOOM_BOUNDARY_VOID
#define LOOM_BOUNDARY_VOID(...) __extension__ char loom_boundary_ __attribute__((unused)) = 0

/* ---- calls that may block ---- */

LOOM_INLINE_ unsigned *loom_osdi_before_(loom_op *site) {
    unsigned *counter = &loom_counters_[(unsigned long)site % 65536];
    __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST);
    loom_unlock_(loom_update_lock_);
    return counter;
}
LOOM_INLINE_ void loom_osdi_after_(unsigned **counter) {
    loom_read_lock_(loom_update_lock_);
    __atomic_fetch_sub(*counter, 1, __ATOMIC_SEQ_CST);
}
#undef LOOM_CALL
#define LOOM_CALL(tag, n, ...)                                                                     \
    __extension__({                                                                                \
        unsigned *loom_counter_ __attribute__((cleanup(loom_osdi_after_), unused)) =               \
            loom_osdi_before_(LOOM_POINT_(tag, n));                                                \
        __VA_ARGS__;                                                                               \
    })
/* an argument that is a call of the program itself: the original hooks the blocking call only */
#undef LOOM_BACK
#define LOOM_BACK(...) __VA_ARGS__
#undef LOOM_CALL_LOCK
#define LOOM_CALL_LOCK LOOM_CALL
#undef LOOM_LOCK
#define LOOM_LOCK(tag, n, lock, ...) LOOM_CALL(tag, n, lock(__VA_ARGS__))

/* ---- threads ---- */

struct loom_osdi_start {
    void *(*start)(void *);
    void *arg;
};
void *loom_osdi_thread_(void *) LOOM_COLD_(loom_osdi_thread_);
void *loom_osdi_thread_(void *start_) {
    struct loom_osdi_start start = *(struct loom_osdi_start *)start_;
    void *value;
    loom_free_(start_);
    loom_read_lock_(loom_update_lock_);
    value = start.start(start.arg);
    loom_unlock_(loom_update_lock_);
    return value;
}
int loom_osdi_create_(void *, const void *, void *(*)(void *), void *) LOOM_COLD_(loom_osdi_create_);
int loom_osdi_create_(void *thread, const void *attr, void *(*start)(void *), void *arg) {
    struct loom_osdi_start *both = (struct loom_osdi_start *)loom_allocate_(sizeof *both);
    int r;
    if (!both) return 11; /* EAGAIN */
    both->start = start;
    both->arg = arg;
    r = loom_pthread_create_(thread, attr, loom_osdi_thread_, both);
    if (r) loom_free_(both);
    return r;
}
#undef LOOM_CREATE
#define LOOM_CREATE(tag, n, ...) loom_osdi_create_(__VA_ARGS__)

void loom_osdi_begin_(void) LOOM_COLD_(loom_osdi_begin_);
void loom_osdi_begin_(void) {
    static int begun;
    if (!begun) loom_read_lock_(loom_update_lock_);
    begun = 1;
}
static void __attribute__((constructor, used)) loom_osdi_constructor_(void) { loom_osdi_begin_(); }

#endif
