// SPDX-License-Identifier: MIT
/* Orders with expressions: conditions, tests of statements, counts, start routines; and orders
 * whose left side cannot happen any more. */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/op_test.h"
#include "rt/state.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "tests/support/actor.h"

/* Programs, by their numbers in the plan (1 + index). */
enum { FIRST = 1, LARGE = 3, MEMORY = 7 };
static const struct loom_plan_code code[] = {
    /* FIRST: the first value */
    {.op = LOOM_CODE_LOCAL, .size = 8},
    {.op = LOOM_CODE_END},
    /* LARGE: the second value > 4 */
    {.op = LOOM_CODE_CONST, .value = 4},
    {.op = LOOM_CODE_LOCAL, .size = 4 | LOOM_CODE_SIGNED, .index = 1},
    {.op = LOOM_CODE_LESS, .size = LOOM_CODE_SIGNED},
    {.op = LOOM_CODE_END},
    /* MEMORY: what the third value points to */
    {.op = LOOM_CODE_LOCAL, .size = 8, .index = 2},
    {.op = LOOM_CODE_LOAD, .size = 4},
    {.op = LOOM_CODE_END},
};
enum { CODE = sizeof code / sizeof code[0], LONG = 60000 };

static struct filter *order(const struct loom_plan_operation *operations, uint32_t count,
                            uint32_t flags, const uint64_t *reach, uint32_t links) {
    struct plan_maker maker = {.operations = operations,
                               .operation_count = count,
                               .code = code,
                               .code_count = CODE,
                               .reach = reach,
                               .links = links,
                               .within_ms = LONG,
                               .flags = flags | LOOM_ELSE_PASS,
                               .kind = LOOM_ORDER};
    struct filter *filter = publish_plan(maker, NULL, 0);
    cr_assert(filter && work_until(filter, FILTER_IN_FORCE, 2000));
    return filter;
}

#define UP(point, flags, count, condition)                                                         \
    { 0, point, LOOM_UP, flags, 0, count, condition, 0 }
#define DOWN(point, flags, count, condition)                                                       \
    { 0, point, LOOM_DOWN, flags, 0, count, condition, 0 }
#define TEST(point, condition)                                                                     \
    { 0, point, LOOM_TEST, 0, 0, 0, condition, 0 }

static void visit(int point, int frame, unsigned long first, long second) {
    struct hit_values values = {{point, frame}, {first, (unsigned long)second, 0}};
    do_hit_values(&values);
}

static uint32_t happened(void) {
    return LOAD(filters[0].happened[0]);
}

/* The actor comes to a down and waits there. */
static void wait_at(struct actor *actor, struct hit_values *where) {
    uint64_t before = LOAD(filters[0].waits);
    actor_do(actor, do_hit_values, where);
    cr_assert(DEMO_WAIT(LOAD(filters[0].waits) > before, 2000), "it does not wait");
}

static struct hit_values at_right = {{DEMO_ENTER, 1}, {0, 0, 0}};

/* ---- conditions ------------------------------------------------------------------------------ */

Test(condition, of_a_down, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {UP(DEMO_LEAVE, 0, 1, 0),
                                                            DOWN(DEMO_ENTER, 0, 1, LARGE)};
    struct actor actor;
    struct filter *filter = order(operations, 2, 0, NULL, 0);
    struct hit_values large = {{DEMO_ENTER, 1}, {0, 5, 0}};
    visit(DEMO_ENTER, 1, 0, 4); /* else this would wait for a minute */
    cr_assert_eq(filter->enters, 0);
    actor_start(&actor);
    wait_at(&actor, &large);
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 2000));
    actor_end(&actor);
}

Test(condition, of_an_up_at_its_point, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        UP(DEMO_LEAVE, LOOM_OP_BEHIND, 3, LARGE), DOWN(DEMO_ENTER, 0, 3, 0)};
    order(operations, 2, 0, NULL, 0);
    visit(DEMO_LEAVE, 1, 0, 5);
    visit(DEMO_LEAVE, 1, 0, 4);
    visit(DEMO_LEAVE, 1, 0, 6);
    hit(DEMO_LEAVE, 1); /* passes no values */
    cr_assert_eq(happened(), 2);
    cr_assert_eq(filters[0].skipped, 1);
}

/* A statement at DEMO_OTHER_ENTER, done at DEMO_OTHER_LEAVE; counts if LARGE held in front of it.
 */
