// SPDX-License-Identifier: MIT
/*
 * Plans of every kind: what each rule of the verifier refuses, and 100,000 plans with flipped bits,
 * in this process and over the pipe of another one: refused and nothing changed, or valid.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/module.h"
#include "rt/verify.h"
#include "tests/support/actor.h"

/* Programs, by their numbers in the plan (1 + index). */
enum { KEY = 1, TRUTH = 6, COUNT_OF = 11, CODE = 13 };
static const struct loom_plan_code code[CODE] = {
    /* KEY: *(first + 4) ^ global 0 */
    {.op = LOOM_CODE_LOCAL, .size = 8},
    {.op = LOOM_CODE_LOAD, .size = 4},
    {.op = LOOM_CODE_GLOBAL, .size = 4},
    {.op = LOOM_CODE_XOR},
    {.op = LOOM_CODE_END},
    /* TRUTH: second && second / third */
    {.op = LOOM_CODE_LOCAL, .size = 4 | LOOM_CODE_SIGNED, .index = 1},
    {.op = LOOM_CODE_AND_THEN, .index = 3},
    {.op = LOOM_CODE_GLOBAL, .size = 8, .index = 1},
    {.op = LOOM_CODE_NOT},
    {.op = LOOM_CODE_END},
    /* COUNT_OF: third */
    {.op = LOOM_CODE_LOCAL, .size = 8, .index = 2},
    {.op = LOOM_CODE_CUT, .size = 2 | LOOM_CODE_SIGNED},
    {.op = LOOM_CODE_END},
};

#define OPS(name, ...) static const struct loom_plan_operation name[] = {__VA_ARGS__}
OPS(plain, {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0, 0, 0, 0},
    {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0});
OPS(keyed, {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST | LOOM_OP_SHARED, 0, 0, TRUTH, KEY},
    {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0},
    {0, DEMO_OTHER_ENTER, LOOM_ENTER, 0, 1, 0, 0, COUNT_OF},
    {0, DEMO_OTHER_LEAVE, LOOM_LEAVE, LOOM_OP_ANY_FRAME, 1, 0, 0, 0});
OPS(alone, {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0, 0, TRUTH, 0},
    {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0});
OPS(chain, {0, DEMO_LEAVE, LOOM_UP, 0, 0, 2, 0, 0}, {0, DEMO_OTHER_ENTER, LOOM_DOWN, 0, 0, 2, 0, 0},
    {0, DEMO_OTHER_ENTER, LOOM_UP, LOOM_OP_BEHIND, 1, 1, TRUTH, 0},
    {0, DEMO_ENTER, LOOM_DOWN, 0, 1, 1, TRUTH, 0});
OPS(tested, {0, DEMO_OTHER_ENTER, LOOM_TEST, 0, 0, 0, TRUTH, 0},
    {0, DEMO_OTHER_LEAVE, LOOM_UP, LOOM_OP_TESTED, 0, 1, 0, 0},
    {0, DEMO_ENTER, LOOM_DOWN, LOOM_OP_COUNTED, 0, COUNT_OF, 0, 0});
OPS(ends, {0, DEMO_CREATE, LOOM_BIRTH, 0, 0, 1, 0, 0},
    {0, 2, LOOM_BIRTH, LOOM_OP_START, 0, 1, 0, 0},
    {0, DEMO_OTHER_ENTER, LOOM_DOWN, LOOM_OP_END, 0, 1, TRUTH, 0});
static const uint64_t reach[] = {1u << DEMO_IDLE, 1u << DEMO_POLL};
static const uint64_t unsafe[] = {1u << DEMO_IN_REGION | 1u << DEMO_LOCK_IN};

#define OPERATIONS(array)                                                                          \
    .operations = (array), .operation_count = sizeof(array) / sizeof((array)[0])
static const struct plan_maker makers[] = {
    {OPERATIONS(plain)},
    {OPERATIONS(keyed), .code = code, .code_count = CODE, .flags = LOOM_ELSE_PASS, .for_ms = 5000},
    {OPERATIONS(chain), .code = code, .code_count = CODE, .reach = reach, .links = 2,
     .kind = LOOM_ORDER, .flags = LOOM_ELSE_PASS},
    {OPERATIONS(tested), .code = code, .code_count = CODE, .reach = reach, .links = 1,
     .kind = LOOM_ORDER, .flags = LOOM_ELSE_PASS | LOOM_EACH},
    {OPERATIONS(alone), .code = code, .code_count = CODE, .kind = LOOM_ALONE},
    {OPERATIONS(ends), .code = code, .code_count = CODE, .kind = LOOM_ORDER,
     .flags = LOOM_ELSE_PASS},
};
enum { KINDS_OF_PLANS = sizeof makers / sizeof makers[0] };

