// SPDX-License-Identifier: MIT
/* order.c: see order.h. */
#include "tests/support/order.h"

#include <criterion/criterion.h>

#include "rt/thread.h"

#include "rt/thread.h"

enum { LONG = 60000 };

struct filter *order(const struct loom_plan_operation *operations, uint32_t count, uint32_t flags,
                     const uint64_t *reach, uint32_t links) {
    struct plan_maker maker = {.operations = operations,
                               .operation_count = count,
                               .code = expressions,
                               .code_count = EXPRESSIONS,
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