static struct filter *statement(void) {
    static const struct loom_plan_operation operations[] = {
        TEST(DEMO_OTHER_ENTER, LARGE), UP(DEMO_OTHER_LEAVE, LOOM_OP_TESTED, 100, 0),
        DOWN(DEMO_ENTER, 0, 100, 0)};
    return order(operations, 3, 0, NULL, 0);
}
static void begin(int frame, long value) {
    visit(DEMO_OTHER_ENTER, frame, 0, value);
}
static void done(int frame) {
    hit(DEMO_OTHER_LEAVE, frame);
}

Test(condition, of_a_statement, .timeout = 60) {
    statement();
    begin(1, 5), done(1);
    cr_assert_eq(happened(), 1);
    begin(1, 4), done(1);
    cr_assert_eq(happened(), 1, "it did not hold");
    done(1);
    cr_assert_eq(happened(), 1, "no test at all");
    begin(1, 5), begin(1, 4), done(1);
    cr_assert_eq(happened(), 1, "the last test counts");
    begin(1, 4), begin(1, 5), begin(1, 6), done(1), done(1);
    cr_assert_eq(happened(), 2, "an up takes the test back");
    cr_assert_eq(thread_self()->tests_count, 0);
}

/* A return is done behind its exit: a test in front, the up behind all else of the exit's point. */
Test(condition, of_a_return, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        TEST(DEMO_OTHER_ENTER, LARGE),
        UP(DEMO_OTHER_LEAVE, LOOM_OP_TESTED | LOOM_OP_BEHIND, 100, 0), DOWN(DEMO_ENTER, 0, 100, 0)};
    order(operations, 3, 0, NULL, 0);
    begin(1, 4), done(1);
    cr_assert_eq(happened(), 0);
    begin(1, 5), done(1);
    cr_assert_eq(happened(), 1);
}

Test(condition, of_a_statement_in_a_recursion, .timeout = 60) {
    statement();
    begin(1, 5);
    begin(2, 4);
    begin(3, 6);
    done(3);
    cr_assert_eq(happened(), 1);
    done(2);
    cr_assert_eq(happened(), 1);
    done(1);
    cr_assert_eq(happened(), 2);
    begin(4, 5); /* its frame ends without an up */
    begin(1, 4), done(4);
    cr_assert_eq(happened(), 2, "the test of a frame that is gone");
    begin(4, 5), done(1), done(4);
    cr_assert_eq(happened(), 2, "the test of a frame that is gone");
    begin(4, 4), done(4);
    cr_assert_eq(happened(), 2);
    cr_assert_eq(thread_self()->tests_count, 0);
}

Test(condition, of_a_statement_left_by_a_jump, .timeout = 60) {
    statement();
    begin(1, 5);
    begin(3, 5);
    begin(4, 5);
    handshake_landed(FRAME(2));
    cr_assert_eq(thread_self()->tests_count, 1);
    done(3), done(4);
    cr_assert_eq(happened(), 0, "those frames are gone");
    done(1);
    cr_assert_eq(happened(), 1);
}

Test(condition, of_too_many_statements, .timeout = 60) {
    statement();
    for (int i = 1; i <= TESTS_MAX + 3; i++) begin(i, 5);
    cr_assert_eq(events_of(EVENT_FULL), 3);
    for (int i = TESTS_MAX + 3; i >= 1; i--) done(i);
    cr_assert_eq(happened(), TESTS_MAX);
}

/* What a filter that is gone left behind makes room. */
Test(condition, of_a_removed_filter, .timeout = 60) {
    struct filter *filter = statement();
    for (int i = 1; i <= TESTS_MAX; i++) begin(i, 5);
    demo_away();
    lock_take(&install_lock);
    install_remove(0);
    lock_drop(&install_lock);
    cr_assert(work_until(filter, FILTER_FREE, 2000));
    demo_back();
    statement();
    begin(TESTS_MAX + 1, 5), done(TESTS_MAX + 1);
    cr_assert_eq(happened(), 1);
    cr_assert_eq(events_of(EVENT_FULL), 0);
}

static void test_and_end(void *unused) {
    (void)unused;
    begin(1, 5);
}
Test(condition, of_a_thread_that_ended, .timeout = 60) {
    struct actor first, second;
    struct hit do_done = {DEMO_OTHER_LEAVE, 1};
    statement();
    actor_start(&first);
    actor_run(&first, test_and_end, NULL);
    actor_end(&first);
    actor_start(&second); /* the same record */
    actor_run(&second, do_hit, &do_done);
    cr_assert_eq(happened(), 0);
    actor_end(&second);
}

/* ---- counts ---------------------------------------------------------------------------------- */

