// SPDX-License-Identifier: MIT
/*
 * Removal at bad moments: a thread is in a slot of the filter, in its region, or at its way in; the
 * filter is removed twice, or is not in force yet. And 10,000 filters that leave nothing behind.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "rt/install.h"
#include "rt/op_lock.h"
#include "rt/state.h"
#include "rt/stop.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "tests/support/actor.h"

static struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};

static unsigned remove_now(uint32_t id) {
    lock_take(&install_lock);
    unsigned count = install_remove(id);
    lock_drop(&install_lock);
    return count;
}

static bool nothing_is_left(void) {
    for (int i = 0; i < DEMO_POINTS; i++)
        if (!DEMO_OFF(i)) return false;
    for (int i = 0; i < DEMO_FUNCTIONS; i++)
        if (loom_flags_demo[i]) return false;
    return install_is_fast();
}

static void steps(int count) {
    while (count-- > 0) work();
}

/* ---- a thread inside ---- */

static _Atomic bool in_slot, go_on;
static void stay_in_slot(const char *point) {
    if (strcmp(point, "slot-inside") != 0) return;
    in_slot = true;
    while (!go_on) usleep(100);
}

/* It has seen the enter, and has not taken the lock: the filter does not go before it has come out,
 * it holds nothing then, and an event tells when the filter is gone. */
Test(removal, a_thread_in_the_slot, .timeout = 60) {
    struct actor actor;
    struct filter *filter = publish_simple(0, 0);
    uint32_t id = filter->id;
    actor_start(&actor);
    STORE(testpoint_hook, stay_in_slot);
    actor_do(&actor, do_hit, &enter);
    cr_assert(DEMO_WAIT(in_slot, 5000));
    STORE(testpoint_hook, NULL);
    demo_away();
    cr_assert_eq(remove_now(id), 1);
    steps(50);
    cr_assert_eq(filter->phase, FILTER_CLOSING);
    cr_assert_eq(events_of(EVENT_REMOVED), 0);
    go_on = true;
    cr_assert(actor_done(&actor, 5000));
    cr_assert(work_until(filter, FILTER_FREE, 5000));
    cr_assert_eq(events_of(EVENT_REMOVED), 1);
    demo_back();
    cr_assert(nothing_is_left());
    actor_run(&actor, do_hit, &leave);
    actor_end(&actor);
    cr_assert_eq(rank_violations, 0);
}

/* The owner goes on to the end of its region as if there had been no filter; one that comes meanwhile
 * enters beside it. */
Test(removal, a_thread_in_the_region, .timeout = 60) {
    struct actor owner, other;
    struct filter *filter = publish_simple(0, 0);
    actor_start(&owner);
    actor_start(&other);
    actor_run(&owner, do_hit, &enter);
    demo_away();
    cr_assert_eq(remove_now(filter->id), 1);
    actor_run(&other, do_hit, &enter);
    cr_assert(work_until(filter, FILTER_FREE, 5000));
    demo_back();
    actor_run(&other, do_hit, &leave);
    actor_run(&owner, do_hit, &leave);
    cr_assert(nothing_is_left());
    actor_end(&owner);
    actor_end(&other);
}

static void unload(void *unused) {
    (void)unused;
    loom_rt_get()->detach(&loom_file_demo);
}

/* The thread that owns the lock unloads the module whose filter it is, while another waits for it. */
Test(removal, by_the_owner_itself, .timeout = 60) {
    struct actor owner, waiter;
    struct filter *filter = publish_simple(60000, 0);
    actor_start(&owner);
    actor_start(&waiter);
    actor_run(&owner, do_hit, &enter);
    actor_do(&waiter, do_hit, &enter);
    cr_assert(DEMO_WAIT(LOAD(filter->waits) == 1, 5000));
    actor_run(&owner, unload, NULL);
    cr_assert(actor_done(&waiter, 5000), "the waiter hangs");
    demo_away();
    cr_assert(work_until(filter, FILTER_FREE, 5000));
    demo_back();
    actor_end(&owner);
    actor_end(&waiter);
    cr_assert_eq(rank_violations, 0);
}

