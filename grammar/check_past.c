// SPDX-License-Identifier: MIT
/*
 * check_past.c: orders whose left side cannot happen any more.
 *
 * Rule: refused if every thread stands where the left side is out of reach (reach.h): then it has
 * happened already, or never will. A thread that runs may be anywhere.
 */
#include "check.h"
#include "rt/plan.h"

static int can_come(const struct analysis *a, const struct standing *thread, unsigned bit) {
    if (thread->node != NONE) return a->reach_nodes[thread->node] & bit;
    if (thread->call != NONE) return a->reach_calls[thread->call] & bit;
    return 1;
}

static int has_up(const struct operations *operations, uint16_t link) {
    for (uint32_t i = 0; i < operations->count; i++)
        if (operations->items[i].kind == LOOM_UP && operations->items[i].region == link) return 1;
    return 0; /* the end of threads can happen as long as there are any */
}

void check_past(const struct callgraph *graph, const struct operations *operations,
                const struct analysis *analysis, const struct standing *threads, uint32_t count,
                int force, struct diagnostics *diagnostics) {
    const struct checking c = {graph, operations, force, diagnostics, NULL};
    for (uint16_t link = 0; operations->order && link < operations->regions; link++) {
        int can = !count || !has_up(operations, link);
        for (uint32_t i = 0; i < count && !can; i++)
            can = can_come(analysis, &threads[i], 1u << link);
        if (can) continue;
        diag_add(diagnostics, SUSPECTED(&c), operations->spans[link],
                 "none of the %u threads can come to this event any more: it has happened already, "
                 "or will not",
                 count);
        checking_hint(&c, "what waits for it would pass at once");
    }
}
