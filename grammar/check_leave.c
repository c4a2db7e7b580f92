// SPDX-License-Identifier: MIT
/*
 * check_leave.c: regions that are entered and never left.
 *
 * Rule: certain if no leave can be reached from an enter in the same thread (reach.h, where in
 * doubt it can). Only of regions that span functions: one in a single function ends where that
 * returns (resolve.c).
 */
#include <stdlib.h>
#include "check.h"
#include "reach.h"
#include "rt/plan.h"

static int is_of(const struct operation *item, uint16_t region, int kind) {
    return item->region == region && item->kind == kind;
}

static void say(const struct checking *c, const struct operation *enter, int elsewhere) {
    const struct program *p = c->graph->program;
    const struct node *node = &p->nodes[enter->node];
    diag_add(c->diagnostics, SEVERITY_ERROR, operation_span(c->operations, enter),
             elsewhere
                 ? "the thread that enters this region in `%s` (%s:%u) does not leave it, only "
                   "one that it starts comes to an exit"
                 : "from where `%s` enters this region (%s:%u) no exit of it can be reached",
             function_name(p, node->function), file_of(p, node->function)->path, node->line);
    diag_hint(c->diagnostics, elsewhere ? "what a thread enters it must leave itself; an order "
                                          "(a > b) can hand over from one thread to another"
                                        : "add an exit on this way");
}

static void check_region(struct checking *c, uint16_t region) {
    const struct operations *all = c->operations;
    unsigned char *target = take(c->graph->program->node_count, 1);
    struct reach own = {0}, with_started = {0};
    int spans = 0;
    for (uint32_t i = 0; i < all->count; i++) {
        if (!is_of(&all->items[i], region, LOOM_LEAVE)) continue;
        target[all->items[i].node] = 1;
        spans |= all->items[i].flags & LOOM_OP_ANY_FRAME;
    }
    if (spans) reach_make(&own, c->graph, target, 0);
    for (uint32_t i = 0; i < all->count && spans; i++) {
        const struct operation *item = &all->items[i];
        if (!is_of(item, region, LOOM_ENTER) || own.behind[item->node]) continue;
        reach_make(&with_started, c->graph, target, 1);
        say(c, item, with_started.behind[item->node]);
        break;
    }
    reach_free(&own);
    reach_free(&with_started);
    free(target);
}

void check_leaves(struct checking *c) {
    for (uint16_t region = 0; region < c->operations->regions; region++) check_region(c, region);
}
