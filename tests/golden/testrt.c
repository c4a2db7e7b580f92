// SPDX-License-Identifier: MIT
/*
 * testrt.c: a runtime for the golden tests. It has no filters; it sends functions to their slow
 * copies, which must do what the fast ones do, and is as unkind at slots as a runtime may be: it
 * changes every register and errno (but puts errno back).
 *
 * LOOM_TEST   fast    flags 0
 *             slow    every flag set, no operation: slots are tested, not taken
 *             slots   every flag set, every slot has an operation
 *             toggle  flags and operations change at random, from a thread and at slots
 *             toggle-flags  the same with flags only, and not all the time: for big programs
 * LOOM_TEST_LOG  a file to which one line `slots N polls N calls N` is added at exit
 */
#include "../../rt/object.h"
#include "../support/kept.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 1024 };
static struct loom_file *files[FILES];
static int used; /* files behind are empty */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* protects files */
static atomic_ulong slots, polls, calls;
static const char *mode = "fast";
static _Thread_local struct loom_thread record;
static atomic_uint seed = 1;

static int is(const char *name) {
    return strcmp(mode, name) == 0;
}
static int toggles(void) {
    return strncmp(mode, "toggle", 6) == 0;
}

static unsigned dice(void) {
    unsigned x = atomic_fetch_add_explicit(&seed, 0x9e3779b9u, memory_order_relaxed);
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

static void set(struct loom_file *file) {
    int toggle = toggles(), slow = is("slow") || is("slots");
    for (unsigned i = 0; i < file->functions; i++) {
        uintptr_t value = slow ? LOOM_FLAG_SLOW | LOOM_FLAG_PAUSE : 0;
        if (toggle && dice() & 1) value = LOOM_FLAG_SLOW | (dice() & LOOM_FLAG_PAUSE);
        __atomic_store_n(&file->flags[i], (loom_flag)value, __ATOMIC_RELAXED);
    }
    for (unsigned i = 0; !is("fast") && i < file->points; i++) {
        int on = is("slots") || (is("toggle") && dice() & 1);
        unsigned keep = i >= file->own ? LOOM_KEEP : dice() & 1 ? LOOM_KEEP_OWN : LOOM_VALUES_OWN;
        unsigned pass = i >= file->own ? LOOM_PASS : LOOM_PASS_OWN;
        __atomic_store_n(&file->ops[i], file->words[on ? keep : pass], __ATOMIC_RELAXED);
    }
}

static void set_all(void) {
    for (int i = 0; i < used; i++)
        if (files[i]) set(files[i]);
}

static void *toggler(void *unused) {
    for (;;) {
        pthread_mutex_lock(&lock);
        set_all();
        pthread_mutex_unlock(&lock);
        if (is("toggle-flags")) usleep(dice() % 500);
        else for (unsigned i = dice() % 2000; i; i--) __asm__ volatile("");
    }
    return unused;
}

/* A child has no toggler that would give the lock back. */
static void take(void) {
    pthread_mutex_lock(&lock);
}
static void give(void) {
    pthread_mutex_unlock(&lock);
}

static void start_toggler(void) {
    static int started;
    pthread_t thread;
    sigset_t all, before;
    if (!toggles() || started) return;
    started = 1;
    pthread_atfork(take, give, give);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_create(&thread, 0, toggler, 0);
    pthread_sigmask(SIG_SETMASK, &before, 0);
}

static void attach_file(struct loom_file *file) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < FILES; i++)
        if (!files[i]) {
            files[i] = file;
            if (used <= i) used = i + 1;
            break;
        }
    if (!is("fast") && file->files) object_prepare(*file->files); /* flags will be raised */
    set(file);
    pthread_mutex_unlock(&lock);
    start_toggler();
}

static void attach(struct loom_file **first, struct loom_file **behind, struct loom_file **list) {
    object_list(first, behind, list);
    for (struct loom_file *file = *list; file; file = file->next) attach_file(file);
}

static void detach(struct loom_file *file) {
    pthread_mutex_lock(&lock);
    for (; file; file = file->next)
        for (int i = 0; i < FILES; i++)
            if (files[i] == file) files[i] = 0;
    pthread_mutex_unlock(&lock);
}

static struct loom_thread *contact(struct loom_thread **self) {
    calls++;
    return *self = &record;
}

