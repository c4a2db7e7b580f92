// SPDX-License-Identifier: MIT
/* The guard: cycles are broken within ticks, one owner's hold is limited, honest queues are not. */
#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "rt/guard.h"
#include "rt/install.h"
#include "rt/state.h"
#include "rt/sys.h"
#include "tests/support/actor.h"

static struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};
static struct hit other_enter = {DEMO_OTHER_ENTER, 1}, other_leave = {DEMO_OTHER_LEAVE, 1};
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static struct filter *publish_other(void) {
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_OTHER_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_OTHER_LEAVE, .kind = LOOM_LEAVE}};
    return publish(operations, 2, 0, 0, NULL, 0);
}

static void lock_mutex(void *unused) {
    (void)unused;
    LOOM_LOCK(demo, DEMO_LOCK_IN, pthread_mutex_lock, &mutex);
}
static void unlock_mutex(void *unused) {
    (void)unused;
    pthread_mutex_unlock(&mutex);
}

Test(guard, two_filters_in_opposite_order, .timeout = 60) {
    struct actor a, b;
    publish_simple(60000, 0);
    publish_other();
    actor_start(&a);
    actor_start(&b);
    actor_run(&a, do_hit, &enter);
    actor_run(&b, do_hit, &other_enter);
    actor_do(&a, do_hit, &other_enter);
    actor_do(&b, do_hit, &enter);
    /* One passes, goes on, and leaves both; then the other goes on. */
    cr_assert(DEMO_WAIT(a.done == a.given || b.done == b.given, 1000), "the cycle stands");
    struct actor *first = a.done == a.given ? &a : &b, *second = first == &a ? &b : &a;
    actor_run(first, do_hit, first == &a ? &leave : &other_leave);
    cr_assert(actor_done(second, 1000));
    cr_assert_geq(events_of(EVENT_CYCLE), 1);
    cr_assert_eq(events_of(EVENT_TIMEOUT), 0);
    actor_end(&a);
    actor_end(&b);
    cr_assert_eq(rank_violations, 0);
}

Test(guard, filter_lock_and_program_mutex, .timeout = 60) {
    struct actor a, b;
    struct filter *filter = publish_simple(60000, 0);
    actor_start(&a);
    actor_start(&b);
    actor_run(&a, do_hit, &enter);
    actor_run(&b, lock_mutex, NULL);
    actor_do(&a, lock_mutex, NULL); /* a holds the filter lock, waits for the mutex */
    actor_do(&b, do_hit, &enter);   /* b holds the mutex, waits for the filter lock */
    cr_assert(actor_done(&b, 1000), "the cycle stands");
    cr_assert_eq(events_of(EVENT_CYCLE), 1);
    cr_assert_eq(LOAD(filter->timeouts), 1);
    cr_assert_not(filter->suspended);
    actor_run(&b, unlock_mutex, NULL);
    cr_assert(actor_done(&a, 1000));
    actor_run(&a, unlock_mutex, NULL);
    actor_run(&a, do_hit, &leave);
    actor_end(&a);
    actor_end(&b);
}

Test(guard, long_hold_suspends, .timeout = 60) {
    struct actor a, b;
    struct filter *filter = publish_simple(150, 0);
    actor_start(&a);
    actor_start(&b);
    actor_run(&a, do_hit, &enter);
    uint64_t start = sys_now_ms();
    actor_do(&b, do_hit, &enter);
    cr_assert(actor_done(&b, 10000));
    cr_assert_geq(sys_now_ms() - start, 150);
    cr_assert(filter->suspended);
    cr_assert_eq(events_of(EVENT_TIMEOUT), 1);
    hit(DEMO_ENTER, 1); /* all pass now */
    actor_end(&a);
    actor_end(&b);
}

Test(guard, else_pass_lets_one_pass, .timeout = 60) {
    struct actor a, b;
    struct filter *filter = publish_simple(150, LOOM_ELSE_PASS);
    actor_start(&a);
    actor_start(&b);
    actor_run(&a, do_hit, &enter);
    actor_do(&b, do_hit, &enter);
    cr_assert(actor_done(&b, 1000));
    cr_assert_not(filter->suspended);
    cr_assert_eq(LOAD(filter->timeouts), 1);
    actor_run(&b, do_hit, &leave); /* it holds nothing: does nothing */
    actor_do(&b, do_hit, &enter);
    cr_assert_not(actor_done(&b, 60), "the filter must still be there");
    actor_run(&a, do_hit, &leave);
    cr_assert(actor_done(&b, 1000));
    actor_end(&a);
    actor_end(&b);
}

/* What only a thread in the region can end: not to be proved, so `within` limits it. The waiter passes,
 * and ends the wait. */
static _Atomic bool signalled;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static void wait_for_signal(void *unused) {
    (void)unused;
    hit(DEMO_ENTER, 1);
    pthread_mutex_lock(&mutex);
    while (!signalled) LOOM_CALL(demo, DEMO_IN_REGION, pthread_cond_wait(&condition, &mutex));
    pthread_mutex_unlock(&mutex);
    hit(DEMO_LEAVE, 1);
}
static void give_signal(void *unused) {
    (void)unused;
    hit(DEMO_ENTER, 1);
    pthread_mutex_lock(&mutex);
    signalled = true;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
    hit(DEMO_LEAVE, 1);
}

