// SPDX-License-Identifier: MIT
/* Orders whose left side cannot happen any more. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "rt/install.h"
#include "rt/state.h"
#include "rt/thread.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "tests/support/order.h"

static struct hit_values at_right = {{DEMO_ENTER, 1}, {0, 0, 0}};

static const struct loom_plan_operation four[] = {UP(DEMO_LEAVE, 0, 4, 0),
                                                  DOWN(DEMO_ENTER, 0, 4, 0)};
/* Threads that idle, and new ones, can still do the left side; the test's own thread cannot. */
static const uint64_t idle_can[] = {1u << DEMO_IDLE | 1u << DEMO_CREATE};
static const uint64_t nobody_can[] = {0};

static bool is_lost(void) {
    return events_of(EVENT_LOST) > 0;
}

Test(reach, a_thread_that_can_keeps_the_waiter, .timeout = 60) {
    struct actor waiter, idle;
    actor_start(&waiter), actor_start(&idle);
    struct filter *filter = order(four, 2, 0, idle_can, 1);
    demo_away();
    wait_at(&waiter, &at_right);
    cr_assert_not(actor_done(&waiter, 150), "the idle one may still come to it");
    cr_assert_not(is_lost());
    actor_end(&idle);
    cr_assert(actor_done(&waiter, 2000));
    cr_assert(is_lost());
    cr_assert_eq(filter->timeouts, 0);
    cr_assert(strstr(event_text(EVENT_LOST), "cannot happen any more") &&
                  strstr(event_text(EVENT_LOST), "file=0 point=0"),
              "%s", event_text(EVENT_LOST));
    for (int i = 0; i < 3; i++) actor_run(&waiter, do_hit_values, &at_right); /* open for good */
    cr_assert_eq(events_of(EVENT_LOST), 1);
    cr_assert_eq(filter->waits, 1);
    demo_back();
    actor_end(&waiter);
}

Test(reach, a_thread_in_a_safe_place_does_not, .timeout = 60) {
    struct actor waiter, idle;
    actor_start(&waiter), actor_start(&idle);
    order(four, 2, 0, nobody_can, 1);
    demo_away();
    actor_do(&waiter, do_hit_values, &at_right);
    cr_assert(actor_done(&waiter, 2000));
    cr_assert(is_lost());
    demo_back();
    actor_end(&waiter), actor_end(&idle);
}

Test(reach, a_thread_inside_can, .timeout = 60) {
    struct actor waiter, inside;
    actor_start(&waiter), actor_start(&inside);
    order(four, 2, 0, nobody_can, 1);
    actor_computes = true;
    actor_do(&inside, actor_compute, NULL);
    cr_assert(DEMO_WAIT(!inside.todo, 2000));
    demo_away();
    wait_at(&waiter, &at_right);
    cr_assert_not(actor_done(&waiter, 100));
    actor_computes = false;
    cr_assert(actor_done(&waiter, 2000));
    cr_assert(is_lost());
    demo_back();
    actor_end(&waiter), actor_end(&inside);
}

Test(reach, without_a_reach_section_it_waits, .timeout = 60) {
    struct actor waiter;
    actor_start(&waiter);
    order(four, 2, 0, NULL, 0);
    demo_away();
    wait_at(&waiter, &at_right);
    cr_assert_not(actor_done(&waiter, 100));
    demo_back();
    for (int i = 0; i < 4; i++) hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&waiter, 2000));
    cr_assert_not(is_lost());
    actor_end(&waiter);
}

static void do_left(void *unused) {
    (void)unused;
    hit(DEMO_LEAVE, 1);
}

/* worker:exit{10} > the join: four of ten had ended when the filter came. */
Test(reach, four_of_ten_had_ended, .timeout = 60) {
    static const struct loom_plan_operation ten[] = {UP(DEMO_LEAVE, 0, 10, 0),
                                                     DOWN(DEMO_ENTER, 0, 10, 0)};
    struct actor workers[10], joiner;
    actor_start(&joiner);
    for (int i = 0; i < 10; i++) actor_start(&workers[i]);
    for (int i = 0; i < 4; i++) actor_run(&workers[i], do_left, NULL), actor_end(&workers[i]);
    struct filter *filter = order(ten, 2, 0, idle_can, 1);
    demo_away();
    wait_at(&joiner, &at_right);
    for (int i = 4; i < 10; i++) {
        actor_run(&workers[i], do_left, NULL);
        cr_assert_not(actor_done(&joiner, 30), "worker %d still lives", i);
        actor_end(&workers[i]);
    }
    cr_assert(actor_done(&joiner, 2000));
    cr_assert(is_lost());
    cr_assert_eq(filter->timeouts, 0);
    demo_back();
    actor_end(&joiner);
}

/* All who could do it wait for it themselves. With pairs each is told, and the next time again. */
Test(reach, waiters_of_the_same_link_do_not_count, .timeout = 60) {
    static const uint64_t right_can[] = {1u << DEMO_ENTER};
    struct actor actors[3];
    for (int i = 0; i < 3; i++) actor_start(&actors[i]);
    order(four, 2, 0, right_can, 1);
    demo_away();
    for (int i = 0; i < 3; i++) actor_do(&actors[i], do_hit_values, &at_right);
    for (int i = 0; i < 3; i++) cr_assert(actor_done(&actors[i], 2000));
    cr_assert_geq(events_of(EVENT_LOST), 1);
    demo_back();
    for (int i = 0; i < 3; i++) actor_end(&actors[i]);
}

