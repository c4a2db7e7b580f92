/* SPDX-License-Identifier: MIT */
/*
 * slot_emit.h: the macros that loom-rewrite emits. Part of slot.h, which says what the words mean, and
 * includes it; copied beside it. TAG and F name a file and a function of it, N a point.
 */
#ifndef LOOM_SLOT_EMIT_H
#define LOOM_SLOT_EMIT_H
#if defined(__GNUC__)
#pragma GCC system_header
#endif

/* Defines a file: its flags, words and descriptor, one copy per object, and announces
 * it. Emitted once per file in OUT/.loom/PATH.h; TABLE is a string literal. */
#define LOOM_FILE(tag, path_, hash_, points_, own_, functions_, table_)                            \
    LOOM_C_BEGIN_                                                                                  \
    extern loom_op loom_ops_##tag[(points_) + 1];                                                  \
    loom_op loom_ops_##tag[(points_) + 1] LOOM_HIDDEN_;                                            \
    extern loom_flag loom_flags_##tag[(functions_) + 1];                                           \
    loom_flag loom_flags_##tag[(functions_) + 1] LOOM_HIDDEN_;                                     \
    unsigned long loom_global_##tag(unsigned)                                                      \
        LOOM_COLD_(loom_global_##tag) __attribute__((no_sanitize_thread));                         \
    extern struct loom_file loom_file_##tag;                                                       \
    struct loom_file loom_file_##tag LOOM_HIDDEN_ = {                                              \
        LOOM_ABI,       sizeof(struct loom_file), path_, table_, sizeof(table_) - 1, hash_,        \
        points_,        functions_,               own_,  0,      loom_ops_##tag,                   \
        loom_flags_##tag, 0,                                                                       \
        {loom_pass_, loom_keep_, loom_pass_own_, loom_keep_own_, loom_values_own_},                \
        0,              0,                        loom_global_##tag};                              \
    static struct loom_file *loom_announce_##tag LOOM_KEPT_ = &loom_file_##tag;                    \
    LOOM_C_END_

/* Attaches them, behind constructors that have a priority and in front of those that have none, and the other way
 * round at the end; without it nobody sees them. Not by constructors of the unit's own: compilers take long for
 * each. Once per translation unit, in OUT/.loom/rt.h. (Not here: the runtime includes slot.h, too.) */
#define LOOM_UNIT                                                                                  \
    static void (*loom_attach_unit_)(void)                                                         \
        __attribute__((section(".init_array.65534"), used)) = loom_attach_;                        \
    static void (*loom_detach_unit_)(void)                                                         \
        __attribute__((section(".fini_array.65534"), used)) = loom_detach_;

#define LOOM_FLAG_(tag, f) loom_flags_##tag[f]
#define LOOM_FLAG_VOLATILE_(tag, f) (*(loom_flag volatile *)&loom_flags_##tag[f])
#define LOOM_POINT_(tag, n) (&loom_ops_##tag[n])

/* if (LOOM_FAST(tag, f)) { fast run } else { slow run } */
#define LOOM_FAST(tag, f) LOOM_SURELY_(!LOOM_FLAG_(tag, f))
/* the same at the head of a polled loop and behind labels of backward gotos: reads memory */
#define LOOM_FAST_POLL(tag, f) LOOM_LIKELY_(!LOOM_FLAG_VOLATILE_(tag, f))
/* first in a run: its labels, local to the copy */
#define LOOM_LABELS(...) __label__ __VA_ARGS__;
/* first in the slow run of a polled loop */
#define LOOM_COND_BREAK(tag, f, n)                                                                 \
    do {                                                                                           \
        if ((unsigned long)LOOM_FLAG_VOLATILE_(tag, f) & LOOM_FLAG_PAUSE)                          \
            loom_poll_(LOOM_POINT_(tag, n));                                                       \
    } while (0)

/* true if the slot has an operation */
#define LOOM_ON(tag, n) LOOM_UNLIKELY(loom_on_(LOOM_POINT_(tag, n)))
/* a slot in a slow run: its number, then the values it passes (none to eight): of variables that
 * the statement reads, or of a function's parameters */
#define LOOM_SLOT(tag, ...) LOOM_SLOT_CALL_(LOOM_WAY_, tag, __VA_ARGS__)
/* the same in a slow copy that is a function of its own ... */
#define LOOM_SLOT_OWN(tag, ...) LOOM_SLOT_CALL_(LOOM_OWN_WAY_, tag, __VA_ARGS__)
/* ... and first in that: its slots are calls that do not step over the red zone */
#define LOOM_NO_RED_ZONE                                                                           \
    __extension__ struct loom_none loom_calls_ __attribute__((unused)) = LOOM_NEEDS_CALL_
/* a slot in code that has no slow copy: reads the flag first */
#define LOOM_SLOT_IF(tag, f, ...)                                                                  \
    do {                                                                                           \
        if (LOOM_UNLIKELY(LOOM_FLAG_(tag, f))) LOOM_SLOT(tag, __VA_ARGS__);                        \
    } while (0)
/* the same for a poll */
#define LOOM_POLL_IF(tag, f, n)                                                                    \
    do {                                                                                           \
        if (LOOM_UNLIKELY(LOOM_FLAG_VOLATILE_(tag, f))) LOOM_COND_BREAK(tag, f, n);                \
    } while (0)

/* The same things as expressions, in front of a condition: if (LOOM_SLOT_COND(tag, n), cond) */
#define LOOM_SLOT_COND LOOM_SLOT
#define LOOM_SLOT_OWN_COND LOOM_SLOT_OWN
#define LOOM_SLOT_IF_COND(tag, f, ...)                                                             \
    (LOOM_UNLIKELY(LOOM_FLAG_(tag, f)) ? LOOM_SLOT_COND(tag, __VA_ARGS__) : (void)0)
#define LOOM_BREAK_X_(tag, f, n)                                                                   \
    ((unsigned long)LOOM_FLAG_VOLATILE_(tag, f) & LOOM_FLAG_PAUSE ? loom_poll_(LOOM_POINT_(tag, n)) \
                                                                  : (void)0)
/* ... and as declarations, among declarations (C89 wants those first in a block). Of nothing: a char would be set,
 * without optimisation */
__extension__ struct loom_none {};
#define LOOM_NONE_ ((struct loom_none){})
#define LOOM_DECL_(n, ...)                                                                         \
    __extension__ struct loom_none LOOM_JOIN_(loom_, n) __attribute__((unused)) = (__VA_ARGS__, LOOM_NONE_)
#define LOOM_SLOT_DECL(tag, ...)                                                                   \
    LOOM_DECL_(LOOM_NUMBER_(__VA_ARGS__), LOOM_SLOT_COND(tag, __VA_ARGS__))
#define LOOM_SLOT_OWN_DECL(tag, ...)                                                               \
    LOOM_DECL_(LOOM_NUMBER_(__VA_ARGS__), LOOM_SLOT_OWN(tag, __VA_ARGS__))
#define LOOM_SLOT_IF_DECL(tag, f, ...)                                                             \
    LOOM_DECL_(LOOM_NUMBER_(__VA_ARGS__), LOOM_SLOT_IF_COND(tag, f, __VA_ARGS__))
#define LOOM_COND_BREAK_DECL(tag, f, n) LOOM_DECL_(n, LOOM_BREAK_X_(tag, f, n))
#define LOOM_POLL_IF_DECL(tag, f, n)                                                               \
    LOOM_DECL_(n, LOOM_UNLIKELY(LOOM_FLAG_VOLATILE_(tag, f)) ? LOOM_BREAK_X_(tag, f, n) : (void)0)

/* The values of a file's variables (struct loom_file.global), at its end; LOOM_GLOBAL_AT: of an
 * array, a struct, a function the address. A file without has no such function, which is weak. */
#define LOOM_GLOBALS(tag)                                                                          \
    unsigned long loom_global_##tag(unsigned loom_n_) {                                            \
        switch (loom_n_) {
#define LOOM_GLOBAL(n, name)                                                                       \
    case n: return (unsigned long)(name);
#define LOOM_GLOBAL_AT(n, name)                                                                    \
    case n: return (unsigned long)&(name);
#define LOOM_GLOBALS_END                                                                           \
    default: return 0;                                                                             \
        }                                                                                          \
        }

