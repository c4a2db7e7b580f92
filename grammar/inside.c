// SPDX-License-Identifier: MIT
/* inside.c: see inside.h. Breadth first, so that paths are shortest; what is sure goes first. */
#include "inside.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "region.h"
#include "rt/plan.h"

/* How surely does a call mean the members of its set? */
static enum way way_of(const struct callgraph *graph, uint32_t number) {
    const struct call *call = &graph->program->calls[number];
    uint32_t set = graph->set_of[number];
    if (call->how == CALL_THREAD || set == graph->taken) return WAY_NONE;
    if (call->how != CALL_INDIRECT || graph->sets[set].count == 1) return WAY_SURE;
    return WAY_DOUBTFUL;
}

struct search {
    struct inside *inside;
    uint32_t *queue, count, next;
};

/* The program's end, as in `assert_failed(), __builtin_unreachable()`: what a thread does on its way
 * there hurts nobody any more. */
static int is_end(const struct program *p, uint32_t number) {
    const struct call *call = &p->calls[number], *next = call + 1;
    return number + 1 < p->call_count && call->node != NONE && next->node == call->node &&
           next->how == CALL_DIRECT && next->callee != NONE &&
           strcmp(p->names.texts[next->callee], "__builtin_unreachable") == 0;
}

static void meet(struct search *s, uint32_t call, enum way least) {
    const struct callgraph *graph = s->inside->graph;
    const struct set *set = &graph->sets[graph->set_of[call]];
    if (way_of(graph, call) < least || is_end(graph->program, call)) return;
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t f = graph->members[set->first + i];
        if (s->inside->through[f] != NONE) continue;
        s->inside->through[f] = call;
        s->inside->doubtful[f] = least == WAY_DOUBTFUL;
        s->queue[s->count++] = f;
    }
}

static void search_from(struct search *s, enum way least) {
    const struct program *p = s->inside->graph->program;
    const unsigned char *calls = s->inside->calls;
    for (uint32_t c = 0; c < p->call_count; c++)
        if (calls[c] & INSIDE_OWN) meet(s, c, least);
    for (s->next = 0; s->next < s->count; s->next++) {
        const struct function *function = &p->functions[s->queue[s->next]];
        for (uint32_t c = function->first_call; c < function->first_call + function->call_count;
             c++)
            if (calls[c] & INSIDE_CALLED || p->calls[c].node == NONE) meet(s, c, least);
    }
}

/* Functions that enter themselves, or call one that does. Others may have been returned into
 * inside, but perhaps only on paths that no program takes. */
static void mark_homes(const struct callgraph *graph, const struct operations *operations,
                       uint16_t region, unsigned char *homes) {
    const struct program *p = graph->program;
    for (uint32_t i = 0; i < operations->count; i++) {
        const struct operation *item = &operations->items[i];
        uint32_t f = p->nodes[item->node].function;
        if (item->region != region || item->kind != LOOM_ENTER || homes[f] == 2) continue;
        homes[f] = 2;
        for (uint32_t k = graph->first_set[f]; k < graph->first_set[f + 1]; k++) {
            const struct set *set = &graph->sets[graph->sets_of[k]];
            for (uint32_t c = 0; c < set->call_count; c++) {
                uint32_t call = graph->callers[set->first_call + c];
                if (way_of(graph, call) == WAY_SURE) homes[p->calls[call].function] |= 1;
            }
        }
    }
}

static void drop_doubts(struct inside *inside, const unsigned char *homes) {
    const struct program *p = inside->graph->program;
    for (uint32_t n = 0; n < p->node_count; n++)
        if (!homes[p->nodes[n].function]) inside->slots[n] &= (unsigned char)~INSIDE_OWN;
    for (uint32_t c = 0; c < p->call_count; c++)
        if (!homes[p->calls[c].function]) inside->calls[c] &= (unsigned char)~INSIDE_OWN;
}

