/* SPDX-License-Identifier: MIT */
/*
 * slot.h: the contract between instrumented code and the runtime.
 *
 * loom-rewrite copies this file into every output tree (OUT/.loom/slot.h). It includes no system
 * header, needs no compiler flag and no library at link time, and compiles as C89 to C23 with gcc
 * and clang. If the runtime is not found, or the program is static, all flags stay 0: the program
 * runs its fast runs and nothing else happens.
 *
 * Vocabulary
 *   file      one rewritten source file or header. Its TAG is the identifier used in the macros.
 *   point     a numbered place of a file (dense ids from 0). A point is a slot, a poll or the site
 *             of a call. It has a word, loom_ops_TAG[n], whose address names it in the whole process.
 *   slot      a point in a slow run at which operations can be attached. It calls where its word
 *             says: into the runtime if it has operations, else back.
 *   flag      one word per function: 0 = fast; LOOM_FLAG_PAUSE asks polls to call in;
 *             LOOM_FLAG_SLOW sends the function to its slow runs.
 *   read      (of a flag) a place where the flag is tested. Flags are plain objects of a pointer
 *             type of their own, so that the compiler merges tests between two opaque calls;
 *             a thread pauses only inside an opaque call, so nothing is lost.
 *   poll      the volatile read at the head of a polled loop (cond_break).
 *   site      a call of an external function that may block; the state word of a thread that is in
 *             such a call is the site's point address.
 *   boundary  the entry of a function whose address is taken: a library that idles may call it.
 *   state     INSIDE (0): the thread runs instrumented code. Otherwise OUTSIDE: the point address
 *             of the call in which it is.
 *
 * Handshake (its partner is the updater in rt/): the thread stores its state, then loads
 * `request`; the updater stores `request`, issues membarrier, then loads the state. So either the
 * updater sees INSIDE, or the thread sees the request and calls the runtime (wake) before it runs
 * anything else.
 *
 * Nothing here changes errno. All functions are async-signal-safe on their fast path.
 */
#ifndef LOOM_SLOT_H
#define LOOM_SLOT_H
#if defined(__ASSEMBLER__) /* a header that assembly includes, too: nothing of it is code there */
#define LOOM_FILE(tag, ...)
#define LOOM_UNIT
#define LOOM_GLOBALS(tag)
#define LOOM_GLOBAL(n, name)
#define LOOM_GLOBAL_AT(n, name)
#define LOOM_GLOBALS_END
#else
#if defined(__GNUC__)
#pragma GCC system_header
#endif
#if defined(__cplusplus) /* functions of headers have their slots in units of C++, too */
#define LOOM_C_BEGIN_ extern "C" {
#define LOOM_C_END_ }
#else
#define LOOM_C_BEGIN_
#define LOOM_C_END_
#endif
LOOM_C_BEGIN_

/* What gcc's optimizer guesses about values it guesses otherwise where code is written twice, and
 * would warn about in the copy only (zstd, redis). The original is there to be warned about. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#pragma GCC diagnostic ignored "-Wstringop-overread"
#pragma GCC diagnostic ignored "-Wformat-truncation"
#pragma GCC diagnostic ignored "-Wformat-overflow"
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wnull-dereference"
#pragma GCC diagnostic ignored "-Wuse-after-free"
#pragma GCC diagnostic ignored "-Wdangling-pointer"
#pragma GCC diagnostic ignored "-Wreturn-local-addr"
#pragma GCC diagnostic ignored "-Wfree-nonheap-object"
#pragma GCC diagnostic ignored "-Wclobbered"
#pragma GCC diagnostic ignored "-Wstrict-overflow"
#pragma GCC diagnostic ignored "-Winline"
/* A case may fall to one that only breaks or returns; in the slow copy a slot stands there. */
#pragma GCC diagnostic ignored "-Wimplicit-fallthrough"
/* What is deprecated may use what is: its copies and slots do, with its parameters. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
/* Of the forms that macros and copies have */
#pragma GCC diagnostic ignored "-Wduplicated-branches"
#pragma GCC diagnostic ignored "-Waggregate-return"
#pragma GCC diagnostic ignored "-Wunused-macros"
/* Slow copies are declared where they are first called, and where they are defined. */
#pragma GCC diagnostic ignored "-Wredundant-decls"
#elif defined(__clang__) /* a slot passes what its statement reads, if only on one side of && */
#pragma clang diagnostic ignored "-Wuninitialized"
#pragma clang diagnostic ignored "-Wconditional-uninitialized"
#pragma clang diagnostic ignored "-Wimplicit-fallthrough"
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
#pragma clang diagnostic ignored "-Wused-but-marked-unused"
#pragma clang diagnostic ignored "-Wunused-macros"
#pragma clang diagnostic ignored "-Wreserved-macro-identifier"
#pragma clang diagnostic ignored "-Wdisabled-macro-expansion"
#pragma clang diagnostic ignored "-Wextra-semi-stmt"
#pragma clang diagnostic ignored "-Wcomma"
#pragma clang diagnostic ignored "-Wcast-function-type-strict"
#endif