/* in functions that call setjmp, vfork, getcontext: first corrects state and stale holds */
#define LOOM_LANDED()                                                                              \
    do {                                                                                           \
        if (loom_rt_ && loom_self_ != &loom_stranger_) loom_land_();                                                  \
    } while (0)

/* an external call that may block; value, errno and side effects are those of the call */
#define LOOM_CALL(tag, n, ...)                                                                     \
    __extension__({                                                                                \
        unsigned long loom_before_ __attribute__((cleanup(loom_came_in_), unused)) =               \
            loom_out_(LOOM_POINT_(tag, n));                                                        \
        __VA_ARGS__;                                                                               \
    })
/* the same for a call that returns with a program lock held (cond_wait, rwlocks, semaphores) */
#define LOOM_CALL_LOCK(tag, n, ...)                                                                \
    __extension__({                                                                                \
        unsigned long loom_before_ __attribute__((cleanup(loom_came_in_locked_), unused)) =        \
            loom_out_(LOOM_POINT_(tag, n));                                                        \
        __VA_ARGS__;                                                                               \
    })
/* in the arguments of one of these: a call of instrumented code, for whose time the thread is INSIDE */
#define LOOM_BACK(...)                                                                             \
    __extension__({                                                                                \
        struct loom_mark loom_mark_ __attribute__((cleanup(loom_leave_), unused));                 \
        loom_arrive_(&loom_mark_);                                                                 \
        __VA_ARGS__;                                                                               \
    })
