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

static void hold_100_ms(void *unused) {
    (void)unused;
    hit(DEMO_ENTER, 1);
    LOOM_CALL(demo, DEMO_IN_REGION, usleep(100000));
    hit(DEMO_LEAVE, 1);
}

Test(guard, a_long_queue_of_honest_holds, .timeout = 60) {
    static struct actor actors[32];
    struct filter *filter = publish_simple(1000, 0);
    for (int i = 0; i < 32; i++) actor_start(&actors[i]);
    for (int i = 0; i < 32; i++) actor_do(&actors[i], hold_100_ms, NULL);
    for (int i = 0; i < 32; i++) cr_assert(actor_done(&actors[i], 20000));
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
