// SPDX-License-Identifier: MIT
/* expression.c: conditions, keys and counts in a slot. See expression.h. */
#include "expression.h"

#include "run_code.h"
#include "state.h"
#include "sys.h"
#include "thread.h"

enum { TELL_MS = 1000 };

static void tell(const struct operation *op) {
    struct filter *filter = op->filter;
    uint64_t now = sys_now_ms(), last = LOAD(filter->told_ms);
    struct place place = module_place(op->point);
    __atomic_fetch_add(&filter->skipped, 1, __ATOMIC_RELAXED);
    if (last && now - last < TELL_MS) return;
    if (!__atomic_compare_exchange_n(&filter->told_ms, &last, now, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
        return; /* another thread tells */
    event_add(EVENT_UNREADABLE, filter->id,
              "a value could not be read: the operation was skipped; file=%d point=%u",
              (int)place.file, place.point);
}

bool expression_value(const struct operation *op, const struct loom_plan_code *program,
                      const struct loom_values *values, uint64_t *value) {
    struct code_scope scope = {op->file, values};
    if (code_run(program, &scope, value)) return true;
    tell(op);
    return false;
}

bool expression_holds(const struct operation *op, const struct loom_values *values) {
    uint64_t value;
    if (!op->condition) return true;
    if (filter_inert(op->filter)) return false;
    return expression_value(op, op->condition, values, &value) && value != 0;
}