/* a call of pthread_mutex_lock, which is `lock` */
#define LOOM_LOCK(tag, n, lock, ...)                                                               \
    loom_lock_(LOOM_POINT_(tag, n), (void (*)(void))lock, __VA_ARGS__)
/* stands in for pthread_create */
#define LOOM_CREATE(tag, n, ...) loom_create_(LOOM_POINT_(tag, n), __VA_ARGS__)

/* first in a body some of whose returns have no place for an exit slot: its cleanup is that slot */
struct loom_exit {
    loom_op *point;
    loom_flag *flag; /* null: in a slow copy */
};
LOOM_INLINE_ void loom_exit_(struct loom_exit *exit) {
    if (LOOM_UNLIKELY(!exit->flag || *exit->flag)) loom_slot_if_on_(exit->point);
}
#define LOOM_EXIT_(tag, n, flag)                                                                   \
    struct loom_exit loom_exit_##n##_ __attribute__((cleanup(loom_exit_), unused)) = {             \
        LOOM_POINT_(tag, n), flag}
#define LOOM_EXIT(tag, n) LOOM_EXIT_(tag, n, 0)
#define LOOM_EXIT_IF(tag, f, n) LOOM_EXIT_(tag, n, &LOOM_FLAG_(tag, f))

/* a call of a closure function (it has no test of its own) outside of runs */
#define LOOM_EITHER(tag, f, callee, ...)                                                           \
    (LOOM_FAST(tag, f) ? callee(__VA_ARGS__) : callee##__slow(__VA_ARGS__))
/* the same, in place of its name only: its arguments must not stand there twice */
#define LOOM_EITHER_ONCE(tag, f, callee) (LOOM_FAST(tag, f) ? callee : callee##__slow)
/* in a fast run, in place of the name of an external function: its fast copy, past its test. In a library
 * the name may mean a function of another module, which was loaded before */
#if defined(__PIC__) && !defined(__PIE__)
#define LOOM_SHORTCUT(f) f
#else
#define LOOM_SHORTCUT(f) f##__fast
#endif
#define LOOM_FORWARD_FAST(f) static __typeof__(f) f##__fast;
/* in front of a function that calls a closure function defined behind it */
#define LOOM_FORWARD(f)                                                                            \
    static __typeof__(f) f##__slow __attribute__((cold, noinline, unused));
/* first in a function whose slow copy is a function of its own: the call names that copy */
#define LOOM_SWITCH(tag, f, ...)                                                                   \
    __extension__ struct loom_none loom_switch_ __attribute__((unused)) = __extension__({                      \
        if (LOOM_UNLIKELY(LOOM_FLAG_(tag, f))) return __VA_ARGS__;                                 \
        LOOM_NONE_;                                                                                \
    })
#define LOOM_SWITCH_VOID(tag, f, ...)                                                              \
    __extension__ struct loom_none loom_switch_ __attribute__((unused)) = __extension__({                      \
        if (LOOM_UNLIKELY(LOOM_FLAG_(tag, f))) {                                                   \
            __VA_ARGS__;                                                                           \
            return;                                                                                \
        }                                                                                          \
        LOOM_NONE_;                                                                                \
    })
/* first in a function whose address is taken: calls LOOM_AGAIN(the function itself). If the thread
 * is OUTSIDE (a library calls back), it is INSIDE during that call. LOOM_AGAIN hides from the
 * compiler that this is a recursion: it would warn, or make a loop of it */
#define LOOM_AGAIN(f)                                                                              \
    __extension__({                                                                                \
        __typeof__(&f) loom_again_ = f;                                                            \
        __asm__("" : "+r"(loom_again_));                                                           \
        loom_again_;                                                                               \
    })
#define LOOM_BOUNDARY(...)                                                                         \
    __extension__ struct loom_none loom_boundary_ __attribute__((unused)) = __extension__({                    \
        if (loom_outside_()) {                                                                     \
            struct loom_mark loom_mark_ __attribute__((cleanup(loom_leave_), unused));             \
            if (loom_arrive_(&loom_mark_)) return __VA_ARGS__;                                     \
        }                                                                                          \
        LOOM_NONE_;                                                                                \
    })
#define LOOM_BOUNDARY_ENDS_(end, ...)                                                              \
    __extension__ struct loom_none loom_boundary_ __attribute__((unused)) = __extension__({                    \
        if (loom_outside_()) {                                                                     \
            struct loom_mark loom_mark_ __attribute__((cleanup(loom_leave_), unused));             \
            if (loom_arrive_(&loom_mark_)) {                                                       \
                __VA_ARGS__;                                                                       \
                end;                                                                               \
            }                                                                                      \
        }                                                                                          \
        LOOM_NONE_;                                                                                \
    })
#define LOOM_BOUNDARY_VOID(...) LOOM_BOUNDARY_ENDS_(return, __VA_ARGS__)
#define LOOM_BOUNDARY_NO_RETURN(...) LOOM_BOUNDARY_ENDS_(__builtin_unreachable(), __VA_ARGS__)
/* the same in a function whose slow copy is a function of its own: the call names its way in, which
 * is LOOM_ENTER. So the function itself needs no frame for what is rare. A thread without a record
 * runs the slow copy: that is always right */
#define LOOM_BOUNDARY_TO(...)                                                                      \
    __extension__ struct loom_none loom_boundary_ __attribute__((unused)) = __extension__({                    \
        if (loom_outside_()) return __VA_ARGS__;                                                   \
        LOOM_NONE_;                                                                                \
    })
#define LOOM_BOUNDARY_TO_VOID(...)                                                                 \
    __extension__ struct loom_none loom_boundary_ __attribute__((unused)) = __extension__({                    \
        if (loom_outside_()) {                                                                     \
            __VA_ARGS__;                                                                           \
            return;                                                                                \
        }                                                                                          \
        LOOM_NONE_;                                                                                \
    })
#define LOOM_ENTER(call, slow)                                                                         \
    struct loom_mark loom_mark_ __attribute__((cleanup(loom_leave_), unused));                     \
    return loom_arrive_(&loom_mark_) ? call : slow
#define LOOM_ENTER_VOID(call, slow)                                                                    \
    struct loom_mark loom_mark_ __attribute__((cleanup(loom_leave_), unused));                     \
    if (loom_arrive_(&loom_mark_)) call;                                                           \
    else slow

#endif
