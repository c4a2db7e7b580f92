// SPDX-License-Identifier: MIT
/* Filters go into this very process while its threads run, through the pipe. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rt/rank.h"
#include "tests/support/demo.h"

static struct client client;
static uint64_t modules;

static void begin(int workers) {
    demo_start(workers);
    demo_away();
    cr_assert(demo_connect(&client, &modules), "no helper answers");
}

static void end(void) {
    demo_back();
    demo_stop();
    cr_assert_eq(rank_violations, 0, "the order of the runtime's locks was broken");
}

static uint32_t install(uint32_t flags, uint32_t deadline_ms) {
    size_t size;
    void *plan = demo_plan(modules, 0, 0, &size);
    uint32_t id = client_install(&client, plan, size, flags, deadline_ms);
    free(plan);
    cr_assert(id, "refused: %s", client.reply);
    return id;
}

static long overlaps_during(unsigned ms) {
    long before = demo.overlaps;
    usleep(ms * 1000);
    return demo.overlaps - before;
}

static bool is_fast(void) {
    return !client_ask(&client, LOOM_HELLO, NULL, 0) &&
           client_number(&client, "runtime", "fast") == 1;
}

static void protects(uint32_t flags) {
    cr_assert(DEMO_WAIT(demo.overlaps > 10, 20000), "the race does not show");
    for (int i = 0; i < 5; i++) {
        uint32_t id = install(flags, 5000);
        cr_assert(client_wait(&client, id, "in-force", 20000), "not in force: %s", client.reply);
        usleep(2000); /* whoever was in the region has left it */
        cr_assert_eq(overlaps_during(30), 0, "the filter does not protect");
        cr_assert_eq(client_remove(&client, id), 1);
        cr_assert(client_wait(&client, id, "", 20000), "not removed: %s", client.reply);
        cr_assert(is_fast(), "not on fast copies: %s", client.reply);
        cr_assert(DEMO_WAIT(overlaps_during(10) > 0, 20000), "still protected after removal");
    }
    long rounds = demo.rounds;
    cr_assert(DEMO_WAIT(demo.rounds > rounds, 20000));
}

Test(live, rolling, .timeout = 60) {
    demo = (struct demo){.region_us = 100, .idle_us = 50};
    begin(6);
    protects(0);
    end();
}

Test(live, rolling_while_computing, .timeout = 60) {
    demo = (struct demo){.region_us = 0, .idle_us = 0};
    begin(8);
    protects(0);
    end();
}

Test(live, stop, .timeout = 60) {
    demo = (struct demo){.region_us = 100, .idle_us = 50};
    begin(6);
    protects(LOOM_COMMIT_STOP);
    end();
}

Test(live, stop_while_computing, .timeout = 60) {
    demo = (struct demo){.region_us = 0, .idle_us = 0};
    begin(8);
    protects(LOOM_COMMIT_STOP);
    end();
}
