// SPDX-License-Identifier: MIT
/* Orders: latch and pairs, counts, the limit, removal, ways out of a wait, inactive threads. */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/state.h"
#include "rt/testpoint.h"
#include "tests/support/actor.h"

/* One link: the left side happens at DEMO_LEAVE, the right side waits at DEMO_ENTER. */
static struct hit right = {DEMO_ENTER, 1};
enum { LONG = 60000 };

#define UP(point_, link_, count_)                                                                  \
    { .point = (point_), .kind = LOOM_UP, .region = (link_), .count = (count_) }
#define DOWN(point_, link_, count_)                                                                \
    { .point = (point_), .kind = LOOM_DOWN, .region = (link_), .count = (count_) }

static struct filter *order(uint32_t count, uint32_t within_ms, uint32_t flags) {
    const struct loom_plan_operation operations[] = {UP(DEMO_LEAVE, 0, count),
                                                     DOWN(DEMO_ENTER, 0, count)};
    struct filter *filter = publish_order(operations, 2, within_ms, flags);
    cr_assert(filter && work_until(filter, FILTER_IN_FORCE, 2000));
    return filter;
}

static int state_of(const struct actor *actor) {
    unsigned long state = 0;
    lock_take(&threads_lock);
    struct thread *thread = thread_by_tid(actor->tid);
    if (thread) state = LOAD(thread->shared.state);
    lock_drop(&threads_lock);
    return state == (unsigned long)LOOM_POINT_(demo, DEMO_ENTER);
}

static void wait_at_right(struct actor *actor) {
    uint64_t before = LOAD(filters[0].waits);
    actor_do(actor, do_hit, &right);
    cr_assert(DEMO_WAIT(LOAD(filters[0].waits) > before && state_of(actor), 2000),
              "the right side did not wait, or not OUTSIDE at its slot");
}

Test(order, a_latch_lets_all_pass_once_the_left_side_has_happened, .timeout = 30) {
    struct actor actors[3];
    struct filter *filter = order(1, LONG, 0);
    for (int i = 0; i < 3; i++) actor_start(&actors[i]);
    for (int i = 0; i < 3; i++) wait_at_right(&actors[i]);
    usleep(50000);
    for (int i = 0; i < 3; i++) cr_assert_not(actor_done(&actors[i], 0));
    hit(DEMO_LEAVE, 1);
    for (int i = 0; i < 3; i++) cr_assert(actor_done(&actors[i], 1000), "actor %d", i);
    for (int i = 0; i < 5; i++) hit(DEMO_ENTER, 1); /* nothing was taken */
    cr_expect_eq(filter->timeouts, 0);
    cr_expect_eq(filter->waits, 3);
    for (int i = 0; i < 3; i++) actor_end(&actors[i]);
}

Test(order, each_right_takes_one_left, .timeout = 30) {
    struct actor actors[2];
    order(1, LONG, LOOM_EACH);
    for (int i = 0; i < 2; i++) actor_start(&actors[i]);
    for (int i = 0; i < 2; i++) wait_at_right(&actors[i]);
    hit(DEMO_LEAVE, 1);
    cr_assert(DEMO_WAIT(actors[0].done + actors[1].done == 1, 1000));
    usleep(60000);
    cr_assert_eq(actors[0].done + actors[1].done, 1, "one left let two pass");
    hit(DEMO_LEAVE, 1);
    cr_assert(DEMO_WAIT(actors[0].done + actors[1].done == 2, 1000));
    hit(DEMO_LEAVE, 1);
    hit(DEMO_LEAVE, 1); /* ahead: kept for two rights */
    for (int i = 0; i < 2; i++) actor_run(&actors[i], do_hit, &right);
    wait_at_right(&actors[0]);
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actors[0], 1000));
    for (int i = 0; i < 2; i++) actor_end(&actors[i]);
}

Test(order, counts, .timeout = 30) {
    struct actor actor;
    order(4, LONG, 0);
    actor_start(&actor);
    wait_at_right(&actor);
    for (int i = 0; i < 3; i++) hit(DEMO_LEAVE, 1);
    usleep(60000);
    cr_assert_not(actor_done(&actor, 0), "three of four let it pass");
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 1000));
    actor_end(&actor);
}

Test(order, counts_are_taken_together_by_each, .timeout = 30) {
    struct actor actor;
    order(2, LONG, LOOM_EACH);
    actor_start(&actor);
    for (int i = 0; i < 3; i++) hit(DEMO_LEAVE, 1);
    actor_run(&actor, do_hit, &right);
    wait_at_right(&actor); /* one is left over */
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 1000));
    actor_end(&actor);
}

