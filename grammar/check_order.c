// SPDX-License-Identifier: MIT
/*
 * check_order.c: an order that waits inside an exclusion.
 *
 * Rule: suspected to hang if whoever could do the left side must first enter the region in which
 * the right side waits. Otherwise the wait keeps others out, for `within` at most: a warning.
 */
#include <stdlib.h>
#include "check.h"
#include "rt/plan.h"

/* Does every left side of the link lie behind an enter of the exclusion? */
static int lies_behind(const struct checking *c, const struct operations *order, uint16_t link,
                       int end) {
    const struct program *p = c->graph->program;
    uint32_t routine;
    if (end)
        return starts_enter(c->graph, c->operations, order->births, order->birth_count, &routine);
    unsigned char *fresh = take(p->node_count, 1);
    int behind = 1;
    outside_nodes(c->graph, c->operations, 0, fresh);
    for (uint32_t i = 0; i < order->count; i++)
        if (order->items[i].kind == LOOM_UP && order->items[i].region == link)
            behind &= !fresh[order->items[i].node];
    free(fresh);
    return behind;
}

static void say(struct checking *c, uint16_t region, const struct operations *order,
                const struct operation *down, const char *text, int order_is_mine) {
    const struct program *p = c->graph->program;
    uint32_t f = p->nodes[down->node].function;
    int hangs = lies_behind(c, order, down->region, (down->flags & LOOM_OP_END) != 0);
    struct span span = order_is_mine ? operation_span(order, down) : c->operations->spans[region];
    diag_add(c->diagnostics, hangs ? SUSPECTED(c) : SEVERITY_WARNING, span,
             order_is_mine ? "this event waits in `%s` (%s:%u), inside a region of `%s`"
                           : "in `%s` (%s:%u), inside this region, `%s` waits",
             function_name(p, f), file_of(p, f)->path, p->nodes[down->node].line, text);
    diag_hint(c->diagnostics, hangs ? "what it waits for can only be done behind an enter of that "
                                      "region"
                                    : "while it waits it keeps others out");
    checking_path(c, &c->insides[region], "the way there", f);
    if (hangs) checking_hint(c, "let the region end before the event, or begin behind it");
}

void check_order_inside(struct checking *c, const struct operations *order, const char *text,
                        int order_is_mine) {
    for (uint16_t region = 0; region < c->operations->regions; region++)
        for (uint32_t i = 0; i < order->count; i++) {
            const struct operation *item = &order->items[i];
            if (item->kind != LOOM_DOWN) continue;
            if (inside_slot(&c->insides[region], item->node) != WAY_SURE) continue;
            say(c, region, order, item, text, order_is_mine);
            return;
        }
}