static void *make(unsigned kind, uint64_t hash, size_t *size) {
    static const struct plan_file file = {0x1234567890abcdefull, DEMO_POINTS, DEMO_FUNCTIONS,
                                          unsafe};
    static const struct loom_plan_slow slow[] = {{0, DEMO_REGION}};
    struct plan_maker maker = makers[kind];
    maker.name = "mutant";
    maker.files = &file;
    maker.file_count = 1;
    maker.slow = slow;
    maker.slow_count = 1;
    maker.within_ms = 1;
    maker.modules_hash = hash;
    return plan_make(&maker, size);
}

static const char *verify(const void *plan, size_t size) {
    lock_take(&install_lock);
    const char *wrong = verify_plan(plan, size);
    lock_drop(&install_lock);
    return wrong;
}

static uint64_t hash_here(void) {
    lock_take(&install_lock);
    uint64_t hash = modules_hash();
    lock_drop(&install_lock);
    return hash;
}

/* ---- rules ----------------------------------------------------------------------------------- */

Test(rules, good_plans) {
    for (unsigned kind = 0; kind < KINDS_OF_PLANS; kind++) {
        size_t size;
        void *plan = make(kind, hash_here(), &size);
        const char *wrong = verify(plan, size);
        cr_expect_null(wrong, "kind %u: %s", kind, wrong);
        free(plan);
    }
}