/* a > b > c: b waits, then happens at the same slot. */
Test(order, a_chain, .timeout = 30) {
    static const struct loom_plan_operation operations[] = {UP(DEMO_LEAVE, 0, 1),
                                                            DOWN(DEMO_OTHER_ENTER, 0, 1),
                                                            {.point = DEMO_OTHER_ENTER,
                                                             .kind = LOOM_UP,
                                                             .flags = LOOM_OP_BEHIND,
                                                             .region = 1,
                                                             .count = 1},
                                                            DOWN(DEMO_ENTER, 1, 1)};
    static struct hit middle = {DEMO_OTHER_ENTER, 1};
    struct actor b, c;
    cr_assert(publish_order(operations, 4, LONG, 0));
    actor_start(&b);
    actor_start(&c);
    actor_do(&b, do_hit, &middle);
    wait_at_right(&c);
    usleep(60000);
    cr_assert_not(actor_done(&c, 0), "b counted before it had happened");
    cr_assert_not(actor_done(&b, 0));
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&b, 1000) && actor_done(&c, 1000));
    actor_end(&b);
    actor_end(&c);
}

Test(order, too_long_a_wait_passes_and_the_filter_stays, .timeout = 30) {
    struct actor actor;
    struct filter *filter = order(1, 100, 0);
    actor_start(&actor);
    for (unsigned i = 1; i <= 3; i++) {
        actor_run(&actor, do_hit, &right);
        cr_assert_eq(filter->timeouts, i);
    }
    cr_expect_eq(events_of(EVENT_TIMEOUT), 3);
    cr_expect_eq(filter->suspended, 0);
    hit(DEMO_LEAVE, 1);
    actor_run(&actor, do_hit, &right);
    cr_expect_eq(filter->timeouts, 3);
    actor_end(&actor);
}

Test(order, removal_lets_waiters_pass, .timeout = 30) {
    struct actor actors[2];
    struct filter *filter = order(1, LONG, 0);
    for (int i = 0; i < 2; i++) actor_start(&actors[i]);
    for (int i = 0; i < 2; i++) wait_at_right(&actors[i]);
    remove_all();
    for (int i = 0; i < 2; i++) cr_assert(actor_done(&actors[i], 1000));
    cr_expect_eq(filter->timeouts, 0);
    demo_away();
    cr_assert(work_until(filter, FILTER_FREE, 2000));
    demo_back();
    for (int i = 0; i < 2; i++) actor_end(&actors[i]);
}

/* The entry goes to another order while a thread sleeps on its counter: it passes, and takes
 * nothing of the other. */
static _Atomic bool hold_on, held;
static void hold_waiter(const char *name) {
    if (strcmp(name, "order-waiting") != 0 || !hold_on) return;
    held = true;
    while (hold_on) usleep(1000);
}

Test(order, a_waiter_of_a_removed_filter_takes_nothing_of_the_next, .timeout = 30) {
    static const struct loom_plan_operation elsewhere[] = {UP(DEMO_OTHER_LEAVE, 0, 1),
                                                           DOWN(DEMO_OTHER_ENTER, 0, 1)};
    struct actor actor;
    struct filter *filter = order(1, LONG, LOOM_EACH), *next;
    actor_start(&actor);
    hold_on = true;
    STORE(testpoint_hook, hold_waiter);
    actor_do(&actor, do_hit, &right);
    cr_assert(DEMO_WAIT(held, 2000));
    remove_all();
    demo_away();
    cr_assert(work_until(filter, FILTER_FREE, 2000));
    demo_back();
    next = publish_order(elsewhere, 2, LONG, LOOM_EACH);
    cr_assert_eq(next, filter);
    cr_assert(work_until(next, FILTER_IN_FORCE, 2000));
    hit(DEMO_OTHER_LEAVE, 1);
    cr_assert_eq(LOAD(next->happened[0]), 1);
    hold_on = false;
    cr_assert(actor_done(&actor, 1000));
    cr_expect_eq(LOAD(next->happened[0]), 1, "it took what is not its own");
    STORE(testpoint_hook, NULL);
    actor_end(&actor);
}

static bool passes_at_once(struct actor *actor) {
    actor_do(actor, do_hit, &right);
    return actor_done(actor, 2000);
}

