// SPDX-License-Identifier: MIT
/* Shapes of programs: jumps out of waits, cancellation, small stacks, signal stacks, seccomp,
 * closed descriptors, many threads. */
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/ctl.h"
#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/state.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "tests/support/actor.h"

static struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};
static struct client client;
static uint64_t modules;

/* ---- jumps ---- */

static sigjmp_buf landing;
static void jump(int signal) {
    siglongjmp(landing, signal);
}

/* siglongjmp out of a wait for a filter lock: the waiter is out of the queue, and works again. */
static void wait_and_jump(void *unused) {
    (void)unused;
    if (sigsetjmp(landing, 1) == 0) hit(DEMO_ENTER, 1);
    /* what LOOM_LANDED does, from a frame older than the runtime's */
    handshake_landed((char *)__builtin_frame_address(0) + 16);
}

Test(shapes, jump_out_of_a_wait, .timeout = 60) {
    struct actor holder, jumper;
    struct filter *filter = publish_simple(60000, 0);
    signal(SIGUSR1, jump);
    actor_start(&holder);
    actor_start(&jumper);
    for (int i = 0; i < 50; i++) {
        uint64_t before = LOAD(filter->waits);
        actor_run(&holder, do_hit, &enter);
        actor_do(&jumper, wait_and_jump, NULL);
        cr_assert(DEMO_WAIT(LOAD(filter->waits) > before, 1000));
        usleep(i % 5 * 100);
        pthread_kill(jumper.thread, SIGUSR1);
        cr_assert(actor_done(&jumper, 1000));
        actor_run(&holder, do_hit, &leave);
        actor_run(&jumper, do_hit, &enter); /* it can still enter and leave */
        actor_run(&jumper, do_hit, &leave);
    }
    actor_end(&holder);
    actor_end(&jumper);
    cr_assert_not(state_is_off());
}

/* Out of a park: the stop goes on without it. */
static void park_and_jump(void *unused) {
    (void)unused;
    if (sigsetjmp(landing, 1) == 0)
        for (;;) poll_here();
    handshake_landed((char *)__builtin_frame_address(0) + 16);
}

static bool any_parked(void) {
    bool parked = false;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) parked |= LOAD(t->parked);
    lock_drop(&threads_lock);
    return parked;
}

Test(shapes, jump_out_of_a_park, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
    /* the actor's idle call is unsafe, so that it parks only where the test wants it */
    static const uint64_t unsafe[1] = {1u << DEMO_IDLE};
    struct actor jumper;
    signal(SIGUSR1, jump);
    actor_start(&jumper);
    cr_assert(DEMO_WAIT(jumper.tid, 1000)); /* a thread that begins may park, too */
    struct filter *filter = publish(operations, 2, 0, 0, unsafe, LOOM_COMMIT_STOP);
    actor_do(&jumper, park_and_jump, NULL);
    cr_assert(DEMO_WAIT((work(), any_parked()), 2000));
    pthread_kill(jumper.thread, SIGUSR1);
    lock_take(&install_lock);
    install_remove(filter->id);
    lock_drop(&install_lock);
    cr_assert(actor_done(&jumper, 1000));
    cr_assert(DEMO_WAIT((work(), install_is_fast()), 2000));
    actor_end(&jumper);
}

/* ---- cancellation ---- */

static void be_cancelled(void *unused) {
    (void)unused;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    hit(DEMO_ENTER, 1); /* waits; the cancel must not act inside */
    pthread_testcancel();
}

Test(shapes, asynchronous_cancel_in_a_wait, .timeout = 60) {
    struct actor holder, victim;
#ifdef __SANITIZE_ADDRESS__
    return; /* ASan takes the stack that cancellation unwound for poisoned, in its own code */
#endif
    struct filter *filter = publish_simple(60000, 0);
    actor_start(&holder);
    actor_start(&victim);
    actor_run(&holder, do_hit, &enter);
    actor_do(&victim, be_cancelled, NULL);
    cr_assert(DEMO_WAIT(LOAD(filter->waits) == 1, 1000));
    pthread_cancel(victim.thread);
    usleep(50000);
    actor_run(&holder, do_hit, &leave);
    pthread_join(victim.thread, NULL); /* it got the lock, was cancelled, and gave it back */
    actor_run(&holder, do_hit, &enter);
    actor_end(&holder);
}