#define LOOM_ABI 5u
#define LOOM_FLAG_PAUSE 1ul
#define LOOM_FLAG_SLOW 2ul

typedef struct loom_flag_ *loom_flag;
/* The word of a point. Null until the runtime prepares it; then one of struct loom_file.words. */
typedef void (*loom_op)(void);
/* What words of points say, as indices of struct loom_file.words: go on, or call the runtime; ..._OWN: of a slot
 * in a slow copy that is a function of its own, which is called in another way (slot_call.h); VALUES: that
 * passes values to an operation. */
enum { LOOM_PASS, LOOM_KEEP, LOOM_PASS_OWN, LOOM_KEEP_OWN, LOOM_VALUES_OWN, LOOM_WORDS };

/* What an instrumented file tells the runtime. Lives in the instrumented object; the runtime keeps
 * the pointer between attach and detach. `size` and `abi` let old objects meet newer runtimes. */
struct loom_file {
    unsigned abi, size;
    const char *path;         /* relative to the root of the rewritten tree */
    const char *table;        /* slot table, text, see rt/table.h; read-only, touched on demand */
    unsigned long table_size; /* bytes, without a final NUL */
    unsigned long long hash;  /* of the original file's content, FNV-1a 64 */
    unsigned points, functions;
    unsigned own; /* points below are of functions whose slow copy is a function of its own */
    unsigned prepared; /* 1: the words are set, by the runtime */
    /* [points] The runtime sets the words of all files of the object (`files`) before it raises the
     * first flag in one of them: slow runs of one file go on to those of others. */
    loom_op *ops;
    loom_flag *flags;         /* [functions] written by the runtime only */
    void *rt;                 /* the runtime's own data of this file, or null */
    loom_op words[LOOM_WORDS];
    struct loom_file **files; /* of this object, as a list, whether they are attached yet or not */
    struct loom_file *next;
    /* The value of the file's nth variable (an array's, struct's, function's address); null: none.
     * Reads memory of the program only, is async-signal-safe. A static variable may be newer in a
     * register of a caller that the compiler knows to be its only user. */
    unsigned long (*global)(unsigned n);
};

/* The part of a thread's record that instrumented code touches. Owned by the runtime. */
struct loom_thread {
    volatile unsigned long state;        /* 0 INSIDE, else the point address OUTSIDE */
    volatile unsigned long request;      /* not 0: call `wake` when the state becomes INSIDE */
    const volatile void *volatile mutex; /* the program mutex that a LOOM_LOCK call waits for */
};

/* A boundary in progress, undone by attribute cleanup. */
struct loom_mark {
    struct loom_thread *thread; /* null: it was INSIDE */
    unsigned long site;         /* point address of the outer call */
};
#define LOOM_MARK_LOCK 1ul /* the call returns with a program lock held: never park in its after */

