// SPDX-License-Identifier: MIT
/* analyse.c: see analyse.h. */
#include "analyse.h"
#include <stdlib.h>
#include <string.h>
#include "reach.h"
#include "region.h"
#include "stale.h"

static void take_insides(const struct operations *operations, struct analysis *a) {
    if (operations->order || a->insides) return;
    a->inside_count = operations->regions;
    a->insides = take(operations->regions, sizeof *a->insides);
}

static void mark_inside(const struct callgraph *graph, const struct operations *operations,
                        struct analysis *a) {
    take_insides(operations, a);
    for (uint16_t region = 0; region < a->inside_count; region++) {
        struct inside *inside = &a->insides[region];
        inside->slots = take(graph->program->node_count, 1);
        inside->calls = take(graph->program->call_count, 1);
        uint32_t keeping = region_flow(graph, operations, region, a->nodes, a->calls, inside->slots,
                                       inside->calls);
        if (a->keeping == NONE) a->keeping = keeping;
    }
    for (uint32_t i = 0; i < operations->count; i++)
        a->nodes[operations->items[i].node] |= UNSAFE_OWN_SLOT;
}

/* All points of the functions in `reached`. */
static void mark_functions(const struct program *p, const unsigned char *reached, int reason,
                           struct analysis *a) {
    for (uint32_t f = 0; f < p->function_count; f++) {
        const struct function *function = &p->functions[f];
        if (!reached[f]) continue;
        for (uint32_t n = 0; n < function->node_count; n++)
            a->nodes[function->first_node + n] |= (unsigned char)reason;
        for (uint32_t c = 0; c < function->call_count; c++)
            a->calls[function->first_call + c] |= (unsigned char)reason;
    }
}

static void mark_stale(const struct callgraph *graph, const struct operations *operations,
                       struct analysis *a) {
    const struct program *p = graph->program;
    unsigned char *stale = take(p->call_count, 1), *frames = take(p->function_count, 1);
    unsigned char *reached = take(p->function_count, 1), *done = take(graph->set_count, 1);
    stale_calls(graph, operations, stale, frames);
    for (uint32_t c = 0; c < p->call_count; c++) {
        if (!stale[c]) continue;
        a->calls[c] |= UNSAFE_STALE;
        reach_from_call(graph, c, reached, done);
    }
    mark_functions(p, reached, UNSAFE_BELOW_STALE, a);
    mark_functions(p, frames, UNSAFE_STALE, a);
    free(frames);
    free(stale);
    free(reached);
    free(done);
}

static void mark_handlers(const struct callgraph *graph, struct analysis *a) {
    const struct program *p = graph->program;
    unsigned char *reached = take(p->function_count, 1), *done = take(graph->set_count, 1);
    for (uint32_t f = 0; f < p->function_count; f++)
        if (p->functions[f].attributes & FUNCTION_HANDLER)
            reach_from_function(graph, f, reached, done);
    mark_functions(p, reached, UNSAFE_HANDLER, a);
    free(reached);
    free(done);
}

/* Can code that runs behind the back of an external call be at an unsafe place? Called when all
 * other reasons are known; a handler may be anywhere anyhow. */
static int callbacks_at_risk(const struct callgraph *graph, const struct analysis *a) {
    const struct program *p = graph->program;
    unsigned char *reached = take(p->function_count, 1), *done = take(graph->set_count, 1);
    const int harmless = UNSAFE_HANDLER;
    int risk = 0;
    for (uint32_t f = 0; f < p->function_count; f++)
        if ((p->functions[f].attributes & (FUNCTION_TAKEN | FUNCTION_BOUNDARY)) == FUNCTION_TAKEN)
            reach_from_function(graph, f, reached, done);
    for (uint32_t n = 0; n < p->node_count; n++)
        risk |= reached[p->nodes[n].function] && a->nodes[n] & ~harmless;
    for (uint32_t c = 0; c < p->call_count; c++)
        risk |= reached[p->calls[c].function] && a->calls[c] & ~harmless;
    free(reached);
    free(done);
    return risk;
}

