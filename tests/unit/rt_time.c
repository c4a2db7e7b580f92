// SPDX-License-Identifier: MIT
/* Filters that are for a time. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "rt/install.h"
#include "rt/state.h"
#include "rt/thread.h"
#include "tests/support/actor.h"

static struct filter *for_a_time(uint32_t ms) {
    static const struct loom_plan_operation operations[] = {
        {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0, 0, 0, 0},
        {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0}};
    struct plan_maker maker = {
        .operations = operations, .operation_count = 2, .within_ms = 60000, .for_ms = ms};
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
    actor_computes = true;
    actor_do(&inside, actor_compute, NULL);
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
    actor_computes = false;
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
