// SPDX-License-Identifier: MIT
/*
 * stale.c: see stale.h. Computed backwards: for each node, which slots a fast run that arrives at
 * it goes past before its next read.
 */
#include "stale.h"
#include <stdlib.h>

enum {
    MISS_SLOT = 1,   /* a slot of the filter in this function, or behind an untested call */
    MISS_CLOSURE = 2 /* only those behind untested calls: behind a call of class r, the own slots
                        are read again, what the text calls before them is not */
};

enum { OF_CLOSURE = 1, OF_SHORTCUT = 2 };

struct stale {
    const struct callgraph *graph;
    const struct program *program;
    unsigned char *operated; /* per node: has an operation */
    unsigned char *untested;    /* per function: with slots that an untested call comes to */
    unsigned char *set_untested; /* per set: OF_*, of members that are untested */
    unsigned char *missed; /* per node: MISS_*, on arriving in a fast run */
};

static void mark_untested(const struct callgraph *graph, uint32_t function, unsigned char *untested) {
    const struct function *callee = &graph->program->functions[function];
    if (untested[function] || !(callee->attributes & (FUNCTION_CLOSURE | FUNCTION_SHORTCUT))) return;
    untested[function] = 1;
    for (uint32_t i = graph->first_set[function]; i < graph->first_set[function + 1]; i++) {
        const struct set *set = &graph->sets[graph->sets_of[i]];
        for (uint32_t c = 0; c < set->call_count; c++) {
            const struct call *call = &graph->program->calls[graph->callers[set->first_call + c]];
            if (call_is_untested(call, callee)) mark_untested(graph, call->function, untested);
        }
    }
}

void untested_with_slots(const struct callgraph *graph, const struct operations *operations,
                         unsigned char *untested) {
    for (uint32_t i = 0; i < operations->count; i++)
        mark_untested(graph, graph->program->nodes[operations->items[i].node].function, untested);
}

/* The call, made from a fast run, comes to slots of the filter without a test. */
static int goes_past(const struct stale *s, uint32_t number) {
    const unsigned char kinds = s->set_untested[s->graph->set_of[number]];
    const int shortcut = (s->program->calls[number].class & CALL_SHORTCUT) != 0;
    return kinds & OF_CLOSURE || (kinds & OF_SHORTCUT && shortcut);
}

static unsigned missed_behind(const struct stale *s, const struct node *node) {
    unsigned missed = 0;
    for (uint32_t i = 0; i < node->next_count; i++)
        missed |= s->missed[s->program->next[node->first_next + i]];
    return missed;
}

static unsigned missed_from(const struct stale *s, uint32_t number) {
    const struct node *node = &s->program->nodes[number];
    if (node->attributes & NODE_READ || node->kind == NODE_POLL) return 0;
    unsigned missed = missed_behind(s, node);
    if (s->operated[number]) missed |= MISS_SLOT;
    for (uint32_t c = 0; c < node->call_count; c++)
        if (goes_past(s, node->first_call + c)) missed |= MISS_SLOT | MISS_CLOSURE;
    return missed;
}

static int is_stale(const struct stale *s, uint32_t number) {
    const struct call *call = &s->program->calls[number];
    const struct node *node = &s->program->nodes[call->node];
    if (call->class & CALL_ENDS) return 0;
    for (uint32_t c = number + 1; c < node->first_call + node->call_count; c++)
        if (goes_past(s, c)) return 1;
    return (missed_behind(s, node) & (call->class & CALL_READ ? MISS_CLOSURE : MISS_SLOT)) != 0;
}

static int concerned(const struct stale *s, const struct function *function) {
    for (uint32_t n = 0; n < function->node_count; n++)
        if (s->operated[function->first_node + n]) return 1;
    for (uint32_t c = 0; c < function->call_count; c++)
        if (goes_past(s, function->first_call + c)) return 1;
    return 0;
}

/* Behind a second return: the slots, and what the text calls behind it. */
static int stale_landing(const struct stale *s, uint32_t number) {
    const struct program *p = s->program;
    const struct node *node = &p->nodes[number];
    if (!node_lands(p, number)) return 0;
    for (uint32_t c = node->first_call; c < node->first_call + node->call_count; c++)
        if (goes_past(s, c)) return 1;
    return missed_behind(s, node) != 0;
}

static int stale_everywhere(const struct stale *s, const struct function *function) {
    if (!(function->attributes & FUNCTION_SETJMP)) return 0;
    for (uint32_t n = 0; n < function->node_count; n++)
        if (stale_landing(s, function->first_node + n)) return 1;
    return 0;
}

static void stale_in_function(struct stale *s, const struct function *function,
                              unsigned char *call_stale, unsigned char *frame_stale) {
    if (function->attributes & FUNCTION_BLIND || !concerned(s, function)) return;
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t n = function->first_node + function->node_count;
             n-- > function->first_node;) {
            unsigned missed = missed_from(s, n);
            changed |= missed != s->missed[n];
            s->missed[n] = (unsigned char)missed;
        }
    }
    int everywhere = stale_everywhere(s, function);
    *frame_stale = (unsigned char)everywhere;
    for (uint32_t c = 0; c < function->call_count; c++)
        if (everywhere || is_stale(s, function->first_call + c))
            call_stale[function->first_call + c] = 1;
}

static void mark_sets(struct stale *s) {
    for (uint32_t i = 0; i < s->graph->set_count; i++)
        for (uint32_t m = 0; m < s->graph->sets[i].count; m++) {
            uint32_t f = s->graph->members[s->graph->sets[i].first + m];
            int closure = s->program->functions[f].attributes & FUNCTION_CLOSURE;
            if (s->untested[f]) s->set_untested[i] |= closure ? OF_CLOSURE : OF_SHORTCUT;
        }
}

void stale_calls(const struct callgraph *graph, const struct operations *operations,
                 unsigned char *call_stale, unsigned char *frame_stale) {
    const struct program *p = graph->program;
    struct stale s = {.graph = graph, .program = p};
    s.operated = take(p->node_count, 1);
    s.missed = take(p->node_count, 1);
    s.untested = take(p->function_count, 1);
    s.set_untested = take(graph->set_count, 1);
    for (uint32_t i = 0; i < operations->count; i++) s.operated[operations->items[i].node] = 1;
    untested_with_slots(graph, operations, s.untested);
    mark_sets(&s);
    for (uint32_t f = 0; f < p->function_count; f++)
        stale_in_function(&s, &p->functions[f], call_stale, &frame_stale[f]);
    free(s.operated);
    free(s.missed);
    free(s.untested);
    free(s.set_untested);
}