/* Plan `kind` after a change: refused for a reason in which `why` occurs. */
#define REFUSED(kind, why, ...)                                                                    \
    do {                                                                                           \
        size_t size;                                                                               \
        struct loom_plan *plan = make(kind, hash_here(), &size);                                   \
        struct loom_plan_operation *ops =                                                          \
            (void *)((struct loom_plan_module *)(plan + 1) + plan->modules);                       \
        (void)ops;                                                                                 \
        __VA_ARGS__;                                                                               \
        plan_seal(plan);                                                                           \
        const char *wrong = verify(plan, size);                                                    \
        cr_expect(wrong &&strstr(wrong, why), "%s: %s", #__VA_ARGS__, wrong ? wrong : "accepted"); \
        free(plan);                                                                                \
    } while (0)
enum { PLAIN, KEYED, CHAIN, TESTED, ALONE, ENDS };

Test(rules, header) {
    REFUSED(PLAIN, "reserved", plan->reserved = 1);
    REFUSED(PLAIN, "add up", plan->code = 1);
    REFUSED(PLAIN, "add up", plan->reach_bytes = 8);
    REFUSED(CHAIN, "padded", plan->reach_bytes = 7);
    REFUSED(CHAIN, "add up", plan->reach_bytes = 0);
    REFUSED(CHAIN, "add up", plan->code = 0xffffffff);
    REFUSED(CHAIN, "unknown kind", plan->kind = 4);
    REFUSED(CHAIN, "unknown kind", plan->kind = 0);
}

Test(rules, exclusion) {
    REFUSED(KEYED, "without a key", ops[0].key = 0);
    REFUSED(KEYED, "without a key", ops[2].key = 0);
    REFUSED(KEYED, "no such program", ops[0].key = CODE + 1);
    REFUSED(KEYED, "no such program", ops[0].condition = 0xffffffffu);
    REFUSED(KEYED, "empty stack", ops[0].condition = KEY + 1);
    REFUSED(KEYED, "that has none", ops[1].condition = TRUTH);
    REFUSED(KEYED, "that has none", ops[1].key = KEY);
    REFUSED(KEYED, "flags", ops[1].flags = LOOM_OP_SHARED);
    REFUSED(KEYED, "flags", ops[0].flags = LOOM_OP_BEHIND);
    REFUSED(KEYED, "flags", ops[0].flags = LOOM_OP_TESTED);
    REFUSED(KEYED, "flags", ops[0].flags = LOOM_OP_COUNTED);
    REFUSED(KEYED, "unknown operation", ops[0].kind = LOOM_TEST);
    REFUSED(KEYED, "no count", ops[0].count = 1);
    REFUSED(PLAIN, "no such program", ops[0].key = 1);
    REFUSED(ALONE, "no key", ops[0].key = KEY);
    REFUSED(ALONE, "shares with nobody", ops[0].flags |= LOOM_OP_SHARED);
}

Test(rules, order) {
    REFUSED(CHAIN, "no keys", ops[1].key = KEY);
    REFUSED(CHAIN, "that has none", ops[0].condition = TRUTH);
    REFUSED(CHAIN, "two counts", ops[0].count = 1);
    REFUSED(CHAIN, "nothing waits", ops[1] = ops[0], ops[3] = ops[2]);
    REFUSED(CHAIN, "unknown operation", ops[0].kind = LOOM_ENTER);
    REFUSED(CHAIN, "wait for nothing", ops[0].region = 1, ops[0].count = 1);
    REFUSED(CHAIN, "that has none", ops[2].flags |= LOOM_OP_TESTED);
    REFUSED(CHAIN, "test without", ops[2].flags |= LOOM_OP_TESTED, ops[2].condition = 0);
    REFUSED(CHAIN, "flags", ops[0].flags = LOOM_OP_START);
    REFUSED(CHAIN, "flags", ops[1].flags = LOOM_OP_COUNTED | LOOM_OP_END);
    REFUSED(CHAIN, "test without", ops[0].flags = LOOM_OP_TESTED);
    REFUSED(CHAIN, "wrong size", ops[2].region = ops[3].region = 2);
    REFUSED(CHAIN, "wrong size", ops[2].region = ops[3].region = 0,
            ops[0].count = ops[1].count = 1);
    REFUSED(TESTED, "test of nothing", ops[0].condition = 0);
    REFUSED(TESTED, "a test has no count", ops[0].count = 1);
    REFUSED(TESTED, "flags", ops[0].flags = LOOM_OP_BEHIND);
    REFUSED(TESTED, "test without", ops[1].flags = 0);
    REFUSED(TESTED, "that has none", ops[1].condition = TRUTH);
    REFUSED(TESTED, "two counts", ops[1].count = 2);
    REFUSED(TESTED, "no such program", ops[2].count = 0);
    REFUSED(TESTED, "no such program", ops[2].count = CODE + 1);
    REFUSED(TESTED, "empty stack", ops[2].count = COUNT_OF + 1);
    REFUSED(ENDS, "no such start", ops[1].point = 99);
    REFUSED(ENDS, "no point", ops[0].point = DEMO_POINTS);
    REFUSED(ENDS, "flags", ops[2].flags |= LOOM_OP_START);
    REFUSED(ENDS, "that has none", ops[0].condition = TRUTH);
    REFUSED(ENDS, "no count", ops[1].count = 2);
}

/* All downs of a link are counted or none. */
Test(rules, counted_and_plain_downs_in_one_link) {
    OPS(mixed, {0, DEMO_LEAVE, LOOM_UP, 0, 0, 1, 0, 0}, {0, DEMO_ENTER, LOOM_DOWN, 0, 0, 1, 0, 0},
        {0, DEMO_ENTER, LOOM_DOWN, LOOM_OP_COUNTED, 0, COUNT_OF, 0, 0});
    struct plan_maker maker = {OPERATIONS(mixed), .code = code, .code_count = CODE,
                               .kind = LOOM_ORDER, .flags = LOOM_ELSE_PASS};
    cr_assert_null(publish_plan(maker, NULL, 0));
    maker.operation_count = 2;
    cr_assert(publish_plan(maker, NULL, 0));
}

/* Sets of several files must not overlap: they are copied into as much memory as the section has.
 */
static loom_op more_ops[5000];
static loom_flag more_flags[1];
static struct loom_file large = {.abi = LOOM_ABI, .size = sizeof large, .path = "b.c", .table = "", .hash = 7,
                                 .points = 4999, .ops = more_ops, .flags = more_flags};

Test(rules, unsafe_sets_do_not_overlap) {
    demo_attach(&large);
    struct plan_file files[] = {{0x1234567890abcdefull, DEMO_POINTS, DEMO_FUNCTIONS, unsafe},
                                {7, 4999, 0, NULL}};
    struct plan_maker maker = {OPERATIONS(plain), .name = "two", .files = files, .file_count = 2,
                               .modules_hash = hash_here()};
    size_t size;
    struct loom_plan *plan = plan_make(&maker, &size);
    struct loom_plan_module *modules = (void *)(plan + 1);
    cr_assert_null(verify(plan, size));
    modules[1].unsafe_offset = 0;
    plan_seal(plan);
    cr_assert(verify(plan, size), "overlapping sets");
    free(plan);
}

/* ---- mutants --------------------------------------------------------------------------------- */

static unsigned seed = 20261120;
static unsigned dice(unsigned sides) {
    return (unsigned)rand_r(&seed) / 7 % sides;
}

/* Flips 1 to 8 bits; every second plan gets a right checksum (if its size is still the right one).
 */
static void mutate(unsigned char *plan, size_t size) {
    for (unsigned flips = 1 + dice(8); flips > 0; flips--) {
        size_t at = dice((unsigned)size);
        plan[at] ^= (unsigned char)(1u << dice(8));
    }
    if (dice(2) && ((struct loom_plan *)plan)->size == size) plan_seal(plan);
}

static bool nothing_changed(void) {
    for (int i = 0; i < DEMO_POINTS; i++)
        if (!DEMO_OFF(i)) return false;
    for (int i = 0; i < DEMO_FUNCTIONS; i++)
        if (loom_flags_demo[i]) return false;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++)
        if (filters[i].id) return false;
    return install_is_fast() && filters_open == 0;
}

