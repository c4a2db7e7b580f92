// SPDX-License-Identifier: MIT
/* expressions.h: expressions for plans by hand, on the values of a slot and the globals of demo.c. */
#ifndef LOOM_TEST_EXPRESSIONS_H
#define LOOM_TEST_EXPRESSIONS_H
#include "rt/plan.h"

/* By their numbers in a plan with this code (1 + index): the first value; the second one > 4; what the third one points
 * to; demo_number; *demo_pointer. */
enum { FIRST = 1, LARGE = 3, MEMORY = 7, NUMBER = 10, POINTED = 12, EXPRESSIONS = 14 };
extern const struct loom_plan_code expressions[EXPRESSIONS];

#endif