Test(order, a_left_that_comes_late_is_not_the_next_pairs, .timeout = 30) {
    struct actor actor;
    struct filter *filter = order(1, 30, LOOM_EACH);
    actor_start(&actor);
    cr_assert(passes_at_once(&actor), "within 30 ms");
    cr_assert_eq(LOAD(filter->timeouts), 1);
    STORE(filter->within_ms, LONG);
    hit(DEMO_LEAVE, 1); /* late */
    wait_at_right(&actor);
    cr_assert_not(actor_done(&actor, 50), "it went on with the left side of the first");
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 2000));
    cr_expect_eq(LOAD(filter->happened[0]), 0);
    cr_expect_eq(LOAD(filter->timeouts), 1);
    actor_end(&actor);
}

Test(order, a_left_that_never_comes_costs_the_next_pair_at_most, .timeout = 30) {
    struct actor actor;
    struct filter *filter = order(2, 30, LOOM_EACH);
    actor_start(&actor);
    hit(DEMO_LEAVE, 1); /* half of it */
    cr_assert(passes_at_once(&actor));
    hit(DEMO_LEAVE, 1); /* of the next: taken for the late half */
    hit(DEMO_LEAVE, 1);
    cr_assert(passes_at_once(&actor));
    cr_assert_eq(LOAD(filter->timeouts), 2);
    STORE(filter->within_ms, LONG);
    wait_at_right(&actor);
    hit(DEMO_LEAVE, 1);
    cr_assert_not(actor_done(&actor, 50), "one of two");
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 2000), "in step again");
    cr_expect_eq(LOAD(filter->happened[0]), 0);
    actor_end(&actor);
}

/* A pair whose left side alone would count before the filter is in force. */
Test(order, pairs_count_from_the_moment_it_is_in_force, .timeout = 30) {
    const struct loom_plan_operation operations[] = {UP(DEMO_LEAVE, 0, 1), DOWN(DEMO_ENTER, 0, 1)};
    struct actor actor;
    actor_start(&actor);
    actor_computes = true;
    actor_do(&actor, actor_compute, NULL);
    cr_assert(DEMO_WAIT(!actor.todo, 2000));
    struct filter *filter = publish_order(operations, 2, LONG, LOOM_EACH);
    hit(DEMO_LEAVE, 1); /* this thread is active, the other is not */
    hit(DEMO_ENTER, 1);
    cr_assert_eq(filter->enters, 0);
    actor_computes = false;
    cr_assert(work_until(filter, FILTER_IN_FORCE, 2000));
    cr_assert_eq(LOAD(filter->happened[0]), 0);
    hit(DEMO_LEAVE, 1);
    hit(DEMO_ENTER, 1);
    cr_assert_eq(filter->enters, 1);
    actor_end(&actor);
}

/* I3: ups and downs of a thread that is not active do nothing. */
static void *foreign(void *unused) {
    hit(DEMO_ENTER, 1);
    hit(DEMO_LEAVE, 1);
    return unused;
}

Test(order, inactive_threads_neither_wait_nor_count, .timeout = 30) {
    pthread_t thread;
    struct filter *filter = order(1, LONG, 0);
    pthread_create(&thread, NULL, foreign, NULL); /* not through the wrapper: starts inactive */
    pthread_join(thread, NULL);
    cr_expect_eq(filter->enters, 0);
    cr_expect_eq(LOAD(filter->happened[0]), 0);
}

/* While a thread waits, other filters come into force: it is OUTSIDE at a safe place for them. */
Test(order, a_waiter_does_not_hold_up_other_filters, .timeout = 30) {
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_OTHER_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_OTHER_LEAVE, .kind = LOOM_LEAVE}};
    struct actor actor;
    order(1, LONG, 0);
    actor_start(&actor);
    wait_at_right(&actor);
    struct filter *other = publish(operations, 2, 0, 0, NULL, 0);
    cr_assert(work_until(other, FILTER_IN_FORCE, 2000));
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 1000));
    actor_end(&actor);
}

static sigjmp_buf landing;
static void jump_out(int signal) {
    (void)signal;
    siglongjmp(landing, 1);
}
static void wait_and_jump(void *unused) {
    (void)unused;
    if (!sigsetjmp(landing, 1)) hit(DEMO_ENTER, 3);
    handshake_landed((char *)__builtin_frame_address(0) + 16);
}

Test(order, a_jump_out_of_the_wait, .timeout = 30) {
    struct actor actor;
    order(1, LONG, 0);
    signal(SIGUSR1, jump_out);
    actor_start(&actor);
    actor_do(&actor, wait_and_jump, NULL);
    cr_assert(DEMO_WAIT(state_of(&actor), 2000));
    usleep(30000);
    pthread_kill(actor.thread, SIGUSR1);
    cr_assert(actor_done(&actor, 2000));
    cr_expect_not(state_is_off());
    wait_at_right(&actor); /* it goes on as before */
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 1000));
    actor_end(&actor);
}