/* The values that a slot passes: of variables that its statement reads. Valid during the call. */
struct loom_values {
    /* Where each is, as the assembler writes operands, each ended by ';': `%rax` (of 8 bytes, upper
     * ones undefined), `-20(%rbp)`, `8(%rsp,%rax,4)`, `$5`. Null: `words` are the values. */
    const char *places;
    /* The registers rax rbx rcx rdx rsi rdi rbp rsp r8 .. r15 as in the instrumented frame. */
    const unsigned long *words;
    unsigned count; /* of words; with `places` not used */
};

/* The runtime's entry points, found by dlsym("loom_rt_get"): struct loom_rt *loom_rt_get(void). */
struct loom_rt {
    unsigned abi, size;
    /* The files of an object, from `first` up to `behind`, some several times: they become the list `files`. */
    void (*attach)(struct loom_file **first, struct loom_file **behind, struct loom_file **files);
    /* That list, when the object is unloaded or the process ends. */
    void (*detach)(struct loom_file *files);
    /* The calling thread's record; registers the thread at first contact (inactive). Never null.
     * self: the object's own pointer to it, which the runtime sets, and sets back when the thread's
     * record goes (other thread-exit destructors may still run instrumented code). */
    struct loom_thread *(*contact)(struct loom_thread **self);
    /* Operations of a slot. stack: the stack pointer of the instrumented frame at the call. */
    void (*slot)(loom_op *point, void *stack);
    /* A poll whose flag has LOOM_FLAG_PAUSE. */
    void (*poll)(loom_op *point);
    /* The thread came back INSIDE from `site` (0: unknown) while a request is set. May park it. flags:
     * LOOM_MARK_* */
    void (*wake)(struct loom_thread *thread, unsigned long site, unsigned long flags);
    /* A call that can return twice may just have returned: state and deeper frames may be stale. */
    void (*landed)(void *stack);
    /* pthread_create with the new thread registered, active and counted before it returns. */
    int (*create)(loom_op *point, void *thread, const void *attr, void *(*start)(void *),
                  void *arg);
    /* `slot` of a point that passes values (values: null if it passes none). */
    void (*slot_values)(loom_op *point, void *stack, const struct loom_values *values);
    /* The same of a slot whose call returns to `back`; loom_find_values_ says where values are. words: the
     * registers, as struct loom_values.words. */
    void (*slot_found)(loom_op *point, void *stack, const unsigned char *back,
                       const unsigned long *words);
    /* `contact`, and a marked call begins: the state to go back to. Without a record: 0. */
    unsigned long (*out)(struct loom_thread **self, loom_op *site);
    /* A boundary's thread becomes INSIDE: 1, and what `mark` needs to undo it. 0: it has no record, and runs the
     * slow copy; the words of all points of `files`, the object's, are set. */
    int (*arrive)(struct loom_mark *mark, struct loom_thread **self, struct loom_file *files);
};

/* ---- one copy per executable or shared object ------------------------------------------------ */

/* Objects of two versions of Loom may be in one program (loom-cc: what was built before is not built again),
 * and must not take each other's: names end in LOOM_ABI. */
#define LOOM_NAME_(name) LOOM_NAME_OF_(name, LOOM_ABI)
#define LOOM_NAME_OF_(name, abi) LOOM_NAME_JOINED_(name, abi)
#define LOOM_NAME_JOINED_(name, abi) name##_##abi
#define loom_rt_ LOOM_NAME_(loom_rt)
#define loom_stranger_ LOOM_NAME_(loom_stranger)
#define loom_self_ LOOM_NAME_(loom_self)
#define loom_files_ LOOM_NAME_(loom_files)
#define loom_units_ LOOM_NAME_(loom_units)
#define loom_attach_ LOOM_NAME_(loom_attach)
#define loom_detach_ LOOM_NAME_(loom_detach)
#define loom_out_ LOOM_NAME_(loom_out)
#define loom_in_ LOOM_NAME_(loom_in)
#define loom_thunks_ LOOM_NAME_(loom_thunks)
#define loom_pass_ LOOM_NAME_(loom_pass)
#define loom_keep_ LOOM_NAME_(loom_keep)
#define loom_pass_own_ LOOM_NAME_(loom_pass_own)
#define loom_keep_own_ LOOM_NAME_(loom_keep_own)
#define loom_values_own_ LOOM_NAME_(loom_values_own)
#define LOOM_TEXT_(x) LOOM_TEXT_OF_(x)
#define LOOM_TEXT_OF_(x) #x