Test(reach, pairs_stay_pairs, .timeout = 60) {
    static const struct loom_plan_operation one[] = {UP(DEMO_LEAVE, 0, 1, 0),
                                                     DOWN(DEMO_ENTER, 0, 1, 0)};
    struct actor actor;
    actor_start(&actor);
    order(one, 2, LOOM_EACH, nobody_can, 1);
    demo_away();
    for (int i = 0; i < 2; i++) actor_run(&actor, do_hit_values, &at_right);
    cr_assert_eq(events_of(EVENT_LOST), 2);
    cr_assert_eq(happened(), 0);
    demo_back();
    actor_end(&actor);
}

/* A waiter of another link stands where it can do this link's left side. */
Test(reach, waiters_of_another_link_count, .timeout = 60) {
    static const struct loom_plan_operation chain[] = {
        UP(DEMO_LEAVE, 0, 1, 0),
        DOWN(DEMO_OTHER_ENTER, 0, 1, 0),
        {0, DEMO_OTHER_ENTER, LOOM_UP, LOOM_OP_BEHIND, 1, 1, 0, 0},
        {0, DEMO_ENTER, LOOM_DOWN, 0, 1, 1, 0, 0}};
    /* link 0: idle threads can; link 1: who stands at its left side can */
    static const uint64_t reach[] = {1u << DEMO_IDLE, 1u << DEMO_OTHER_ENTER};
    struct hit_values at_middle = {{DEMO_OTHER_ENTER, 1}, {0}};
    struct actor middle, last, idle;
    actor_start(&middle), actor_start(&last), actor_start(&idle);
    order(chain, 4, 0, reach, 2);
    demo_away();
    wait_at(&middle, &at_middle);
    wait_at(&last, &at_right);
    cr_assert_not(actor_done(&last, 100));
    cr_assert_not(is_lost());
    actor_end(&idle); /* now nobody does a: b passes, and c, for which b has happened */
    cr_assert(actor_done(&middle, 2000) && actor_done(&last, 2000));
    cr_assert_eq(events_of(EVENT_LOST), 1);
    demo_back();
    actor_end(&middle), actor_end(&last);
}

/* A thread that was created and has not begun: its creation site tells. */
static _Atomic bool hold_births;
static void hold_birth(const char *name) {
    while (hold_births && strcmp(name, "start-begin") == 0) usleep(1000);
}

static void a_birth(const uint64_t *reach, bool keeps) {
    struct actor waiter, child;
    actor_start(&waiter);
    cr_assert(DEMO_WAIT(waiter.tid, 2000));
    order(four, 2, 0, reach, 1);
    hold_births = true;
    STORE(testpoint_hook, hold_birth);
    actor_start(&child);
    demo_away();
    actor_do(&waiter, do_hit_values, &at_right);
    cr_assert_eq(actor_done(&waiter, keeps ? 100 : 2000), !keeps);
    hold_births = false;
    demo_back();
    for (int i = 0; i < 4; i++) hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&waiter, 2000));
    actor_end(&waiter), actor_end(&child);
    STORE(testpoint_hook, NULL);
}

Test(reach, a_thread_that_has_not_begun_can, .timeout = 60) {
    static const uint64_t births_can[] = {1u << DEMO_CREATE};
    a_birth(births_can, true);
}
Test(reach, a_thread_that_has_not_begun_cannot, .timeout = 60) {
    a_birth(nobody_can, false);
}

/* The left side happens, and its thread goes where it cannot any more, in the middle of the look:
 * the waiter passes because it has happened. */
static struct actor runner;
static _Atomic int looks;
static void run_during_look(const char *name) {
    if (strcmp(name, "reach-look") != 0 || looks++) return;
    actor_run(&runner, do_left, NULL);
    usleep(2000); /* idle again */
}

Test(reach, it_happens_during_the_look, .timeout = 60) {
    static const struct loom_plan_operation one[] = {UP(DEMO_LEAVE, 0, 1, 0),
                                                     DOWN(DEMO_ENTER, 0, 1, 0)};
    struct actor waiter;
    actor_start(&waiter), actor_start(&runner);
    order(one, 2, 0, nobody_can, 1);
    STORE(testpoint_hook, run_during_look);
    demo_away();
    actor_run(&waiter, do_hit_values, &at_right);
    STORE(testpoint_hook, NULL);
    cr_assert_geq(looks, 1);
    cr_assert_eq(events_of(EVENT_LOST), 0, "it has happened");
    cr_assert_eq(happened(), 1);
    demo_back();
    actor_end(&waiter), actor_end(&runner);
}

/* The filter goes in the middle of the look: its sets are not touched any more (ASan looks). */
static void remove_during_look(const char *name) {
    if (strcmp(name, "reach-look") != 0 || looks++) return;
    remove_all();
    if (!work_until(&filters[0], FILTER_FREE, 2000)) abort();
}

Test(reach, the_filter_goes_during_the_look, .timeout = 60) {
    struct actor waiter;
    actor_start(&waiter);
    order(four, 2, 0, nobody_can, 1);
    STORE(testpoint_hook, remove_during_look);
    demo_away();
    actor_run(&waiter, do_hit_values, &at_right);
    STORE(testpoint_hook, NULL);
    cr_assert_geq(looks, 1);
    cr_assert_eq(events_of(EVENT_LOST), 0);
    demo_back();
    actor_end(&waiter);
}

/* Without barriers nothing is believed. */
Test(reach, no_barrier_no_answer, .timeout = 60) {
    struct actor waiter;
    actor_start(&waiter);
    order(four, 2, 0, nobody_can, 1);
    demo_away();
    sys_faults.calls[KIND_BARRIER] = 0;
    sys_faults.fail_at[KIND_BARRIER] = 1;
    actor_run(&waiter, do_hit_values, &at_right); /* the second look answers */
    cr_assert_geq(sys_faults.calls[KIND_BARRIER], 2);
    cr_assert(is_lost());
    demo_back();
    actor_end(&waiter);
}