static const struct loom_plan_operation counted[] = {UP(DEMO_LEAVE, 0, 1, 0),
                                                     DOWN(DEMO_ENTER, LOOM_OP_COUNTED, FIRST, 0)};

Test(count, of_a_latch, .timeout = 60) {
    struct actor three, two;
    struct hit_values wants_3 = {{DEMO_ENTER, 1}, {3}}, wants_2 = {{DEMO_ENTER, 1}, {2}};
    struct filter *filter = order(counted, 2, 0, NULL, 0);
    visit(DEMO_ENTER, 1, 0, 0);
    visit(DEMO_ENTER, 1, -5ul, 0);
    cr_assert_eq(filter->waits, 0, "0 and less pass");
    actor_start(&three), actor_start(&two);
    wait_at(&three, &wants_3), wait_at(&two, &wants_2);
    hit(DEMO_LEAVE, 1);
    cr_assert_not(actor_done(&two, 40));
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&two, 1000));
    cr_assert_not(actor_done(&three, 40));
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&three, 1000));
    visit(DEMO_ENTER, 1, 2, 0); /* nothing was taken */
    wants_3.words[0] = 1ul << 40;
    wait_at(&three, &wants_3);
    lock_take(&install_lock);
    install_remove(0);
    lock_drop(&install_lock);
    cr_assert(actor_done(&three, 2000));
    actor_end(&three), actor_end(&two);
}

Test(count, of_each, .timeout = 60) {
    struct actor actor;
    struct hit_values wants_2 = {{DEMO_ENTER, 1}, {2}};
    order(counted, 2, LOOM_EACH, NULL, 0);
    actor_start(&actor);
    for (int i = 0; i < 5; i++) hit(DEMO_LEAVE, 1);
    actor_run(&actor, do_hit_values, &wants_2);
    cr_assert_eq(happened(), 3);
    visit(DEMO_ENTER, 1, 0, 0);
    cr_assert_eq(happened(), 3);
    actor_run(&actor, do_hit_values, &wants_2);
    wait_at(&actor, &wants_2);
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 1000));
    cr_assert_eq(happened(), 0);
    actor_end(&actor);
}

Test(count, that_cannot_be_read_passes, .timeout = 60) {
    struct filter *filter = order(counted, 2, 0, NULL, 0);
    hit(DEMO_ENTER, 1);
    cr_assert_eq(filter->skipped, 1);
    cr_assert_eq(filter->waits, 0);
    cr_assert_eq(events_of(EVENT_UNREADABLE), 1);
}

/* ---- start routines -------------------------------------------------------------------------- */

static const struct loom_plan_operation by_start[] = {
    {0, 2 /* demo_worker */, LOOM_BIRTH, LOOM_OP_START, 0, 1, 0, 0},
    DOWN(DEMO_OTHER_ENTER, LOOM_OP_END, 1, 0)};

static struct hit_values at_other = {{DEMO_OTHER_ENTER, 1}, {0}};

/* Started before the filter, and by a library: only the routine tells. */
Test(start, threads_are_known_by_their_routine, .timeout = 60) {
    struct actor actor;
    demo.idle_us = 100;
    demo_start(3);
    actor_start(&actor); /* another routine: nobody waits for it */
    struct filter *filter;
    const struct loom_plan_operation other[] = {{0, 3, LOOM_BIRTH, LOOM_OP_START, 0, 1, 0, 0},
                                                by_start[1]};
    demo_away();
    filter = order(by_start, 2, 0, NULL, 0);
    wait_at(&actor, &at_other);
    cr_assert_not(actor_done(&actor, 60));
    demo_stop();
    cr_assert(actor_done(&actor, 2000));
    cr_assert_eq(filter->timeouts, 0);
    struct filter *second = order(other, 2, 0, NULL, 0);
    demo_start(1);
    cr_assert(work_until(second, FILTER_IN_FORCE, 2000));
    actor_run(&actor, do_hit_values, &at_other); /* the first is open, nobody starts in the other */
    demo_stop();
    demo_back();
    actor_end(&actor);
}

static void refuse_start(uint32_t number) {
    struct loom_plan_operation operations[] = {by_start[0], by_start[1]};
    struct plan_maker maker = {.operations = operations,
                               .operation_count = 2,
                               .flags = LOOM_ELSE_PASS,
                               .kind = LOOM_ORDER};
    operations[0].point = number;
    cr_assert_null(publish_plan(maker, NULL, 0));
}

