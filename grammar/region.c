// SPDX-License-Identifier: MIT
/* region.c: see region.h. A work list of nodes; all state is bits that are only ever added. */
#include "region.h"
#include <stdlib.h>
#include "rt/plan.h"

enum { Z = 1, I = 2 };

struct flow {
    const struct callgraph *graph;
    const struct program *program;
    unsigned char *enters, *leaves; /* per node */
    unsigned char *before, *behind; /* per node: state at its start; behind its slot */
    unsigned char *at_call;         /* per call: state while it lasts */
    unsigned char *out;             /* per function: states it can return in */
    unsigned char *set_out;         /* per set: states that any member can return in */
    unsigned char *queued;
    uint32_t *queue, depth;
    unsigned char *entered, *set_entered; /* functions called inside */
};

static void push(struct flow *f, uint32_t node) {
    if (f->queued[node]) return;
    f->queued[node] = 1;
    f->queue[f->depth++] = node;
}

static void add(struct flow *f, uint32_t node, unsigned state) {
    if ((f->before[node] | state) == f->before[node]) return;
    f->before[node] |= (unsigned char)state;
    push(f, node);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static int has_blind_member(const struct flow *f, uint32_t set) {
    const struct set *members = &f->graph->sets[set];
    for (uint32_t i = 0; i < members->count; i++) {
        uint32_t function = f->graph->members[members->first + i];
        if (f->program->functions[function].attributes & FUNCTION_BLIND) return 1;
    }
    return 0;
}

/* Can a call that begins inside end inside? Not if it surely calls functions that all leave. */
static int passes(const struct flow *f, uint32_t number) {
    const struct call *call = &f->program->calls[number];
    uint32_t set = f->graph->set_of[number];
    if (!(call->class & CALL_MUST) || call->class & (CALL_EXTERNAL | CALL_BACK)) return 1;
    if (call->how != CALL_DIRECT || f->graph->sets[set].count == 0) return 1;
    return f->set_out[set] || has_blind_member(f, set);
}

/* Can a call that begins outside end inside? */
static int enters(const struct flow *f, uint32_t number) {
    const struct call *call = &f->program->calls[number];
    if (call->how == CALL_THREAD) return 0;
    return (f->set_out[f->graph->set_of[number]] & Z) ||
           (call->class & CALL_BACK && f->set_out[f->graph->taken] & Z);
}

static unsigned through_call(struct flow *f, uint32_t number, unsigned state) {
    const struct call *call = &f->program->calls[number];
    unsigned after = passes(f, number) ? state : 0;
    if (enters(f, number)) after |= Z;
    f->at_call[number] |= (unsigned char)state;
    /* code that we do not see may call one function that enters, then another one */
    if (call->class & (CALL_EXTERNAL | CALL_BACK) ||
        has_blind_member(f, f->graph->set_of[number]))
        f->at_call[number] |= (unsigned char)after;
    return after;
}

/* ---- returns --------------------------------------------------------------------------------- */

static void function_out(struct flow *f, uint32_t function, unsigned state);

static void call_returns(struct flow *f, uint32_t call) {
    const struct call *site = &f->program->calls[call];
    if (site->node != NONE) push(f, site->node);
    else if (enters(f, call)) function_out(f, site->function, Z);
}

static void set_returns(struct flow *f, uint32_t set, unsigned state) {
    if ((f->set_out[set] | state) == f->set_out[set]) return;
    f->set_out[set] |= (unsigned char)state;
    const struct set *callers = &f->graph->sets[set];
    for (uint32_t i = 0; i < callers->call_count; i++)
        call_returns(f, f->graph->callers[callers->first_call + i]);
    if (set != f->graph->every || !(state & Z)) return;
    for (uint32_t g = 0; g < f->program->function_count; g++)
        if ((f->program->functions[g].attributes & (FUNCTION_BLIND | FUNCTION_LISTED)) ==
            FUNCTION_BLIND)
            function_out(f, g, Z);
}

static void function_out(struct flow *f, uint32_t function, unsigned state) {
    if ((f->out[function] | state) == f->out[function]) return;
    f->out[function] |= (unsigned char)state;
    for (uint32_t i = f->graph->first_set[function]; i < f->graph->first_set[function + 1]; i++)
        set_returns(f, f->graph->sets_of[i], state);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static void visit(struct flow *f, uint32_t number) {
    const struct node *node = &f->program->nodes[number];
    unsigned state = f->leaves[number] ? 0 : f->before[number];
    if (f->enters[number]) state |= Z;
    f->behind[number] |= (unsigned char)state;
    for (uint32_t c = 0; c < node->call_count; c++)
        state = through_call(f, node->first_call + c, state);
    if (node->kind == NODE_EXIT) function_out(f, node->function, state);
    for (uint32_t i = 0; i < node->next_count; i++)
        add(f, f->program->next[node->first_next + i], state);
}

static void run(struct flow *f) {
    const struct program *p = f->program;
    for (uint32_t g = 0; g < p->function_count; g++) {
        if (p->functions[g].attributes & FUNCTION_BLIND) function_out(f, g, I);
        else add(f, p->functions[g].first_node, I);
    }
    for (uint32_t n = 0; n < p->node_count; n++)
        if (f->enters[n]) push(f, n);
    while (f->depth) {
        uint32_t node = f->queue[--f->depth];
        f->queued[node] = 0;
        visit(f, node);
    }
}

/* ---- what is called inside ------------------------------------------------------------------- */

static void enter_function(struct flow *f, uint32_t function) {
    if (f->entered[function]) return;
    f->entered[function] = 1;
    f->queue[f->depth++] = function;
}

static void enter_set(struct flow *f, uint32_t set) {
    if (f->set_entered[set]) return;
    f->set_entered[set] = 1;
    for (uint32_t i = 0; i < f->graph->sets[set].count; i++)
        enter_function(f, f->graph->members[f->graph->sets[set].first + i]);
}

static void enter_call(struct flow *f, uint32_t call) {
    enter_set(f, f->graph->set_of[call]);
    if (f->program->calls[call].class & CALL_BACK) enter_set(f, f->graph->taken);
}

/* The queue holds functions now; it has room for one entry per node and per function. */
static void run_entered(struct flow *f) {
    const struct program *p = f->program;
    for (uint32_t c = 0; c < p->call_count; c++)
        if (f->at_call[c] & Z) enter_call(f, c);
    while (f->depth) {
        const struct function *function = &p->functions[f->queue[--f->depth]];
        int blind = (function->attributes & FUNCTION_BLIND) != 0;
        for (uint32_t i = 0; i < function->call_count; i++)
            if (blind || f->at_call[function->first_call + i])
                enter_call(f, function->first_call + i);
        if (blind && !(function->attributes & FUNCTION_LISTED)) enter_set(f, f->graph->every);
    }
}

static void collect(const struct flow *f, unsigned char *node_inside, unsigned char *call_inside) {
    const struct program *p = f->program;
    for (uint32_t n = 0; n < p->node_count; n++) {
        unsigned counts = f->entered[p->nodes[n].function] ? Z | I : Z;
        if ((f->before[n] | f->behind[n]) & counts) node_inside[n] = 1;
    }
    for (uint32_t c = 0; c < p->call_count; c++)
        if (f->at_call[c] & (f->entered[p->calls[c].function] ? Z | I : Z)) call_inside[c] = 1;
}

void region_flow(const struct callgraph *graph, const struct operations *operations,
                 uint16_t region, unsigned char *node_inside, unsigned char *call_inside) {
    const struct program *p = graph->program;
    struct flow f = {.graph = graph, .program = p};
    unsigned char *bytes = take((size_t)p->node_count * 5 + p->call_count +
                                    (size_t)p->function_count * 2 + (size_t)graph->set_count * 2,
                                1);
    f.enters = bytes;
    f.leaves = f.enters + p->node_count;
    f.before = f.leaves + p->node_count;
    f.behind = f.before + p->node_count;
    f.queued = f.behind + p->node_count;
    f.at_call = f.queued + p->node_count;
    f.out = f.at_call + p->call_count;
    f.entered = f.out + p->function_count;
    f.set_out = f.entered + p->function_count;
    f.set_entered = f.set_out + graph->set_count;
    f.queue = take((size_t)p->node_count + p->function_count, sizeof *f.queue);
    for (uint32_t i = 0; i < operations->count; i++) {
        const struct operation *item = &operations->items[i];
        if (item->region != region) continue;
        (item->kind == LOOM_ENTER ? f.enters : f.leaves)[item->node] = 1;
    }
    run(&f);
    run_entered(&f);
    collect(&f, node_inside, call_inside);
    free(f.queue);
    free(bytes);
}