/* ---- odd moments ---- */

Test(removal, twice, .timeout = 60) {
    struct filter *filter = publish_simple(0, 0), *neighbour = publish_simple(0, 0);
    uint32_t id = filter->id;
    cr_assert_eq(remove_now(id), 1);
    cr_assert_eq(remove_now(id), 1); /* still on its way out: nothing more happens */
    demo_away();
    cr_assert(work_until(filter, FILTER_FREE, 5000));
    demo_back();
    cr_assert_eq(remove_now(id), 0);
    cr_assert_eq(events_of(EVENT_REMOVED), 1);
    cr_assert_eq(neighbour->phase, FILTER_IN_FORCE);
    hit(DEMO_ENTER, 1);
    cr_assert_eq(neighbour->enters, 1);
    hit(DEMO_LEAVE, 1);
}

/* A thread in the region has not taken the filter up, and never will. */
Test(removal, before_it_is_in_force, .timeout = 60) {
    static const uint64_t unsafe[1] = {1u << DEMO_POLL};
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
    thread_contact();
    struct filter *filter = publish(operations, 2, 0, 0, unsafe, 0);
    steps(20);
    cr_assert_eq(filter->phase, FILTER_PUBLISHED);
    cr_assert_eq(remove_now(filter->id), 1);
    LOOM_CALL(demo, DEMO_IDLE, (void)0); /* a safe place, too late */
    hit(DEMO_ENTER, 1);
    hit(DEMO_LEAVE, 1);
    cr_assert(work_until(filter, FILTER_FREE, 5000));
    cr_assert_eq(thread_self()->active, 0);
    cr_assert(nothing_is_left());
}

/* The others are parked for it: they are let go, and another stop can begin. */
static void idle_and_poll(void *unused) {
    (void)unused;
    poll_here();
}
Test(removal, of_a_stop_under_way, .timeout = 60) {
    struct actor parked;
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
    thread_contact(); /* INSIDE for good: the stop cannot end */
    actor_start(&parked);
    struct filter *filter = publish(operations, 2, 0, 0, NULL, LOOM_COMMIT_STOP);
    actor_do(&parked, idle_and_poll, NULL);
    steps(5);
    cr_assert_eq(filter->phase, FILTER_STOPPING);
    cr_assert_eq(remove_now(filter->id), 1);
    cr_assert(actor_done(&parked, 5000), "it stays parked");
    cr_assert(work_until(filter, FILTER_FREE, 5000));
    cr_assert_null(stop_filter());
    cr_assert(nothing_is_left());
    demo_away();
    filter = publish(operations, 2, 0, 0, NULL, LOOM_COMMIT_STOP);
    cr_assert(work_until(filter, FILTER_IN_FORCE, 5000));
    demo_back();
    actor_end(&parked);
}

/* ---- what stays behind ---- */

static void step_until(const struct filter *filter, enum filter_phase phase) {
    for (int i = 0; LOAD(filter->phase) != phase; i++) {
        work();
        if (i > 20) usleep(50);
        cr_assert_lt(i, 200000);
    }
}

/* Of 10,000 filters under two threads that go through their region: not a byte. */
Test(removal, ten_thousand_leave_nothing, .timeout = 300) {
    size_t before = 0;
    demo = (struct demo){.region_us = 0, .idle_us = 300};
    demo_start(2);
    demo_away();
    for (int i = 0; i < 10001; i++) {
        struct filter *filter = publish_simple(0, 0);
        if (i == 0) cr_assert(DEMO_WAIT(work() && LOAD(filter->enters) > 10, 20000));
        if (i % 3) step_until(filter, FILTER_IN_FORCE);
        cr_assert_eq(remove_now(filter->id), 1);
        step_until(filter, FILTER_FREE);
        if (i == 0) before = LOAD(sys_mapped); /* rooms and counters that stay are there now */
    }
    cr_assert_eq(LOAD(sys_mapped), before, "%zd bytes", (ssize_t)(LOAD(sys_mapped) - before));
    cr_assert(nothing_is_left());
    demo_back();
    demo_stop();
}
