// SPDX-License-Identifier: MIT
/*
 * resolve.c: places to operations (see resolve.h). Functions and event sets are here, lines in
 * lines.c, orders in order.c.
 *
 * Rule: what a region enters it can leave. A set of events inside one function ends at the latest
 * where the function returns; one that spans functions leaves whatever frame holds it.
 */
#include "resolve.h"
#include <stdlib.h>
#include <string.h>
#include "find.h"
#include "lines.h"
#include "narrow.h"
#include "order.h"
#include "rt/plan.h"

struct resolving {
    const struct program *program;
    struct operations *operations;
    struct diagnostics *diagnostics;
    int force;
};

static int has_slot(const struct node *node) {
    return (node->attributes & NODE_SLOT) != 0;
}

/* ---- functions ------------------------------------------------------------------------------- */

static void no_slot(struct resolving *r, const struct place *place, const struct node *node,
                    const char *what) {
    diag_add(r->diagnostics, SEVERITY_ERROR, place->span, "`%s` has no slot at its %s (%s:%u)",
             place->function, what, file_of(r->program, node->function)->path, node->line);
}

static void check_function(struct resolving *r, const struct place *place, uint32_t f) {
    const struct function *function = &r->program->functions[f];
    if (function->attributes & FUNCTION_TAIL) {
        diag_add(r->diagnostics, r->force ? SEVERITY_WARNING : SEVERITY_ERROR, place->span,
                 "`%s` calls itself in a tail call: as a region every call would stay on the "
                 "stack",
                 place->function);
        diag_hint(r->diagnostics, "name lines of it, or its callers%s",
                  r->force ? "" : "; --force installs it all the same");
    }
    if (function->attributes & FUNCTION_SETJMP)
        diag_add(r->diagnostics, SEVERITY_WARNING, place->span,
                 "`%s` calls setjmp or the like: a jump may leave the region in the middle",
                 place->function);
}

static void add_function(struct resolving *r, const struct place *place, uint32_t f) {
    const struct function *function = &r->program->functions[f];
    int any = function->attributes & FUNCTION_VARIABLE_FRAME ? LOOM_OP_ANY_FRAME : 0;
    const struct node *entry = &r->program->nodes[function->first_node];
    unsigned exits = 0;
    check_function(r, place, f);
    if (has_slot(entry))
        operation_add(r->operations, function->first_node, LOOM_ENTER, LOOM_OP_NEST);
    else
        no_slot(r, place, entry, "entry");
    for (uint32_t n = 0; n < function->node_count; n++) {
        const struct node *node = entry + n;
        if (node->kind != NODE_EXIT) continue;
        exits++;
        if (has_slot(node))
            operation_add(r->operations, function->first_node + n, LOOM_LEAVE, any);
        else
            no_slot(r, place, node, "exit");
    }
    if (!exits)
        diag_add(r->diagnostics, SEVERITY_WARNING, place->span,
                 "`%s` never returns: the first thread in it keeps the region", place->function);
}

static void resolve_function(struct resolving *r, const struct place *place) {
    struct found found = find_function(r->program, place, r->diagnostics);
    for (uint32_t i = 0; i < found.count; i++) add_function(r, place, found.items[i]);
    free(found.items);
}

/* ---- event sets ------------------------------------------------------------------------------ */

static void add_edge(struct resolving *r, const struct place *event, int kind) {
    struct found found = find_function(r->program, event, r->diagnostics);
    for (uint32_t i = 0; i < found.count; i++) {
        const struct function *function = &r->program->functions[found.items[i]];
        for (uint32_t n = function->first_node; n < function->first_node + function->node_count;
             n++) {
            const struct node *node = &r->program->nodes[n];
            if (node->kind != (event->at_exit ? NODE_EXIT : NODE_ENTRY)) continue;
            if (has_slot(node))
                operation_add(r->operations, n, kind, 0);
            else
                no_slot(r, event, node, event->at_exit ? "exit" : "entry");
        }
    }
    free(found.items);
}

static void add_event(struct resolving *r, const struct place *event, int kind) {
    if (event->kind == PLACE_EDGE) {
        add_edge(r, event, kind);
    } else {
        struct found nodes = resolve_line(r->program, event, r->diagnostics);
        for (uint32_t i = 0; i < nodes.count; i++)
            operation_add(r->operations, nodes.items[i], kind, 0);
        free(nodes.items);
    }
}