static void mark_callbacks(const struct callgraph *graph, struct analysis *a) {
    const struct program *p = graph->program;
    if (!callbacks_at_risk(graph, a)) return;
    for (uint32_t c = 0; c < p->call_count; c++)
        if (p->calls[c].class & CALL_BACK && p->calls[c].point != NONE)
            a->calls[c] |= UNSAFE_CALLBACK;
}

/* An untested call asks the caller's flag: whoever makes one goes slow. 0: one of them cannot.
 * seen: functions whose callers were looked at. */
static int slow_callers(const struct callgraph *graph, uint32_t function, unsigned char *seen,
                        unsigned char *slow) {
    const struct program *p = graph->program;
    int all = 1;
    if (seen[function]) return 1;
    seen[function] = 1;
    for (uint32_t i = graph->first_set[function]; i < graph->first_set[function + 1]; i++) {
        const struct set *set = &graph->sets[graph->sets_of[i]];
        if (graph->sets_of[i] == graph->every) continue;
        for (uint32_t c = 0; c < set->call_count; c++) {
            const struct call *call = &p->calls[graph->callers[set->first_call + c]];
            const struct function *caller = &p->functions[call->function];
            if (!call_is_untested(call, &p->functions[function])) continue;
            if (caller->attributes & FUNCTION_LEFT || call->class & CALL_QUICK) all = 0;
            if (caller->attributes & FUNCTION_LEFT) continue;
            slow[call->function] = 1;
            all &= slow_callers(graph, call->function, seen, slow);
        }
    }
    return all;
}

static void mark_slow(const struct callgraph *graph, const struct operations *operations,
                      struct analysis *a) {
    const struct program *p = graph->program;
    unsigned char *seen = take(p->function_count, 1);
    for (uint32_t i = 0; i < operations->count; i++) {
        uint32_t function = p->nodes[operations->items[i].node].function;
        a->slow[function] = 1;
        memset(seen, 0, p->function_count);
        if (!slow_callers(graph, function, seen, a->slow)) a->not_slow[function] = 1;
    }
    free(seen);
}

static void count(const struct program *p, struct analysis *a) {
    for (uint32_t n = 0; n < p->node_count; n++) {
        if (!is_pause_node(&p->nodes[n])) continue;
        a->points++;
        a->unsafe += a->nodes[n] != 0;
    }
    for (uint32_t c = 0; c < p->call_count; c++) {
        if (p->calls[c].point == NONE) continue;
        a->points++;
        a->unsafe += a->calls[c] != 0;
    }
}

void analyse(const struct callgraph *graph, const struct operations *operations,
             struct analysis *analysis) {
    const struct program *p = graph->program;
    *analysis = (struct analysis){.nodes = take(p->node_count, 1),
                                  .calls = take(p->call_count, 1),
                                  .slow = take(p->function_count, 1),
                                  .not_slow = take(p->function_count, 1),
                                  .keeping = NONE};
    mark_inside(graph, operations, analysis);
    mark_stale(graph, operations, analysis);
    mark_handlers(graph, analysis);
    mark_callbacks(graph, analysis);
    mark_slow(graph, operations, analysis);
    if (operations->order)
        reach_links(graph, operations, &analysis->reach_nodes, &analysis->reach_calls);
    count(p, analysis);
}

void analysis_insides(const struct callgraph *graph, const struct operations *operations,
                      struct analysis *analysis) {
    take_insides(operations, analysis);
    for (uint16_t region = 0; region < analysis->inside_count; region++)
        inside_make(&analysis->insides[region], graph, operations, region);
}

void analysis_free(struct analysis *analysis) {
    for (uint16_t region = 0; region < analysis->inside_count; region++)
        inside_free(&analysis->insides[region]);
    free(analysis->insides);
    free(analysis->nodes);
    free(analysis->calls);
    free(analysis->slow);
    free(analysis->not_slow);
    free(analysis->reach_nodes);
    free(analysis->reach_calls);
    *analysis = (struct analysis){0};
}
