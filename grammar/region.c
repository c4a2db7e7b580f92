// SPDX-License-Identifier: MIT
/* region.c: see region.h. A work list of nodes; all state is bits that are only ever added. */
#include "region.h"
#include <stdlib.h>
#include "rt/plan.h"

/* Context and depth: Z1 is depth 1 in a function called at depth 0. Depth 0 is always possible and
 * needs no bit. */
enum {
    Z1 = 1,
    Z2 = 2,
    A1 = 4,
    A2 = 8,
    B1 = 16,
    B2 = 32,
    Z = Z1 | Z2,
    A = A1 | A2,
    B = B1 | B2,
    DEPTH_1 = Z1 | A1 | B1,
    DEPTH_2 = Z2 | A2 | B2
};
enum { CALLED_1 = 1, CALLED_2 = 2 }; /* in `entered`: called at depth 1, at more */

struct flow {
    const struct callgraph *graph;
    const struct program *program;
    unsigned char *enters, *leaves; /* per node */
    unsigned char *before, *behind; /* per node: state at its start; behind its slot */
    unsigned char *at_call;         /* per call: state while it lasts */
    unsigned char *out;             /* per function: states it can return in */
    unsigned char *set_out;         /* per set: states that any member can return in */
    unsigned char *landing;         /* per function that calls setjmp: states it can land in */
    unsigned char *queued;
    uint32_t *queue, depth;
    unsigned char *entered, *set_entered; /* CALLED_* */
    int frames;                           /* frame mode */
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

/* Does a call surely happen, and run only functions that we see? */
static int sure(const struct flow *f, uint32_t number) {
    const struct call *call = &f->program->calls[number];
    uint32_t set = f->graph->set_of[number];
    return call->class & CALL_MUST && !(call->class & (CALL_EXTERNAL | CALL_BACK)) &&
           call->how == CALL_DIRECT && f->graph->sets[set].count && !has_blind_member(f, set);
}

/* What callees that return at `out` make of `state`. */
static unsigned compose(unsigned state, unsigned out) {
    unsigned after = out & Z;
    for (unsigned context = 0; context < 6; context += 2) {
        unsigned depths = state >> context & 3, to = 0;
        if (depths & 1) to |= (out & A) >> 2;
        if (depths & 2) to |= (out & B) >> 4;
        after |= to << context;
    }
    return after;
}

static unsigned callee_out(const struct flow *f, uint32_t number) {
    const struct call *call = &f->program->calls[number];
    if (call->how == CALL_THREAD) return A1 | B2;
    return f->set_out[f->graph->set_of[number]] |
           (call->class & CALL_BACK ? f->set_out[f->graph->taken] : 0);
}

static unsigned through_call(struct flow *f, uint32_t number, unsigned state) {
    const struct call *call = &f->program->calls[number];
    unsigned after = compose(state, callee_out(f, number));
    if (!sure(f, number)) after |= state;
    f->at_call[number] |= (unsigned char)state;
    /* code that we do not see may call one function that enters, then another one */
    if (call->class & (CALL_EXTERNAL | CALL_BACK) || has_blind_member(f, f->graph->set_of[number]))
        f->at_call[number] |= (unsigned char)after;
    return after;
}

/* ---- returns --------------------------------------------------------------------------------- */

static void function_out(struct flow *f, uint32_t function, unsigned state);

static void call_returns(struct flow *f, uint32_t call) {
    const struct call *site = &f->program->calls[call];
    if (site->node != NONE)
        push(f, site->node);
    else if (callee_out(f, call) & Z)
        function_out(f, site->function, Z | A2);
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
            function_out(f, g, Z | A2);
}

static void function_out(struct flow *f, uint32_t function, unsigned state) {
    if ((f->out[function] | state) == f->out[function]) return;
    f->out[function] |= (unsigned char)state;
    for (uint32_t i = f->graph->first_set[function]; i < f->graph->first_set[function + 1]; i++)
        set_returns(f, f->graph->sets_of[i], state);
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static unsigned through_leave(const struct flow *f, unsigned state) {
    if (f->frames) return state & ~(unsigned)Z;
    return (state & DEPTH_2) | (state & DEPTH_2) >> 1;
}

static unsigned through_enter(const struct flow *f, unsigned state) {
    return state | Z1 | (f->frames ? 0 : (state & DEPTH_1) << 1);
}

/* A jump may come from everywhere in the function, and from below. What deeper frames hold ends
 * where it lands, what this one holds does not. Answers the states behind the node. */
static unsigned land(struct flow *f, uint32_t number, unsigned state, unsigned behind) {
    const struct program *p = f->program;
    uint32_t own = p->nodes[number].function;
    const struct function *function = &p->functions[own];
    if ((f->landing[own] | state) != f->landing[own]) {
        f->landing[own] |= (unsigned char)state;
        for (uint32_t n = function->first_node; n < function->first_node + function->node_count;
             n++)
            if (node_lands(p, n)) push(f, n);
    }
    return node_lands(p, number) ? behind | f->landing[own] : behind;
}

static void visit(struct flow *f, uint32_t number) {
    const struct node *node = &f->program->nodes[number];
    unsigned state = f->before[number];
    if (f->leaves[number]) state = through_leave(f, state);
    if (f->enters[number]) state = through_enter(f, state);
    f->behind[number] |= (unsigned char)state;
    if (node_lands(f->program, number)) state |= f->landing[node->function];
    for (uint32_t c = 0; c < node->call_count; c++)
        state = through_call(f, node->first_call + c, state);
    if (f->program->functions[node->function].attributes & FUNCTION_SETJMP)
        state = land(f, number, f->before[number] | f->behind[number] | state, state);
    if (node->kind == NODE_EXIT) function_out(f, node->function, state);
    for (uint32_t i = 0; i < node->next_count; i++)
        add(f, f->program->next[node->first_next + i], state);
}

static void run(struct flow *f) {
    const struct program *p = f->program;
    for (uint32_t g = 0; g < p->function_count; g++) {
        if (p->functions[g].attributes & FUNCTION_BLIND)
            function_out(f, g, A1 | B);
        else
            add(f, p->functions[g].first_node, A1 | B2);
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

static void enter_function(struct flow *f, uint32_t function, unsigned called) {
    if ((f->entered[function] | called) == f->entered[function]) return;
    f->entered[function] |= (unsigned char)called;
    if (f->queued[function]) return;
    f->queued[function] = 1;
    f->queue[f->depth++] = function;
}

static void enter_set(struct flow *f, uint32_t set, unsigned called) {
    if ((f->set_entered[set] | called) == f->set_entered[set]) return;
    f->set_entered[set] |= (unsigned char)called;
    for (uint32_t i = 0; i < f->graph->sets[set].count; i++)
        enter_function(f, f->graph->members[f->graph->sets[set].first + i], called);
}

static void enter_call(struct flow *f, uint32_t call, unsigned called) {
    if (!called) return;
    if (f->program->calls[call].how != CALL_THREAD) enter_set(f, f->graph->set_of[call], called);
    if (f->program->calls[call].class & CALL_BACK) enter_set(f, f->graph->taken, called);
}

/* The states that count in a function. */
static unsigned counting(const struct flow *f, uint32_t function) {
    return Z | (f->entered[function] & CALLED_1 ? A : 0u) |
           (f->entered[function] & CALLED_2 ? B : 0u);
}

static unsigned called_at(const struct flow *f, uint32_t call) {
    unsigned state = f->at_call[call] & counting(f, f->program->calls[call].function);
    return (state & DEPTH_1 ? CALLED_1 : 0u) | (state & DEPTH_2 ? CALLED_2 : 0u);
}

/* The queue holds functions now; it and `queued` have room for as many. */
static void run_entered(struct flow *f) {
    const struct program *p = f->program;
    for (uint32_t c = 0; c < p->call_count; c++) enter_call(f, c, called_at(f, c));
    while (f->depth) {
        uint32_t number = f->queue[--f->depth];
        const struct function *function = &p->functions[number];
        int blind = (function->attributes & FUNCTION_BLIND) != 0;
        f->queued[number] = 0;
        for (uint32_t c = function->first_call; c < function->first_call + function->call_count;
             c++)
            enter_call(f, c, blind ? f->entered[number] : called_at(f, c));
        if (blind && !(function->attributes & FUNCTION_LISTED))
            enter_set(f, f->graph->every, f->entered[number]);
    }
}

static void collect(const struct flow *f, unsigned char *node_inside, unsigned char *call_inside) {
    const struct program *p = f->program;
    for (uint32_t n = 0; n < p->node_count; n++)
        if ((f->before[n] | f->behind[n]) & counting(f, p->nodes[n].function)) node_inside[n] = 1;
    for (uint32_t c = 0; c < p->call_count; c++)
        if (called_at(f, c)) call_inside[c] = 1;
}

static uint32_t keeping_handler(const struct flow *f) {
    for (uint32_t g = 0; g < f->program->function_count; g++)
        if (f->program->functions[g].attributes & FUNCTION_HANDLER && f->out[g] & Z) return g;
    return NONE;
}

static void flow_make(struct flow *f, const struct callgraph *graph,
                      const struct operations *operations, uint16_t region) {
    const struct program *p = graph->program;
    *f = (struct flow){.graph = graph, .program = p};
    unsigned char *bytes = take((size_t)p->node_count * 5 + p->call_count +
                                    (size_t)p->function_count * 4 + (size_t)graph->set_count * 2,
                                1);
    f->enters = bytes; /* the first: flow_free */
    f->leaves = f->enters + p->node_count;
    f->before = f->leaves + p->node_count;
    f->behind = f->before + p->node_count;
    f->queued = f->behind + p->node_count;
    f->at_call = f->queued + p->node_count + p->function_count;
    f->out = f->at_call + p->call_count;
    f->landing = f->out + p->function_count;
    f->entered = f->landing + p->function_count;
    f->set_out = f->entered + p->function_count;
    f->set_entered = f->set_out + graph->set_count;
    f->queue = take((size_t)p->node_count + p->function_count, sizeof *f->queue);
    for (uint32_t i = 0; i < operations->count; i++) {
        const struct operation *item = &operations->items[i];
        if (item->region != region) continue;
        (item->kind == LOOM_ENTER ? f->enters : f->leaves)[item->node] = 1;
        if (item->kind == LOOM_LEAVE && !(item->flags & LOOM_OP_ANY_FRAME)) f->frames = 1;
    }
    run(f);
    run_entered(f);
}

static void flow_free(struct flow *f) {
    free(f->queue);
    free(f->enters);
}

static unsigned char exact(const struct flow *f, uint32_t function, unsigned state) {
    state &= counting(f, function);
    return (unsigned char)((state & Z ? INSIDE_OWN : 0) | (state & (A | B) ? INSIDE_CALLED : 0));
}

static void collect_exact(const struct flow *f, unsigned char *slots, unsigned char *calls) {
    const struct program *p = f->program;
    for (uint32_t n = 0; n < p->node_count; n++) {
        unsigned state = f->leaves[n] ? through_leave(f, f->before[n]) : f->before[n];
        slots[n] = exact(f, p->nodes[n].function, state);
    }
    for (uint32_t c = 0; c < p->call_count; c++)
        calls[c] = exact(f, p->calls[c].function, f->at_call[c]);
}

uint32_t region_flow(const struct callgraph *graph, const struct operations *operations,
                     uint16_t region, unsigned char *node_inside, unsigned char *call_inside,
                     unsigned char *exact_slots, unsigned char *exact_calls) {
    struct flow f;
    flow_make(&f, graph, operations, region);
    if (node_inside) collect(&f, node_inside, call_inside);
    if (exact_slots) collect_exact(&f, exact_slots, exact_calls);
    uint32_t keeping = keeping_handler(&f);
    flow_free(&f);
    return keeping;
}