#define LOOM_HIDDEN_ __attribute__((weak, visibility("hidden")))
/* A function of which the linker keeps one copy: GNU linkers drop all but one section of this kind by its
 * name. (Weak alone keeps every object's copy, unused. A COMDAT group would need flags that neither
 * compiler lets C code name.) */
#define LOOM_ONCE_(name)                                                                           \
    __attribute__((weak, visibility("hidden"), noinline, section(".gnu.linkonce.t." LOOM_TEXT_(name))))
/* What runs once in a process need not be optimised, which is most of what it takes to compile, in every unit.
 * (Not for gcc: with optimize("O0") at one function it makes other code of the others, too.) */
#if defined(__clang__)
#define LOOM_COLD_(name) LOOM_ONCE_(name) __attribute__((cold, optnone))
#else
#define LOOM_COLD_(name) LOOM_ONCE_(name) __attribute__((cold))
#endif
/* One per translation unit that calls it. Each function of LOOM_ONCE_ is compiled in every unit, called or
 * not: that is most of the time that small units take. */
#define LOOM_RARE_ static __attribute__((unused, noinline, cold))
#define LOOM_INLINE_ static __inline__ __attribute__((unused, always_inline))
/* With less than certainty the other side is not compiled for size: gcc unrolls its loops (zlib: 3.1
 * times the text instead of 2.8). Without optimisation clang makes 20 bytes of it. */
#if !defined(__OPTIMIZE__)
#define LOOM_UNLIKELY(x) (x)
#define LOOM_LIKELY_(x) (x)
#define LOOM_SURELY_(x) (x)
#else
#define LOOM_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LOOM_LIKELY_(x) __builtin_expect(x, 1)
#if defined(__clang__) ? __clang_major__ >= 11 : __GNUC__ >= 9
#define LOOM_SURELY_(x) __builtin_expect_with_probability(x, 1, 1.0)
#else
#define LOOM_SURELY_(x) __builtin_expect(x, 1)
#endif
#endif

#ifndef LOOM_RT_PATH /* set by OUT/.loom/rt.h: the runtime that belongs to the loom-rewrite used */
#define LOOM_RT_PATH "libloom-rt.so.1"
#endif

extern void *loom_dlopen_(const char *, int) __asm__("dlopen") __attribute__((weak));
extern void *loom_dlsym_(void *, const char *) __asm__("dlsym") __attribute__((weak));
extern char *loom_getenv_(const char *) __asm__("getenv") __attribute__((weak));
extern unsigned long loom_auxval_(unsigned long) __asm__("getauxval") __attribute__((weak));
extern int loom_pthread_create_(void *, const void *, void *(*)(void *), void *)
    __asm__("pthread_create") __attribute__((weak));

extern struct loom_rt *loom_rt_;
struct loom_rt *loom_rt_ LOOM_HIDDEN_ __attribute__((used)); /* by loom_keep_, in assembly */
/* That of a thread which this object does not know yet, or whose record is gone; only read. It is
 * there so that a boundary has one thing to ask: the state. */
#define LOOM_STRANGER (~0ul)
extern struct loom_thread loom_stranger_;
struct loom_thread loom_stranger_ LOOM_HIDDEN_ = {LOOM_STRANGER, 0, 0};
extern __thread struct loom_thread *loom_self_ __attribute__((tls_model("initial-exec")));
__thread struct loom_thread *loom_self_
    __attribute__((weak, visibility("hidden"), tls_model("initial-exec"))) = &loom_stranger_;

