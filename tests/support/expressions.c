// SPDX-License-Identifier: MIT
/* expressions.c: see expressions.h. */
#include "tests/support/expressions.h"

const struct loom_plan_code expressions[EXPRESSIONS] = {
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
    /* NUMBER */
    {.op = LOOM_CODE_GLOBAL, .size = 4},
    {.op = LOOM_CODE_END},
    /* POINTED */
    {.op = LOOM_CODE_GLOBAL, .size = 8, .index = 1},
    {.op = LOOM_CODE_LOAD, .size = 4},
    {.op = LOOM_CODE_END},
};