/* The one function that all operations from `first` on are in (or copies of it), or NONE. */
static uint32_t one_function(const struct resolving *r, uint32_t first) {
    uint32_t function = NONE;
    for (uint32_t i = first; i < r->operations->count; i++) {
        uint32_t own = r->program->nodes[r->operations->items[i].node].function;
        if (function == NONE) function = own;
        if (!is_same_function(r->program, own, function)) return NONE;
    }
    return function;
}

static int has(const struct resolving *r, uint32_t node, int kind) {
    for (uint32_t i = 0; i < r->operations->count; i++)
        if (r->operations->items[i].region == r->operations->regions &&
            r->operations->items[i].node == node && r->operations->items[i].kind == kind)
            return 1;
    return 0;
}

/* Leaves at the returns that `follow` came to; one note for all of them. */
static void end_at_returns(struct resolving *r, const struct place *place, uint32_t f,
                           const unsigned char *seen) {
    const struct function *function = &r->program->functions[f];
    const char *lines = NULL;
    unsigned count = 0;
    for (uint32_t k = 0; k < function->node_count; k++) {
        const struct node *node = &r->program->nodes[function->first_node + k];
        if (seen[k] != 3) continue;
        if (!has_slot(node)) {
            diag_add(r->diagnostics, SEVERITY_ERROR, place->span,
                     "the region would also end where `%s` returns (line %u), but there is no slot",
                     function_name(r->program, f), node->line);
            continue;
        }
        operation_add(r->operations, function->first_node + k, LOOM_LEAVE, 0);
        lines = arena_print(&r->diagnostics->arena, "%s%s%u", count ? lines : "", count ? ", " : "",
                            node->line);
        count++;
    }
    if (count)
        diag_add(r->diagnostics, SEVERITY_NOTE, place->span,
                 "the region also ends where `%s` returns (line%s %s)",
                 function_name(r->program, f), count > 1 ? "s" : "", lines);
}

/* Follows the function from the enters; a return that is reached inside gets a leave of its own.
 * Returns how many of the given leaves end something. */
static unsigned follow(struct resolving *r, const struct place *place, uint32_t f) {
    const struct program *p = r->program;
    const struct function *function = &p->functions[f];
    unsigned char *seen = take(function->node_count, 1);
    uint32_t *stack = take((size_t)p->next_count + function->node_count, sizeof *stack), depth = 0;
    unsigned ended = 0;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++)
        if (has(r, n, LOOM_ENTER)) stack[depth++] = n;
    for (uint32_t i = 0; i < depth; i++) seen[stack[i] - function->first_node] = 2;
    while (depth) {
        uint32_t n = stack[--depth];
        const struct node *node = &p->nodes[n];
        int start = seen[n - function->first_node] == 2;
        seen[n - function->first_node] = 1;
        if (!start && has(r, n, LOOM_LEAVE)) {
            ended++;
            continue;
        }
        if (node->kind == NODE_EXIT) seen[n - function->first_node] = 3;
        for (uint32_t i = 0; i < node->next_count; i++) {
            uint32_t next = p->next[node->first_next + i];
            if (seen[next - function->first_node]) continue;
            seen[next - function->first_node] = 1;
            stack[depth++] = next;
        }
    }
    end_at_returns(r, place, f, seen);
    free(seen);
    free(stack);
    return ended;
}

/* In every copy of the function. */
static void follow_all(struct resolving *r, const struct place *place, uint32_t first) {
    const struct node *nodes = r->program->nodes;
    uint32_t count = r->operations->count;
    for (uint32_t i = first; i < count; i++) {
        uint32_t function = nodes[r->operations->items[i].node].function, before = first;
        while (nodes[r->operations->items[before].node].function != function) before++;
        if (before != i || follow(r, place, function)) continue;
        diag_add(r->diagnostics, SEVERITY_ERROR, place->span,
                 "no path in `%s` leads from an entry to an exit of the region",
                 function_name(r->program, function));
    }
}