Test(order, fork_keeps_what_has_happened, .timeout = 30) {
    struct actor actor;
    int status;
    order(2, 1000, 0);
    actor_start(&actor);
    wait_at_right(&actor);
    hit(DEMO_LEAVE, 1);
    pid_t child = fork();
    if (!child) {
        hit(DEMO_LEAVE, 1);
        hit(DEMO_ENTER, 1);
        _exit(filters[0].timeouts ? 1 : 0);
    }
    waitpid(child, &status, 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_expect_not(actor_done(&actor, 0), "the child's event counted in the parent");
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 1000));
    actor_end(&actor);
}

/* Many lefts and rights at once: each right took one left, none was lost. */
static _Atomic int go;
static void many_lefts(void *unused) {
    (void)unused;
    while (!go) usleep(100);
    for (int i = 0; i < 2000; i++) hit(DEMO_LEAVE, 1);
}
static void many_rights(void *unused) {
    (void)unused;
    while (!go) usleep(100);
    for (int i = 0; i < 2000; i++) hit(DEMO_ENTER, 1);
}

Test(order, pairs_add_up, .timeout = 60) {
    struct actor lefts[3], rights[3];
    struct filter *filter = order(1, LONG, LOOM_EACH);
    for (int i = 0; i < 3; i++) actor_start(&lefts[i]), actor_start(&rights[i]);
    for (int i = 0; i < 3; i++) {
        actor_do(&lefts[i], many_lefts, NULL);
        actor_do(&rights[i], many_rights, NULL);
    }
    go = 1;
    for (int i = 0; i < 3; i++) cr_assert(actor_done(&lefts[i], 20000));
    for (int i = 0; i < 3; i++) cr_assert(actor_done(&rights[i], 20000), "a wake-up was lost");
    cr_expect_eq(LOAD(filter->happened[0]), 0);
    cr_expect_eq(filter->timeouts, 0);
    cr_expect_eq(filter->enters, 6000);
    for (int i = 0; i < 3; i++) actor_end(&lefts[i]), actor_end(&rights[i]);
}

/* ---- the end of threads ---------------------------------------------------------------------- */

/* Waits at DEMO_ENTER while threads live that were started at DEMO_CREATE. */
static struct filter *order_of_end(uint32_t within_ms, uint32_t flags) {
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_CREATE, .kind = LOOM_BIRTH, .count = 1},
        {.point = DEMO_ENTER, .kind = LOOM_DOWN, .flags = LOOM_OP_END, .count = 1}};
    struct filter *filter = publish_order(operations, 2, within_ms, flags);
    cr_assert(filter && work_until(filter, FILTER_IN_FORCE, 2000));
    return filter;
}

static _Atomic int passed;
static void *collect(void *rounds) {
    for (int i = 0; i < (int)(intptr_t)rounds; i++) {
        hit(DEMO_ENTER, 1);
        passed++;
    }
    return NULL;
}

static pthread_t start_collector(int rounds) {
    pthread_t thread;
    passed = 0;
    LOOM_CREATE(demo, DEMO_MAIN, &thread, NULL, collect, (void *)(intptr_t)rounds);
    return thread;
}

/* Threads from before the filter count; those that had ended then do not hold anybody up. */
Test(order, end_of_threads_in_mid_run, .timeout = 30) {
    struct actor actors[3];
    for (int i = 0; i < 3; i++) actor_start(&actors[i]);
    actor_end(&actors[0]);
    struct filter *filter = order_of_end(LONG, 0);
    pthread_t collector = start_collector(2);
    cr_assert(DEMO_WAIT(LOAD(filter->waits) == 1, 2000));
    actor_end(&actors[1]);
    usleep(60000);
    cr_assert_eq(passed, 0, "one of two still lives");
    actor_end(&actors[2]);
    pthread_join(collector, NULL);
    cr_expect_eq(passed, 2);
    cr_expect_eq(filter->timeouts, 0);
    cr_expect(DEMO_OFF(DEMO_CREATE), "a birth is no slot");
    actor_start(&actors[0]); /* the latch is open */
    hit(DEMO_ENTER, 1);
    actor_end(&actors[0]);
}

Test(order, end_of_threads_each_looks_anew, .timeout = 30) {
    struct actor actor;
    struct filter *filter = order_of_end(LONG, LOOM_EACH);
    for (int i = 0; i < 2; i++) {
        actor_start(&actor);
        pthread_t collector = start_collector(1);
        cr_assert(DEMO_WAIT(LOAD(filter->waits) == (unsigned)i + 1, 2000));
        actor_end(&actor);
        pthread_join(collector, NULL);
    }
    hit(DEMO_ENTER, 1); /* nobody lives */
}