void inside_make(struct inside *inside, const struct callgraph *graph,
                 const struct operations *operations, uint16_t region) {
    const struct program *p = graph->program;
    if (inside->through) return;
    inside->graph = graph;
    inside->through = take(p->function_count, sizeof *inside->through);
    inside->doubtful = take(p->function_count, 1);
    memset(inside->through, 0xff, p->function_count * sizeof *inside->through);
    if (!inside->slots) {
        inside->slots = take(p->node_count, 1);
        inside->calls = take(p->call_count, 1);
        region_flow(graph, operations, region, NULL, NULL, inside->slots, inside->calls);
    }
    unsigned char *homes = take(p->function_count, 1);
    mark_homes(graph, operations, region, homes);
    drop_doubts(inside, homes);
    free(homes);
    struct search s = {.inside = inside, .queue = take(p->function_count, sizeof *s.queue)};
    search_from(&s, WAY_SURE);
    search_from(&s, WAY_DOUBTFUL); /* goes through what is sure once more */
    free(s.queue);
}

void inside_free(struct inside *inside) {
    free(inside->slots);
    free(inside->calls);
    free(inside->through);
    free(inside->doubtful);
    *inside = (struct inside){0};
}

static enum way way_in(const struct inside *inside, uint32_t function, unsigned where) {
    if (where & INSIDE_OWN) return WAY_SURE;
    if (!(where & INSIDE_CALLED) || inside->through[function] == NONE) return WAY_NONE;
    return inside->doubtful[function] ? WAY_DOUBTFUL : WAY_SURE;
}

enum way inside_slot(const struct inside *inside, uint32_t node) {
    return way_in(inside, inside->graph->program->nodes[node].function, inside->slots[node]);
}

enum way inside_call(const struct inside *inside, uint32_t call) {
    return way_in(inside, inside->graph->program->calls[call].function, inside->calls[call]);
}

uint32_t call_line(const struct program *p, uint32_t call) {
    uint32_t node = p->calls[call].node;
    return node == NONE ? p->functions[p->calls[call].function].line : p->nodes[node].line;
}

void inside_path(const struct inside *inside, uint32_t function, char *text, size_t size) {
    enum { LONGEST = 12 };
    const struct program *p = inside->graph->program;
    uint32_t calls[LONGEST], count = 0, first = function;
    while (inside->through[first] != NONE && count < LONGEST) {
        calls[count] = inside->through[first];
        first = p->calls[calls[count]].function;
        if (inside->calls[calls[count++]] & INSIDE_OWN) break;
    }
    size_t at = (size_t)snprintf(text, size, "%s", function_name(p, first));
    while (count-- > 0 && at < size) {
        uint32_t to = count ? p->calls[calls[count - 1]].function : function;
        at += (size_t)snprintf(text + at, size - at, " -> %s (%s:%u)", function_name(p, to),
                               file_of(p, p->calls[calls[count]].function)->path,
                               call_line(p, calls[count]));
    }
}

void sure_callees(const struct callgraph *graph, uint32_t function, unsigned char *reached) {
    const struct program *p = graph->program;
    uint32_t *stack = take(p->function_count, sizeof *stack), depth = 0;
    if (!reached[function]) stack[depth++] = function;
    reached[function] = 1;
    while (depth) {
        const struct function *from = &p->functions[stack[--depth]];
        for (uint32_t c = from->first_call; c < from->first_call + from->call_count; c++) {
            const struct set *set = &graph->sets[graph->set_of[c]];
            for (uint32_t i = 0; i < set->count && way_of(graph, c) == WAY_SURE; i++) {
                uint32_t f = graph->members[set->first + i];
                if (!reached[f]) stack[depth++] = f;
                reached[f] = 1;
            }
        }
    }
    free(stack);
}

/* ---- outside --------------------------------------------------------------------------------- */

enum { OPEN = 1, CLOSE = 2 }; /* of nodes: a leave, an enter */

struct outward {
    const struct callgraph *graph;
    unsigned char *marks, *fresh, *queued;
    unsigned char *returns; /* per function: it can return so */
    uint32_t *queue, depth;
};