Test(start, a_routine_that_the_file_does_not_know) {
    refuse_start(4);
    refuse_start(0xffffffffu);
    loom_file_demo.global = NULL;
    refuse_start(2);
}

/* ---- what cannot happen any more ------------------------------------------------------------- */

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

static _Atomic bool computing;
static void compute(void *unused) {
    (void)unused;
    while (computing) continue;
}

Test(reach, a_thread_inside_can, .timeout = 60) {
    struct actor waiter, inside;
    actor_start(&waiter), actor_start(&inside);
    order(four, 2, 0, nobody_can, 1);
    computing = true;
    actor_do(&inside, compute, NULL);
    cr_assert(DEMO_WAIT(!inside.todo, 2000));
    demo_away();
    wait_at(&waiter, &at_right);
    cr_assert_not(actor_done(&waiter, 100));
    computing = false;
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
    lock_take(&install_lock);
    install_remove(0);
    lock_drop(&install_lock);
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

/* ---- for ------------------------------------------------------------------------------------- */

static struct filter *for_a_time(uint32_t ms) {
    static const struct loom_plan_operation operations[] = {
        {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0, 0, 0, 0},
        {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0}};
    struct plan_maker maker = {
        .operations = operations, .operation_count = 2, .within_ms = LONG, .for_ms = ms};
    return publish_plan(maker, NULL, 0);
}

static int work_at(uint64_t now) {
    int wait;
    lock_take(&install_lock);
    wait = install_work(now);
    lock_drop(&install_lock);
    return wait;
}

Test(time, the_filter_is_removed_at_its_end, .timeout = 60) {
    struct filter *filter = for_a_time(3600 * 1000);
    cr_assert(work_until(filter, FILTER_IN_FORCE, 2000));
    uint64_t end = filter->end_ms;
    cr_assert_eq(end, filter->published_ms + 3600 * 1000);
    cr_assert_eq(work_at(end - 500), 500, "it wants to be called at the end");
    cr_assert_eq(filter->phase, FILTER_IN_FORCE);
    filter->suspended = 1;
    demo_away();
    work_at(end);
    cr_assert_eq(filter->phase, FILTER_CLOSING);
    cr_assert_eq(events_of(EVENT_EXPIRED), 1);
    cr_assert(work_until(filter, FILTER_FREE, 2000));
    cr_assert(install_is_fast());
    demo_back();
    cr_assert_eq(events_of(EVENT_REMOVED), 1);
    cr_assert_eq(events_of(EVENT_ROLLED_BACK), 0);
}

/* Before it is in force it is no roll-back, of which the text would be kept. */
Test(time, its_end_before_it_is_in_force, .timeout = 60) {
    struct actor inside;
    actor_start(&inside);
    computing = true;
    actor_do(&inside, compute, NULL);
    cr_assert(DEMO_WAIT(!inside.todo, 2000));
    struct filter *filter = for_a_time(3600 * 1000);
    cr_assert(filter);
    filter->all_or_nothing = true;
    filter->deadline_ms = UINT64_MAX;
    demo_away();
    work_at(filter->end_ms);
    cr_assert_eq(filter->phase, FILTER_CLOSING);
    cr_assert(work_until(filter, FILTER_FREE, 2000));
    cr_assert_eq(events_of(EVENT_ROLLED_BACK), 0);
    demo_back();
    computing = false;
    actor_end(&inside);
}

Test(time, by_itself_with_waiters, .timeout = 30) {
    struct actor actor;
    struct client *client = calloc(1, sizeof *client);
    uint64_t hash;
    struct hit_values at_enter = {{DEMO_ENTER, 1}, {0}};
    actor_start(&actor); /* the second thread: there is a helper */
    cr_assert(demo_connect(client, &hash));
    struct filter *filter = for_a_time(700);
    uint32_t id = filter->id;
    hit(DEMO_ENTER, 1);
    demo_away();
    actor_do(&actor, do_hit_values, &at_enter);
    cr_assert(!client_ask(client, LOOM_STATUS, &id, 4));
    long long left = client_number(client, "filter", "for_ms");
    cr_assert(left >= 0 && left <= 700, "%s", client->reply);
    cr_assert(client_wait(client, id, "", 10000));
    cr_assert(actor_done(&actor, 2000), "a waiter hangs");
    demo_back();
    struct filter *stays = publish_simple(0, 0);
    cr_assert(!client_ask(client, LOOM_STATUS, &stays->id, 4));
    cr_assert_eq(client_number(client, "filter", "for_ms"), -1);
    actor_end(&actor);
    client_close(client);
}