/* The slots with all sorts of values; nobody waits: `within` is up at once, or nobody else is
 * there. */
static void go_through(void) {
    for (int round = 0; round < 4; round++)
        for (int point = 0; point < DEMO_POINTS; point++) {
            struct hit_values visit = {{point, 1 + round},
                                       {(unsigned long)&seed * (round & 1), round & 2, dice(3)}};
            do_hit_values(&visit);
        }
}

static void try_here(unsigned kind, unsigned *valid) {
    size_t size;
    unsigned char *plan = make(kind, hash_here(), &size);
    mutate(plan, size);
    uint32_t id = 0;
    lock_take(&install_lock);
    const char *wrong = install_publish(plan, size, 0, 0, &id);
    lock_drop(&install_lock);
    if (!wrong) {
        bool may_wait = ((struct loom_plan *)plan)->kind == LOOM_ORDER;
        *valid += 1;
        poll_here();
        if (!may_wait) go_through();
        handshake_landed(FRAME(-9));
        lock_take(&install_lock);
        install_remove(id);
        lock_drop(&install_lock);
        for (int step = 0; step < 100 && filters[0].phase != FILTER_FREE; step++) work();
    }
    free(plan);
    cr_assert(nothing_changed());
}

Test(mutants, in_this_process, .timeout = 120) {
    unsigned valid = 0;
    poll_here();
    for (unsigned n = 0; n < 100000; n++) try_here(n % KINDS_OF_PLANS, &valid);
    cr_log_info("%u of 100000 mutants were valid plans", valid);
    cr_assert(valid > 1000 && valid < 50000, "%u", valid);
}

/* ---- over the pipe --------------------------------------------------------------------------- */

static void serve(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    demo = (struct demo){.region_us = 20, .idle_us = 50};
    demo_start(3);
    demo_away();
    for (;;) pause();
}

static struct client *client;

/* The id of what was installed, or 0. */
static bool try_there(unsigned kind, uint64_t hash) {
    size_t size;
    unsigned char *plan = make(kind, hash, &size);
    mutate(plan, size);
    uint32_t id = client_install(client, plan, size, 0, 0);
    free(plan);
    if (!id) {
        cr_assert(!strncmp(client->reply, "error ", 6), "it does not answer: %s", client->reply);
        return false;
    }
    cr_assert_eq(client_remove(client, id), 1, "%s", client->reply);
    cr_assert(client_wait(client, id, "", 20000), "%s", client->reply);
    return true;
}

Test(mutants, over_the_pipe, .timeout = 120) {
    unsigned valid = 0;
    int status;
    pid_t child = fork();
    if (child == 0) serve();
    client = calloc(1, sizeof *client);
    cr_assert_eq(client_open(client, child, 5000), 0);
    cr_assert_eq(client_ask(client, LOOM_HELLO, NULL, 0), 0);
    uint64_t hash = strtoull(strstr(client->reply, " modules=") + strlen(" modules="), NULL, 16);
    for (unsigned n = 0; n < 100000; n++) valid += try_there(n % KINDS_OF_PLANS, hash);
    cr_assert_eq(client_ask(client, LOOM_HELLO, NULL, 0), 0);
    cr_assert(strstr(client->reply, "state=on") && strstr(client->reply, "fast=1") &&
                  strstr(client->reply, "filters=0"),
              "%s", client->reply);
    cr_assert_eq(waitpid(child, &status, WNOHANG), 0, "it crashed");
    cr_log_info("%u of 100000 mutants were valid plans", valid);
    cr_assert(valid > 1000 && valid < 50000, "%u", valid);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
}
