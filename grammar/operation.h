/* SPDX-License-Identifier: MIT */
/*
 * operation.h: a filter in terms of the program: operations at nodes.
 *
 * Resolve makes them, the analyses read them, encode writes them into a plan. A leave stands before
 * an enter of the same node, as the runtime executes them. Of an order `a > b > c`, `region` is the
 * link (0: from a to b), and `spans` has one more: the events.
 */
#ifndef LOOM_OPERATION_H
#define LOOM_OPERATION_H
#include <stddef.h>
#include "compile.h"
#include "diag.h"
#include "program.h"
#include "rt/plan.h"

struct operation {
    uint32_t node;
    uint8_t kind;  /* LOOM_ENTER, LOOM_LEAVE, LOOM_UP, LOOM_DOWN, LOOM_TEST */
    uint8_t flags; /* LOOM_OP_* */
    uint16_t region;
    uint32_t count;          /* of up and down; with LOOM_OP_COUNTED a program */
    uint32_t condition, key; /* programs, 0: none */
};

struct operations {
    struct operation *items;
    uint32_t count;
    uint16_t regions;
    struct span *spans; /* per region, or per event: where the text names it */
    uint8_t order;      /* an order, not an exclusion */
    uint8_t alone;      /* `r <> *` */
    uint32_t *births;   /* calls that start threads whose end the first event is */
    uint32_t birth_count;
    uint8_t starts; /* instead of births: all threads whose start routine is a global of a file */
    uint32_t start_file, start_global;
    struct code code;
};

static inline void operation_add(struct operations *all, uint32_t node, int kind, int flags) {
    struct operation item = {node, (uint8_t)kind, (uint8_t)flags, all->regions, 0, 0, 0};
    for (uint32_t i = 0; i < all->count; i++)
        if (all->items[i].node == node && all->items[i].kind == item.kind &&
            all->items[i].region == item.region)
            return;
    all->items = (struct operation *)grow(all->items, all->count, sizeof *all->items);
    all->items[all->count++] = item;
}

static inline int operation_take_away(struct operations *all, uint32_t node, int kind) {
    for (uint32_t i = 0; i < all->count; i++) {
        const struct operation *item = &all->items[i];
        if (item->node != node || item->kind != kind || item->region != all->regions) continue;
        all->items[i] = all->items[--all->count];
        return 1;
    }
    return 0;
}

/* An event of an order: the left side of its link, or what waits. */
static inline void operation_add_order(struct operations *all, uint32_t node, int kind, int flags,
                                       uint16_t link, uint32_t count, uint32_t condition) {
    uint16_t regions = all->regions;
    uint32_t before = all->count;
    all->regions = link;
    operation_add(all, node, kind, flags);
    all->regions = regions;
    if (all->count == before) return;
    all->items[before].count = count;
    all->items[before].condition = condition;
}

/* Where the text names what an operation belongs to. */
static inline struct span operation_span(const struct operations *all,
                                         const struct operation *item) {
    return all->spans[item->region + (item->kind == LOOM_DOWN)];
}

#endif
