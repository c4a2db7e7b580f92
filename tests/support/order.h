// SPDX-License-Identifier: MIT
/* order.h: orders (`e > e`) of the demo program, by hand, with conditions and counts. */
#ifndef LOOM_TEST_ORDER_H
#define LOOM_TEST_ORDER_H
#include "tests/support/actor.h"
#include "tests/support/expressions.h"

#define UP(point, flags, count, condition)                                                         \
    { 0, point, LOOM_UP, flags, 0, count, condition, 0 }
#define DOWN(point, flags, count, condition)                                                       \
    { 0, point, LOOM_DOWN, flags, 0, count, condition, 0 }
#define TEST(point, condition)                                                                     \
    { 0, point, LOOM_TEST, 0, 0, 0, condition, 0 }

/* Installs it; it is in force. */
struct filter *order(const struct loom_plan_operation *operations, uint32_t count, uint32_t flags,
                     const uint64_t *reach, uint32_t links);
/* The test's own thread comes to a point with these values. */
void visit(int point, int frame, unsigned long first, long second);
uint32_t happened(void); /* of the first filter's first link */
/* The actor comes to a down and waits there. */
void wait_at(struct actor *actor, struct hit_values *where);

#endif
