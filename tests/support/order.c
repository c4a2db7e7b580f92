// SPDX-License-Identifier: MIT
/* order.c: see order.h. */
#include "tests/support/order.h"

#include <criterion/criterion.h>

#include "rt/thread.h"

#include "rt/thread.h"

static const struct loom_plan_code code[] = {
    /* FIRST */
    {.op = LOOM_CODE_LOCAL, .size = 8},
    {.op = LOOM_CODE_END},
    /* LARGE */
    {.op = LOOM_CODE_CONST, .value = 4},
    {.op = LOOM_CODE_LOCAL, .size = 4 | LOOM_CODE_SIGNED, .index = 1},
    {.op = LOOM_CODE_LESS, .size = LOOM_CODE_SIGNED},
    {.op = LOOM_CODE_END},
    /* MEMORY */
    {.op = LOOM_CODE_LOCAL, .size = 8, .index = 2},
    {.op = LOOM_CODE_LOAD, .size = 4},
    {.op = LOOM_CODE_END},
};
enum { CODE = sizeof code / sizeof code[0], LONG = 60000 };

struct filter *order(const struct loom_plan_operation *operations, uint32_t count, uint32_t flags,
                     const uint64_t *reach, uint32_t links) {
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

void visit(int point, int frame, unsigned long first, long second) {
    struct hit_values values = {{point, frame}, {first, (unsigned long)second, 0}};
    do_hit_values(&values);
}

uint32_t happened(void) {
    return LOAD(filters[0].happened[0]);
}

void wait_at(struct actor *actor, struct hit_values *where) {
    uint64_t before = LOAD(filters[0].waits);
    actor_do(actor, do_hit_values, where);
    cr_assert(DEMO_WAIT(LOAD(filters[0].waits) > before, 2000), "it does not wait");
}