static void set_flags(struct resolving *r, uint32_t first, uint32_t function) {
    for (uint32_t i = first; i < r->operations->count; i++) {
        struct operation *item = &r->operations->items[i];
        const struct node *node = &r->program->nodes[item->node];
        uint32_t attributes = r->program->functions[node->function].attributes;
        int spans = function == NONE || attributes & FUNCTION_VARIABLE_FRAME;
        if (item->kind == LOOM_LEAVE && spans) item->flags = LOOM_OP_ANY_FRAME;
        if (item->kind == LOOM_ENTER && node->kind == NODE_ENTRY && function != NONE)
            item->flags = LOOM_OP_NEST;
    }
}

static void resolve_events(struct resolving *r, const struct place *place) {
    uint32_t first = r->operations->count, function;
    size_t errors = r->diagnostics->errors;
    for (unsigned i = 0; i < place->entry_count; i++) add_event(r, &place->entries[i], LOOM_ENTER);
    for (unsigned i = 0; i < place->exit_count; i++) add_event(r, &place->exits[i], LOOM_LEAVE);
    if (r->diagnostics->errors != errors) return;
    function = one_function(r, first);
    if (function != NONE) follow_all(r, place, first);
    set_flags(r, first, function);
}

/* ---- filters --------------------------------------------------------------------------------- */

/* A region that is there already (`f <> f`) is not taken twice. */
static int same_as_before(const struct operations *all, uint32_t first) {
    for (uint16_t region = 0; region < all->regions; region++) {
        uint32_t same = 0, of_region = 0;
        for (uint32_t i = 0; i < first; i++) {
            if (all->items[i].region != region) continue;
            of_region++;
            for (uint32_t k = first; k < all->count; k++)
                same += all->items[i].node == all->items[k].node &&
                        all->items[i].kind == all->items[k].kind &&
                        all->items[i].condition == all->items[k].condition;
        }
        if (of_region == all->count - first && same == of_region) return 1;
    }
    return 0;
}

/* Is one of the enters from `first` on there already, with another key? */
static int other_key(const struct operations *all, uint32_t first) {
    for (uint32_t i = first; i < all->count; i++)
        for (uint32_t k = 0; k < first; k++)
            if (all->items[i].node == all->items[k].node &&
                all->items[i].kind == all->items[k].kind && all->items[i].key != all->items[k].key)
                return 1;
    return 0;
}

static int filter_shares(const struct filter *filter) {
    for (unsigned i = 0; i < filter->region_count; i++)
        if (filter->regions[i].shared) return 1;
    return 0;
}

static void share(struct operations *all, uint32_t first) {
    for (uint32_t i = first; i < all->count; i++)
        if (all->items[i].kind == LOOM_ENTER)
            all->items[i].flags = (uint8_t)(all->items[i].flags | LOOM_OP_SHARED);
}

void resolve(const struct program *program, const struct filter *filter, int force,
             struct operations *operations, struct diagnostics *diagnostics) {
    struct resolving r = {program, operations, diagnostics, force};
    *operations = (struct operations){0};
    operations->spans = take(filter->region_count, sizeof *operations->spans);
    operations->alone = filter->alone != 0;
    if (filter->order) {
        resolve_order(program, filter, operations, diagnostics);
        return;
    }
    for (unsigned i = 0; i < filter->region_count; i++) {
        const struct place *place = &filter->regions[i];
        uint32_t first = operations->count;
        if (place->kind == PLACE_FUNCTION)
            resolve_function(&r, place);
        else if (place->kind == PLACE_LINES)
            resolve_lines(program, place, operations, diagnostics);
        else
            resolve_events(&r, place);
        if (operations->count == first) continue;
        if (place->shared) share(operations, first);
        if (place->key || place->condition)
            narrow_region(program, place, force, operations, first, diagnostics);
        if (same_as_before(operations, first)) {
            if (other_key(operations, first))
                diag_add(diagnostics, SEVERITY_ERROR, place->span,
                         "this region is named twice, with two keys");
            if (filter_shares(filter))
                diag_add(diagnostics, SEVERITY_ERROR, place->span,
                         "this region is named twice, and only one of them can be meant as shared");
            operations->count = first;
            continue;
        }
        operations->spans[operations->regions++] = place->span;
    }
}

void operations_free(struct operations *operations) {
    free(operations->items);
    free(operations->spans);
    free(operations->births);
    free(operations->code.items);
    *operations = (struct operations){0};
}
