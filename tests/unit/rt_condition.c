// SPDX-License-Identifier: MIT
/* Orders with expressions: conditions, tests of statements, counts, start routines. */
#include <criterion/criterion.h>
#include <setjmp.h>

#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/op_test.h"
#include "rt/state.h"
#include "tests/support/order.h"

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
    remove_all();
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
    remove_all();
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