static void push(struct outward *o, uint32_t node) {
    if (o->queued[node]) return;
    o->queued[node] = 1;
    o->queue[o->depth++] = node;
}

static void add(struct outward *o, uint32_t node) {
    if (o->fresh[node]) return;
    o->fresh[node] = 1;
    push(o, node);
}

/* Is it sure that a call is made, and of a function of this name? */
static int is_sure(const struct call *call) {
    return call->how == CALL_DIRECT && call->class & CALL_MUST && !(call->class & CALL_EXTERNAL);
}

static void go_on(struct outward *o, uint32_t number) {
    const struct program *p = o->graph->program;
    const struct node *node = &p->nodes[number];
    for (uint32_t i = 0; i < node->next_count; i++) add(o, p->next[node->first_next + i]);
    if (node->kind != NODE_EXIT || o->returns[node->function]) return;
    o->returns[node->function] = 1;
    for (uint32_t i = o->graph->first_set[node->function];
         i < o->graph->first_set[node->function + 1]; i++) {
        const struct set *set = &o->graph->sets[o->graph->sets_of[i]];
        for (uint32_t c = 0; c < set->call_count; c++) {
            const struct call *call = &p->calls[o->graph->callers[set->first_call + c]];
            if (is_sure(call) && call->node != NONE && o->fresh[call->node]) push(o, call->node);
        }
    }
}

/* Can a call be gone through, or be left out? */
static int passes(const struct outward *o, uint32_t number) {
    const struct call *call = &o->graph->program->calls[number];
    const struct set *set = &o->graph->sets[o->graph->set_of[number]];
    if (!is_sure(call)) return 1;
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t f = o->graph->members[set->first + i];
        if (o->returns[f] || o->graph->program->functions[f].attributes & FUNCTION_BLIND) return 1;
    }
    return set->count == 0;
}

static void walk(struct outward *o, uint32_t number) {
    const struct callgraph *graph = o->graph;
    const struct program *p = graph->program;
    const struct node *node = &p->nodes[number];
    if (o->marks[number] & CLOSE) return;
    for (uint32_t c = node->first_call; c < node->first_call + node->call_count; c++) {
        const struct set *set = &graph->sets[graph->set_of[c]];
        for (uint32_t i = 0; i < set->count; i++) {
            const struct function *f = &p->functions[graph->members[set->first + i]];
            if (f->node_count) add(o, f->first_node);
        }
        if (!passes(o, c)) return;
    }
    go_on(o, number);
}

static int is_root(const struct callgraph *graph, uint32_t f) {
    const uint32_t roots = FUNCTION_TAKEN | FUNCTION_HANDLER;
    if (graph->program->functions[f].attributes & roots) return 1;
    for (uint32_t i = graph->first_set[f]; i < graph->first_set[f + 1]; i++)
        if (graph->sets[graph->sets_of[i]].call_count) return 0;
    return 1;
}

void outside_nodes(const struct callgraph *graph, const struct operations *operations, int again,
                   unsigned char *fresh) {
    const struct program *p = graph->program;
    struct outward o = {.graph = graph, .fresh = fresh};
    o.marks = take(p->node_count, 1);
    o.returns = take(p->function_count, 1);
    o.queued = take(p->node_count, 1);
    o.queue = take(p->node_count, sizeof *o.queue);
    for (uint32_t i = 0; i < operations->count; i++)
        o.marks[operations->items[i].node] |=
            operations->items[i].kind == LOOM_ENTER ? CLOSE : OPEN;
    for (uint32_t f = 0; f < p->function_count; f++)
        if (p->functions[f].node_count && is_root(graph, f)) add(&o, p->functions[f].first_node);
    for (uint32_t n = 0; n < p->node_count && again; n++)
        if (o.marks[n] == OPEN) add(&o, n);
    while (o.depth) {
        uint32_t node = o.queue[--o.depth];
        o.queued[node] = 0;
        walk(&o, node);
    }
    free(o.marks);
    free(o.returns);
    free(o.queued);
    free(o.queue);
}