/* ---- small stacks ---- */

static void *on_16_kb(void *data) {
    for (int i = 0; i < 200; i++) {
        hit(DEMO_ENTER, 1);
        LOOM_CALL(demo, DEMO_IN_REGION, usleep(50));
        hit(DEMO_LEAVE, 1);
    }
    return data;
}

Test(shapes, stacks_of_16_kb, .timeout = 30) {
    pthread_t threads[4];
    pthread_attr_t attr;
    struct filter *filter = publish_simple(5000, 0);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 16384);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(LOOM_CREATE(demo, DEMO_CREATE, &threads[i], &attr, on_16_kb, NULL), 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    cr_assert_gt(LOAD(filter->waits), 0);
}

/* A handler on a signal stack of 8 KB, above or below the thread's: the interrupted frame's hold
 * stays, the handler's own nests. */
static void on_stack(int signal) {
    (void)signal;
    slot_hit(LOOM_POINT_(demo, DEMO_ENTER), __builtin_frame_address(0));
    slot_hit(LOOM_POINT_(demo, DEMO_LEAVE), __builtin_frame_address(0));
}

Test(shapes, signal_stack, .timeout = 60) {
    static char low[8192];
    stack_t stack = {.ss_sp = low, .ss_size = sizeof low};
    struct sigaction action = {.sa_handler = on_stack, .sa_flags = SA_ONSTACK};
    publish_simple(5000, 0);
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    slot_hit(LOOM_POINT_(demo, DEMO_ENTER), __builtin_frame_address(0));
    raise(SIGUSR1); /* static memory lies below the stack: a deeper frame that is not one */
    cr_assert_eq(thread_self()->holds_count, 1);
    /* FRAME() lies below static memory of a position-independent program: the stack is above */
    slot_hit(LOOM_POINT_(demo, DEMO_LEAVE), __builtin_frame_address(0));
    cr_assert_eq(thread_self()->holds_count, 0);
    hit(DEMO_ENTER, 1);
    raise(SIGUSR1);
    cr_assert_eq(thread_self()->holds_count, 1, "a frame of the thread was taken for a dead one");
    hit(DEMO_LEAVE, 1);
    cr_assert_eq(thread_self()->holds_count, 0);
}

/* ---- the process ---- */

static void put_on_all(struct sock_filter *code, size_t count) {
    struct sock_fprog program = {(unsigned short)count, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program)) abort();
}

/* Kills on the calls that only Loom would make. */
static void sandbox(void) {
#define KILL_ON(call)                                                                              \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1),                                         \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), KILL_ON(membarrier),
        KILL_ON(close_range), KILL_ON(process_vm_readv), KILL_ON(ppoll), KILL_ON(pselect6),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    put_on_all(code, sizeof code / sizeof code[0]);
}

/* Reading fails. */
static void sandbox_of_reads(void) {
    struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    put_on_all(code, sizeof code / sizeof code[0]);
}

Test(shapes, sandbox_before_the_second_thread, .timeout = 60) {
    sandbox();
    demo_start(4);
    cr_assert(DEMO_WAIT(demo.rounds > 100, 2000));
    cr_assert_not(ctl_is_running());
    cr_assert_geq(events_of(EVENT_HELPER), 1);
    demo_stop();
}

Test(shapes, sandbox_later, .timeout = 60) {
    size_t size;
    demo_start(4);
    cr_assert(demo_connect(&client, &modules));
    sandbox();
    void *plan = demo_plan(modules, 0, 0, &size);
    cr_assert_eq(client_install(&client, plan, size, 0, 0), 0);
    cr_assert_eq(strncmp(client.reply, "error seccomp", 13), 0, "%s", client.reply);
    demo_stop();
}