static void condition_in_the_region(uint32_t flags) {
    struct actor a, b;
    struct filter *filter = publish_simple(150, flags);
    actor_start(&a);
    actor_start(&b);
    actor_do(&a, wait_for_signal, NULL);
    cr_assert(DEMO_WAIT(LOAD(filter->enters) == 1, 5000));
    actor_do(&b, give_signal, NULL);
    cr_assert(actor_done(&b, 10000), "it hangs");
    cr_assert(actor_done(&a, 10000), "it hangs");
    cr_assert_eq(events_of(EVENT_TIMEOUT), 1);
    cr_assert_eq(filter->suspended, !flags);
    actor_end(&a);
    actor_end(&b);
}

Test(guard, a_condition_that_is_signalled_in_the_region, .timeout = 60) {
    condition_in_the_region(0);
}
Test(guard, a_condition_that_is_signalled_in_the_region_else_pass, .timeout = 60) {
    condition_in_the_region(LOOM_ELSE_PASS);
}

/* pthread_join of a thread that must come through the region first. */
static void *comes_through(void *unused) {
    hit(DEMO_ENTER, 1);
    hit(DEMO_LEAVE, 1);
    return unused;
}

Test(guard, join_in_the_region, .timeout = 60) {
    struct filter *filter = publish_simple(150, 0);
    pthread_t thread;
    hit(DEMO_ENTER, 1);
    LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, comes_through, NULL);
    uint64_t start = sys_now_ms();
    LOOM_CALL(demo, DEMO_IN_REGION, pthread_join(thread, NULL));
    cr_assert_lt(sys_now_ms() - start, 10000);
    hit(DEMO_LEAVE, 1);
    cr_assert(filter->suspended);
    cr_assert_eq(events_of(EVENT_TIMEOUT), 1);
}

/* A handler that interrupts the owner in the region enters again, and leaves no more than it did. */
static void in_handler(int signal) {
    (void)signal;
    hit(DEMO_ENTER, 9);
    hit(DEMO_LEAVE, 9);
}

Test(guard, a_handler_that_enters_while_its_thread_is_inside, .timeout = 60) {
    struct actor other;
    struct filter *filter = publish_simple(60000, 0);
    actor_start(&other);
    signal(SIGUSR1, in_handler);
    hit(DEMO_ENTER, 1);
    raise(SIGUSR1);
    LOOM_CALL(demo, DEMO_IN_REGION, raise(SIGUSR1));
    actor_do(&other, do_hit, &enter);
    cr_assert_not(actor_done(&other, 60), "the handler has released what its thread holds");
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&other, 5000));
    cr_assert_eq(LOAD(filter->timeouts), 0);
    actor_run(&other, do_hit, &leave);
    actor_end(&other);
}

static void hold_500_ms(void *unused) {
    (void)unused;
    hit(DEMO_ENTER, 1);
    LOOM_CALL(demo, DEMO_IN_REGION, usleep(500000));
    hit(DEMO_LEAVE, 1);
}

/* The last one waits 15 s, but no owner keeps it for 2 s. */
Test(guard, a_long_queue_of_honest_holds, .timeout = 100) {
    static struct actor actors[32];
    struct filter *filter = publish_simple(0, 0);
    for (int i = 0; i < 32; i++) actor_start(&actors[i]);
    for (int i = 0; i < 32; i++) actor_do(&actors[i], hold_500_ms, NULL);
    for (int i = 0; i < 32; i++) cr_assert(actor_done(&actors[i], 60000));
    cr_assert_not(filter->suspended);
    cr_assert_eq(LOAD(filter->timeouts), 0);
    for (int i = 0; i < 32; i++) actor_end(&actors[i]);
}

/* A signal handler hits a slot while its own thread waits in one. */
static _Atomic int handled;
static void on_signal(int signal) {
    (void)signal;
    hit(DEMO_ENTER, 50);
    hit(DEMO_LEAVE, 50);
    handled++;
}

Test(guard, handler_in_a_waiting_slot_is_skipped, .timeout = 60) {
    struct actor a, b;
    publish_simple(5000, 0);
    signal(SIGUSR1, on_signal);
    actor_start(&a);
    actor_start(&b);
    actor_run(&a, do_hit, &enter);
    actor_do(&b, do_hit, &enter);
    cr_assert_not(actor_done(&b, 50));
    for (int i = 0; i < 20; i++) {
        pthread_kill(b.thread, SIGUSR1);
        cr_assert(DEMO_WAIT(handled == i + 1, 1000));
    }
    cr_assert_geq(events_of(EVENT_SKIPPED), 20);
    actor_run(&a, do_hit, &leave);
    cr_assert(actor_done(&b, 1000));
    actor_run(&b, do_hit, &leave);
    actor_run(&a, do_hit, &enter); /* the lock was handed over and given back properly */
    actor_end(&a);
    actor_end(&b);
}

Test(guard, without_peeking_the_limit_holds, .timeout = 60) {
    struct actor a, b;
    struct filter *filter = publish_simple(300, 0);
    sys_forbid_peek();
    actor_start(&a);
    actor_start(&b);
    actor_run(&a, do_hit, &enter);
    actor_run(&b, lock_mutex, NULL);
    actor_do(&a, lock_mutex, NULL);
    actor_do(&b, do_hit, &enter);
    cr_assert(actor_done(&b, 2000));
    cr_assert(filter->suspended);
    actor_run(&b, unlock_mutex, NULL);
    cr_assert(actor_done(&a, 1000));
    actor_end(&a);
    actor_end(&b);
}
