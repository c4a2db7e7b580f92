// SPDX-License-Identifier: MIT
/*
 * The vector registers over a slot: compilers keep values there, and no slot says that it changes them
 * (rt/vectors.h). libc does, where a thread is met.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/mman.h>

#include "rt/install.h"
#include "rt/state.h"
#include "rt/thread.h"
#include "rt/vectors.h"
#include "tests/support/actor.h"

/* TSan calls functions of its own at each access, which use vector registers. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define LOWER "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15"
#define UPPER "16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"
#define MASKS "1,2,3,4,5,6,7"
#define SLOT       LOOM_CALL_BYTES_(LOOM_STEP_PLAIN_, "%c2")
struct registers {
    unsigned long long wide[32][8];
    unsigned short masks[8];
};

/* What the machine has, or is taken for. */
static enum vectors_kind kind(void) {
    if (vectors_most < VECTORS_AVX512F) return vectors_most;
    return __builtin_cpu_supports("avx512f") ? VECTORS_AVX512F
           : __builtin_cpu_supports("avx")   ? VECTORS_AVX
                                             : VECTORS_SSE;
}

#define EACH(numbers, instruction) ".irp n, " numbers "\n\t" instruction "\n\t.endr\n\t"
#define OVER_SLOT(load, store)                                                                     \
    __asm__ volatile(load SLOT store                                                               \
                     :                                                                             \
                     : "r"(in), "r"(out), "i"(&loom_ops_demo[DEMO_ENTER])                          \
                     : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",     \
                       "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15")

/* What the registers are behind a slot at DEMO_ENTER, if they were `in` before. */
static __attribute__((noinline)) void over_slot(const struct registers *in, struct registers *out) {
    if (kind() == VECTORS_AVX512F)
        OVER_SLOT(EACH(LOWER "," UPPER, "vmovdqu64 \\n*64(%0), %%zmm\\n") /**/
                  EACH(MASKS, "kmovw 2048+2*\\n(%0), %%k\\n"),
                  EACH(LOWER "," UPPER, "vmovdqu64 %%zmm\\n, \\n*64(%1)") /**/
                  EACH(MASKS, "kmovw %%k\\n, 2048+2*\\n(%1)"));
    else if (kind() == VECTORS_AVX)
        OVER_SLOT(EACH(LOWER, "vmovdqu \\n*64(%0), %%ymm\\n"), EACH(LOWER, "vmovdqu %%ymm\\n, \\n*64(%1)"));
    else
        OVER_SLOT(EACH(LOWER, "movdqu \\n*64(%0), %%xmm\\n"), EACH(LOWER, "movdqu %%xmm\\n, \\n*64(%1)"));
}

static void keeps(void *unused) {
    static _Thread_local struct registers in, out; /* not on the stack, which may be small */
    for (unsigned i = 0; i < sizeof in.wide / 8; i++) (&in.wide[0][0])[i] = 0x9e3779b97f4a7c15ull * (i + 1);
    for (unsigned i = 0; i < 8; i++) in.masks[i] = (unsigned short)(0x5a5 * i);
    over_slot(&in, &out);
    for (unsigned i = 0; i < (kind() == VECTORS_AVX512F ? 32 : 16); i++)
        cr_assert_arr_eq(in.wide[i], out.wide[i], 16u << kind(), "register %u has changed", i);
    if (kind() == VECTORS_AVX512F)
        cr_assert_arr_eq(in.masks + 1, out.masks + 1, sizeof in.masks - sizeof in.masks[0], "a mask has changed");
    (void)unused;
}

static struct filter *region(uint32_t key) {
    static const struct loom_plan_code code[] = {{.op = LOOM_CODE_LOCAL, .size = 8}, {.op = LOOM_CODE_END},
                                                {.op = LOOM_CODE_GLOBAL, .size = 8}, {.op = LOOM_CODE_END}};
    const struct loom_plan_operation operations[] = {
        {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0, 0, 0, key}, {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0}};
    struct plan_maker maker = {
        .operations = operations, .operation_count = 2, .code = code, .code_count = 4, .within_ms = 60000};
    struct filter *filter = publish_plan(maker, NULL, 0);
    cr_assert(filter && work_until(filter, FILTER_IN_FORCE, 2000));
    return filter;
}

Test(vectors, enter_and_leave, .timeout = 60) {
    region(0);
    keeps(NULL);
}

static int asked;
static unsigned long spoils(unsigned n) {
    asked++;
    __asm__ volatile(EACH(LOWER, "pcmpeqd %%xmm\\n, %%xmm\\n")
                     :
                     :
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                       "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    return n + 1;
}

/* The key is a variable of the program's, which a function of the program reads. */
Test(vectors, a_key_that_the_program_reads, .timeout = 60) {
    loom_file_demo.global = spoils;
    region(3);
    keeps(NULL);
    cr_assert_eq(asked, 1);
}

/* The slot passes no values: the key cannot be read, which is told. */
Test(vectors, an_event_is_told, .timeout = 60) {
    struct event event;
    uint64_t from = 0;
    bool told = false;
    region(1);
    keeps(NULL);
    for (; event_next(from, &event); from = event.seq + 1) told |= event.kind == EVENT_UNREADABLE;
    cr_assert(told);
}

Test(vectors, a_wait, .timeout = 60) {
    static struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};
    struct actor owner, waiter;
    struct filter *filter = region(0);
    actor_start(&owner), actor_start(&waiter);
    actor_run(&owner, do_hit, &enter);
    actor_do(&waiter, keeps, NULL);
    cr_assert(DEMO_WAIT(LOAD(filter->waits) > 0, 2000));
    actor_run(&owner, do_hit, &leave);
    cr_assert(actor_done(&waiter, 2000));
    actor_end(&owner), actor_end(&waiter);
}

static void on_signal(int number) {
    keeps(NULL);
    (void)number;
}

/* A signal stack of the usual size (SIGSTKSZ, before it could grow) has room for that: below it nothing is mapped. */
Test(vectors, an_event_on_a_signal_stack, .timeout = 60) {
    enum { PAGE = 4096, SIZE = 8192 };
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    char *low = mmap(NULL, PAGE + SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack = {.ss_sp = low + PAGE, .ss_size = SIZE};
    cr_assert_eq(mprotect(low + PAGE, SIZE, PROT_READ | PROT_WRITE), 0);
    region(1);
    cr_assert_eq(sigaltstack(&stack, NULL), 0);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
}

static void *first_slot(void *unused) {
    keeps(NULL);
    return unused;
}

/* Its first contact is the slot. */
static void meets(enum vectors_kind most) {
    pthread_t thread;
    vectors_most = most;
    region(0);
    cr_assert_eq(pthread_create(&thread, NULL, first_slot, NULL), 0);
    pthread_join(thread, NULL);
}

Test(vectors, a_thread_that_nobody_knows, .timeout = 60) {
    meets(VECTORS_AVX512BW);
}

Test(vectors, on_a_machine_without_avx512, .timeout = 60) {
    if (!__builtin_cpu_supports("avx")) cr_skip_test("no AVX");
    meets(VECTORS_AVX);
}

Test(vectors, on_a_machine_without_avx, .timeout = 60) {
    meets(VECTORS_SSE);
}
#endif