/* The helper has looked for a sandbox, and comes to its wait when there is one: read and futex. Its first
 * step is when it begins, its second one behind the reply of demo_connect: nothing is asked then. */
static _Atomic int held, steps;
static void hold_second_step(const char *name) {
    if (strcmp(name, "helper-step") || ++steps != 2) return;
    while (held) usleep(1000);
}

static bool is_free(const struct filter *filter) {
    lock_take(&install_lock);
    bool free = filter->phase == FILTER_FREE;
    lock_drop(&install_lock);
    return free;
}

static void start_held(void) {
    held = 1;
    STORE(testpoint_hook, hold_second_step);
    demo_start(4);
    cr_assert(DEMO_WAIT(steps == 1, 1000)); /* with nothing to do, so it waits for a request */
}

static void wait_in_sandbox(int end_in_ms) {
    struct filter *filter = NULL;
    start_held();
    if (end_in_ms) {
        filter = publish_simple(0, 0);
        lock_take(&install_lock);
        filter->end_ms = sys_now_ms() + (uint64_t)end_in_ms;
        lock_drop(&install_lock);
    }
    cr_assert(demo_connect(&client, &modules));
    cr_assert(DEMO_WAIT(steps == 2, 1000));
    sandbox();
    held = 0;
    if (filter) cr_assert(DEMO_WAIT(is_free(filter), 2000));
    usleep(100000);
    demo_stop();
}

Test(shapes, sandbox_while_the_helper_waits, .timeout = 60) {
    wait_in_sandbox(0);
}
Test(shapes, sandbox_while_the_helper_waits_for_an_end, .timeout = 60) {
    wait_in_sandbox(300);
}

/* Its read fails at once: it does not turn in a circle. */
Test(shapes, sandbox_without_read, .timeout = 60) {
    start_held();
    cr_assert(demo_connect(&client, &modules));
    cr_assert(DEMO_WAIT(steps == 2, 1000));
    sandbox_of_reads();
    held = 0;
    usleep(500000);
    if (steps > 30) abort();
    _exit(0); /* Criterion reads */
}

Test(shapes, chroot_and_closed_descriptors, .timeout = 60) {
    size_t size;
    demo = (struct demo){.region_us = 50, .idle_us = 50};
    demo_start(4);
    demo_away();
    cr_assert(demo_connect(&client, &modules));
    for (int fd = 3; fd < 1024; fd++)
        if (fd != client.in && fd != client.out) close(fd);
    if (chroot("/var/empty") && chroot("/tmp")) return; /* not root */
    void *plan = demo_plan(modules, 0, 0, &size);
    uint32_t id = client_install(&client, plan, size, 0, 0);
    if (!id || !client_wait(&client, id, "in-force", 20000)) abort();
    if (client_remove(&client, id) != 1 || !client_wait(&client, id, "", 20000)) abort();
    _exit(0); /* Criterion's descriptors are gone, too */
}

Test(shapes, a_thousand_threads, .timeout = 100) {
    size_t size;
    demo = (struct demo){.region_us = 0, .idle_us = 20000};
    demo_start(1000);
    demo_away();
    cr_assert(demo_connect(&client, &modules));
    cr_assert_eq(client_number(&client, "runtime", "threads"), 1001);
    for (int i = 0; i < 4; i++) {
        void *plan = demo_plan(modules, 0, 0, &size);
        uint32_t id = client_install(&client, plan, size, i % 2 ? LOOM_COMMIT_STOP : 0, 20000);
        cr_assert(id);
        cr_assert(client_wait(&client, id, "in-force", 20000), "%s", client.reply);
        cr_assert_eq(client_ask(&client, LOOM_THREADS, NULL, 0), 0);
        cr_assert_eq(client_remove(&client, id), 1);
        cr_assert(client_wait(&client, id, "", 20000));
    }
    demo_back();
    demo_stop();
}
