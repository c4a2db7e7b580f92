// SPDX-License-Identifier: MIT
/*
 * check_nest.c: enters inside a region. Two threads that enter two locks in opposite order may wait
 * for each other: two keys of one filter, or two filters.
 */
#include <stdio.h>
#include "check.h"
#include "region.h"
#include "rt/plan.h"

/* An enter of `to` that is come to inside `region`, or null. `same`: of the same filter, where a
 * loop back to the same enter does nothing. */
static const struct operation *enter_inside(const struct checking *c, uint16_t region,
                                            const struct operations *to, int same) {
    for (uint32_t i = 0; i < to->count; i++) {
        const struct operation *item = &to->items[i];
        unsigned char slot = c->insides[region].slots[item->node];
        if (item->kind != LOOM_ENTER || inside_slot(&c->insides[region], item->node) != WAY_SURE)
            continue;
        if (same && item->region == region && !(slot & INSIDE_CALLED)) continue;
        return item;
    }
    return NULL;
}

/* Where a keyed region can be entered inside itself, or inside another one of the filter. */
void check_keys(struct checking *c) {
    const struct program *p = c->graph->program;
    int keyed = 0;
    for (uint32_t i = 0; i < c->operations->count; i++) keyed |= c->operations->items[i].key != 0;
    for (uint16_t region = 0; keyed && region < c->operations->regions; region++) {
        const struct operation *item = enter_inside(c, region, c->operations, 1);
        if (!item) continue;
        uint32_t f = p->nodes[item->node].function;
        diag_add(c->diagnostics, SUSPECTED(c), c->operations->spans[region],
                 "a thread in this region can come to another enter, perhaps with another key, in "
                 "`%s` (%s:%u): two threads may wait for each other",
                 function_name(p, f), file_of(p, f)->path, p->nodes[item->node].line);
        checking_path(c, &c->insides[region], "the way there", f);
        checking_hint(c, "take the key away");
        return;
    }
}

/* Of the regions of `c`, one in which a region of `other` can be entered; NONE: in none. */
static uint32_t region_around(const struct checking *c, const struct operations *other,
                              const struct operation **enter) {
    for (uint16_t region = 0; region < c->operations->regions; region++)
        if ((*enter = enter_inside(c, region, other, 0))) return region;
    return NONE;
}

void check_nesting(struct checking *c, const struct other *other) {
    const struct program *p = c->graph->program;
    const struct operation *inner, *reverse;
    uint32_t outer = region_around(c, other->operations, &inner);
    if (outer == NONE) return;
    const struct checking there =
        checking_of(c->graph, other->operations, other->analysis, c->force, c->diagnostics);
    uint32_t around = region_around(&there, c->operations, &reverse);
    if (around != NONE) {
        uint32_t f = p->nodes[inner->node].function, g = p->nodes[reverse->node].function;
        diag_add(c->diagnostics, SUSPECTED(c), c->operations->spans[outer],
                 "a thread in this region can enter that of `%s` in `%s` (%s:%u), and the reverse "
                 "in `%s` (%s:%u): two threads may wait for each other",
                 other->text, function_name(p, f), file_of(p, f)->path, p->nodes[inner->node].line,
                 function_name(p, g), file_of(p, g)->path, p->nodes[reverse->node].line);
        checking_path(c, &c->insides[outer], "the way there", f);
        char path[600];
        inside_path(&there.insides[around], g, path, sizeof path);
        diag_hint(c->diagnostics, "and the reverse: %s", path);
        checking_hint(c, "name all these regions in one filter");
    }
}