/* The creator has counted the thread when pthread_create returns, though it has not begun. */
static _Atomic bool hold_births;
static void hold_birth(const char *name) {
    while (hold_births && strcmp(name, "start-begin") == 0) usleep(1000);
}
static void *nothing(void *unused) {
    return unused;
}
static void *create_and_collect(void *unused) {
    pthread_t child;
    LOOM_CREATE(demo, DEMO_CREATE, &child, NULL, nothing, NULL);
    collect((void *)1);
    pthread_join(child, NULL);
    return unused;
}

static void *hold_then_create(void *unused) {
    hold_births = true; /* this thread itself has begun */
    STORE(testpoint_hook, hold_birth);
    return create_and_collect(unused);
}

Test(order, a_thread_counts_before_it_begins, .timeout = 30) {
    pthread_t creator;
    struct filter *filter = order_of_end(LONG, 0);
    pthread_create(&creator, NULL, create_and_collect, NULL); /* inactive: only to be sure of it */
    pthread_join(creator, NULL);
    cr_assert_eq(filter->waits, 0);
    passed = 0;
    LOOM_CREATE(demo, DEMO_MAIN, &creator, NULL, hold_then_create, NULL);
    cr_assert(DEMO_WAIT(LOAD(filter->waits) == 1, 2000), "the creator passed by");
    usleep(60000);
    cr_expect_eq(passed, 0);
    hold_births = false;
    pthread_join(creator, NULL);
    cr_expect_eq(passed, 1);
    STORE(testpoint_hook, NULL);
}

/* Other threads end all the time: the limit holds all the same. */
Test(order, within_holds_while_others_end, .timeout = 30) {
    struct actor lives;
    struct filter *filter = order_of_end(200, 0);
    actor_start(&lives);
    pthread_t collector = start_collector(1), other;
    for (int i = 0; i < 20000 && !passed; i++) {
        LOOM_CREATE(demo, DEMO_MAIN, &other, NULL, nothing, NULL);
        pthread_join(other, NULL);
    }
    cr_expect_eq(passed, 1);
    cr_expect_eq(filter->timeouts, 1);
    pthread_join(collector, NULL);
    actor_end(&lives);
}

/* ---- plans ----------------------------------------------------------------------------------- */

static bool accepted(struct loom_plan_operation up, struct loom_plan_operation down,
                     uint32_t flags) {
    struct loom_plan_operation operations[] = {up, down};
    struct filter *filter = publish_order(operations, 2, 0, flags);
    if (!filter) return false;
    remove_all();
    return true;
}

Test(order, plans_are_verified, .timeout = 30) {
    struct loom_plan_operation up = UP(DEMO_LEAVE, 0, 1), down = DOWN(DEMO_ENTER, 0, 1), bad;
    cr_expect(accepted(up, down, 0));
    cr_expect(accepted(up, down, LOOM_EACH));
    cr_expect_not(accepted(up, down, 8));
    cr_expect_not(accepted(up, up, 0), "nothing waits");
    cr_expect_not(accepted(down, down, 0), "a wait for nothing");
#define BAD(of, field, value) (bad = of, bad.field = (value), bad)
    cr_expect_not(accepted(BAD(up, region, 1), down, 0), "another link");
    cr_expect_not(accepted(BAD(up, count, 2), down, 0), "two counts");
    cr_expect_not(accepted(BAD(up, count, 0), down, 0));
    cr_expect_not(accepted(BAD(up, count, LOOM_COUNT_MAX + 1), down, 0));
    cr_expect_not(accepted(BAD(up, kind, LOOM_ENTER), down, 0));
    cr_expect_not(accepted(BAD(up, kind, 6), down, 0));
    cr_expect_not(accepted(BAD(up, kind, LOOM_BIRTH), down, 0), "a link of two kinds");
    cr_expect_not(accepted(up, BAD(down, flags, LOOM_OP_END), 0), "a link of two kinds");
    cr_expect_not(accepted(BAD(up, flags, LOOM_OP_END), down, 0));
    cr_expect_not(accepted(BAD(up, flags, LOOM_OP_NEST), down, 0));
    cr_expect_not(accepted(up, BAD(down, flags, LOOM_OP_BEHIND), 0));
    bad = up;
    bad.region = LOOM_LINKS_MAX;
    cr_expect_not(accepted(bad, down, 0));
}