/* No thread is a stranger for long: record.state is what counts. */
static int arrive(struct loom_mark *mark, struct loom_thread **self, struct loom_file *object) {
    mark->site = contact(self)->state;
    mark->thread = mark->site ? &record : 0;
    record.state = 0;
    (void)object;
    return 1;
}

static unsigned long out(struct loom_thread **self, loom_op *site) {
    unsigned long before = contact(self)->state;
    record.state = (unsigned long)site;
    return before;
}

/* Everything that a called function may change. */
static void scramble(void) {
#ifdef __x86_64__
    __asm__ volatile(
        "mov $0x5a5a5a5a, %%eax\n\tmov %%rax, %%rcx\n\tmov %%rax, %%rdx\n\t"
        "mov %%rax, %%rsi\n\tmov %%rax, %%rdi\n\tmov %%rax, %%r8\n\t"
        "mov %%rax, %%r9\n\tmov %%rax, %%r10\n\tmov %%rax, %%r11\n\t"
        "movq %%rax, %%xmm0\n\tmovaps %%xmm0, %%xmm1\n\tmovaps %%xmm0, %%xmm2\n\t"
        "movaps %%xmm0, %%xmm3\n\tmovaps %%xmm0, %%xmm4\n\tmovaps %%xmm0, %%xmm5\n\t"
        "movaps %%xmm0, %%xmm6\n\tmovaps %%xmm0, %%xmm7\n\tmovaps %%xmm0, %%xmm8\n\t"
        "movaps %%xmm0, %%xmm9\n\tmovaps %%xmm0, %%xmm10\n\tmovaps %%xmm0, %%xmm11\n\t"
        "movaps %%xmm0, %%xmm12\n\tmovaps %%xmm0, %%xmm13\n\tmovaps %%xmm0, %%xmm14\n\t"
        "movaps %%xmm0, %%xmm15" ::
            : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "cc", "memory", "xmm0",
              "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
              "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
#endif
}

/* Uses aligned stack memory, so that a call with a misaligned stack crashes. */
static void unkind(void) {
    int before = errno;
    _Alignas(16) volatile char space[64];
    for (unsigned i = 0; i < sizeof space; i++) space[i] = (char)i;
    errno = EXFULL;
    scramble();
    errno = before;
}

/* The point must be one of a file that is attached. */
static struct loom_file *owner(const loom_op *point) {
    for (int i = 0; i < used; i++)
        if (files[i] && point >= files[i]->ops && point < files[i]->ops + files[i]->points)
            return files[i];
    static const char text[] = "testrt: a point of no file\n";
    (void)!write(2, text, sizeof text - 1);
    abort();
}

/* Reads all that a slot with values is given. */
void kept_act(loom_op *point, void *stack, const struct loom_values *values) {
    struct loom_file *file = owner(point);
    volatile unsigned long sum = 0;
    for (unsigned i = 0; values && i < values->count; i++) sum += values->words[i];
    for (const char *c = values ? values->places : NULL; c && *c; c++) sum += (unsigned char)*c;
    slots++;
    if (stack < (void *)&file) {
        static const char text[] = "testrt: slot with a stack below ours\n";
        (void)!write(2, text, sizeof text - 1);
        abort();
    }
    unkind();
    if (toggles() && dice() % 8 == 0) set(file);
}

static void poll_(loom_op *point) {
    owner(point);
    polls++;
    unkind();
}

static void wake(struct loom_thread *thread, unsigned long site, unsigned long flags) {
    (void)thread, (void)site, (void)flags;
    unkind();
}

static void landed(void *stack) {
    (void)stack;
    record.state = 0;
    unkind();
}

static int create(loom_op *point, void *thread, const void *attr, void *(*start)(void *),
                  void *arg) {
    owner(point);
    calls++;
    return pthread_create(thread, attr, start, arg);
}

__attribute__((destructor)) static void finish(void) {
    const char *path = getenv("LOOM_TEST_LOG");
    FILE *log = path ? fopen(path, "a") : 0;
    if (!log) return;
    fprintf(log, "slots %lu polls %lu calls %lu\n", slots, polls, calls);
    fclose(log);
}

struct loom_rt *loom_rt_get(void);
struct loom_rt *loom_rt_get(void) {
    static struct loom_rt rt = {LOOM_ABI, sizeof rt, attach, detach, contact, kept_slot, poll_, wake, landed,
                                create, kept_slot_values, kept_slot_found, out, arrive};
    if (getenv("LOOM_TEST")) mode = getenv("LOOM_TEST");
    return &rt;
}