/* What is not here is the runtime's: this is compiled in every unit.
 * Finds the runtime: LOOM_RT_PATH, then its bare name; the environment may name another one, or
 * LOOM=0 none, unless the process runs with raised privileges (AT_SECURE, 23). AT_BASE (7) is 0 in
 * static programs, which must not call dlopen. */
LOOM_INLINE_ void loom_find_(void) {
    const char *name = LOOM_RT_PATH, *word;
    struct loom_rt *(*get)(void), *rt;
    void *library;
    if (!loom_dlopen_ || !loom_dlsym_ || !loom_auxval_ || !loom_auxval_(7)) return;
    if (loom_getenv_ && !loom_auxval_(23)) {
        word = loom_getenv_("LOOM");
        if (word && word[0] == '0' && !word[1]) return;
        word = loom_getenv_("LOOM_RT");
        if (word) name = word;
    }
    library = loom_dlopen_(name, 2 /* RTLD_NOW */);
    if (!library) library = loom_dlopen_("libloom-rt.so.1", 2);
    if (!library) return;
    *(void **)(void *)&get = loom_dlsym_(library, "loom_rt_get");
    rt = get ? get() : 0;
    if (rt && rt->abi == LOOM_ABI) loom_rt_ = rt;
}

extern struct loom_file *loom_files_; /* those of this object, as a list */
struct loom_file *loom_files_ LOOM_HIDDEN_;
extern unsigned loom_units_; /* that have called loom_attach_ */
unsigned loom_units_ LOOM_HIDDEN_;

/* The files of all units of this object, some several times: each unit has a pointer to each of its files in a
 * section of this name, which linkers join (and keep: LOOM_KEPT_). */
#define loom_all_ LOOM_NAME_(loom_all)
#define LOOM_HIDDEN_END_(which)                                                                    \
    __asm__(which LOOM_TEXT_(loom_all_)) __attribute__((weak, visibility("hidden")))
extern struct loom_file *loom_first_[] LOOM_HIDDEN_END_("__start_");
extern struct loom_file *loom_behind_[] LOOM_HIDDEN_END_("__stop_");
#if defined(__has_attribute)
#if __has_attribute(retain)
#define LOOM_KEPT_ __attribute__((used, retain, section(LOOM_TEXT_(loom_all_))))
#endif
#endif
#ifndef LOOM_KEPT_ /* lld drops them with --gc-sections; others do not */
#define LOOM_KEPT_ __attribute__((used, section(LOOM_TEXT_(loom_all_))))
#endif

/* For each translation unit; the first attaches all files of the object. */
void loom_attach_(void) LOOM_COLD_(loom_attach_);
void loom_attach_(void) {
    if (loom_units_++) return;
    loom_find_();
    if (loom_rt_) loom_rt_->attach(loom_first_, loom_behind_, &loom_files_);
}

void loom_detach_(void) LOOM_COLD_(loom_detach_);
void loom_detach_(void) {
    if (!--loom_units_ && loom_rt_) loom_rt_->detach(loom_files_);
}

/* The caller's stack pointer at the call: frame address + saved frame pointer + return address. */
#define LOOM_CALLER_STACK_ ((void *)((char *)__builtin_frame_address(0) + 2 * sizeof(void *)))

#include "slot_call.h"

LOOM_INLINE_ void loom_poll_(loom_op *point) {
    loom_rt_->poll(point); /* it has set the flag */
}

LOOM_RARE_ void loom_land_(void) {
    if (loom_rt_) loom_rt_->landed(LOOM_CALLER_STACK_);
}

LOOM_RARE_ int loom_create_(loom_op *point, void *thread, const void *attr, void *(*start)(void *),
                            void *arg) {
    return loom_rt_ ? loom_rt_->create(point, thread, attr, start, arg)
                    : loom_pthread_create_(thread, attr, start, arg);
}

/* ---- call markers and boundaries ------------------------------------------------------------- */

/* A relaxed load costs what a plain one does, and race checkers know what is meant. */
#define LOOM_LOAD_(word) __atomic_load_n(&(word), __ATOMIC_RELAXED)

LOOM_INLINE_ void loom_state_(struct loom_thread *thread, unsigned long state) {
    __atomic_store_n(&thread->state, state, __ATOMIC_RELEASE);
    __asm__ volatile("" ::: "memory"); /* partner: membarrier in the updater */
}

/* A marked call begins. Returns the state to go back to: a signal handler must give back what it found. A
 * thread without a record (no runtime, or the thread ends) has no state. Markers are calls: in line one takes
 * 60 bytes, and there are many. */
unsigned long loom_out_(loom_op *) LOOM_ONCE_(loom_out_);
unsigned long loom_out_(loom_op *site) {
    struct loom_thread *thread = loom_self_;
    unsigned long before = LOOM_LOAD_(thread->state);
    if (LOOM_UNLIKELY(before == LOOM_STRANGER)) return loom_rt_ ? loom_rt_->out(&loom_self_, site) : 0;
    loom_state_(thread, (unsigned long)site);
    return before;
}

/* ... and ends. before: the state to go back to, with LOOM_MARK_LOCK in its lowest bit: states are addresses of
 * points, or 0. The site is the state, but for a callback in the call that came back by longjmp. */
void loom_in_(unsigned long) LOOM_ONCE_(loom_in_);
void loom_in_(unsigned long before) {
    struct loom_thread *thread = loom_self_;
    unsigned long site = LOOM_LOAD_(thread->state);
    if (LOOM_UNLIKELY(site == LOOM_STRANGER)) return;
    loom_state_(thread, before & ~LOOM_MARK_LOCK);
    if (LOOM_UNLIKELY(LOOM_LOAD_(thread->request)) && !(before & ~LOOM_MARK_LOCK))
        loom_rt_->wake(thread, site, before);
}
LOOM_INLINE_ void loom_came_in_(unsigned long *before) {
    loom_in_(*before);
}
LOOM_INLINE_ void loom_came_in_locked_(unsigned long *before) {
    loom_in_(*before | LOOM_MARK_LOCK);
}

#if defined(__clang__) /* the call below is of another type than the function */
#define LOOM_ANY_TYPE_ __attribute__((no_sanitize("cfi", "function", "kcfi")))
#else
#define LOOM_ANY_TYPE_
#endif
/* pthread_mutex_lock(mutex) in its marker. */
static __attribute__((unused, noinline)) LOOM_ANY_TYPE_ int
loom_lock_(loom_op *site, void (*lock)(void), void *mutex) {
    unsigned long before = loom_out_(site);
    int known = loom_self_ != &loom_stranger_, result;
    if (known) __atomic_store_n(&loom_self_->mutex, mutex, __ATOMIC_RELAXED);
    result = ((int (*)(void *))lock)(mutex);
    if (known) __atomic_store_n(&loom_self_->mutex, 0, __ATOMIC_RELAXED);
    loom_in_(before | LOOM_MARK_LOCK);
    return result;
}

/* Or a stranger; without a runtime nobody is outside. About 4 instructions with a single test. */
LOOM_INLINE_ int loom_outside_(void) {
    return LOOM_UNLIKELY(LOOM_LOAD_(loom_self_->state)) && loom_rt_;
}

/* 1 if the thread is known, and INSIDE now: only then does the function call itself. A thread whose
 * record is gone (it ends) stays a stranger, and would call itself for ever: it runs the slow copy. */
LOOM_RARE_ int loom_arrive_(struct loom_mark *mark) {
    mark->thread = 0;
    return loom_rt_ ? loom_rt_->arrive(mark, &loom_self_, loom_files_) : 1;
}

LOOM_INLINE_ void loom_leave_(struct loom_mark *mark) {
    if (mark->thread) loom_state_(mark->thread, mark->site);
}

#include "slot_emit.h"

LOOM_C_END_
#endif
#endif
