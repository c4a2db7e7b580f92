// SPDX-License-Identifier: MIT
/*
 * reach.c: see reach.h. Backwards, in two rounds: first what can be reached without going back to
 * a caller, which says what a call can reach; then what a return adds. In one round, two callers
 * of a function would look as if one could go on behind the other's call.
 */
#include "reach.h"
#include <stdlib.h>
#include <string.h>
#include "rt/plan.h"

struct reaching {
    const struct callgraph *graph;
    const struct program *program;
    struct reach *result;
    int follow;
    uint32_t *first_before, *before; /* predecessors, per node */
    unsigned char *down, *set_down;  /* a call of the function, of the set, can */
    unsigned char *up, *set_up;      /* behind the return of the function, of the set's, it can */
    unsigned char *later;            /* per call: behind it */
    int round, leaving;          /* leaving: what runs at the end of threads and processes can */
    uint32_t *queue, depth;      /* nodes */
    uint32_t *functions, height; /* functions whose down (up, in the second round) is new */
};

/* ---- calls ----------------------------------------------------------------------------------- */

static int is_named(const struct program *p, const struct call *call, const char *const *names) {
    if (call->how == CALL_INDIRECT || call->callee == NONE) return 0;
    for (; *names; names++)
        if (strcmp(p->names.texts[call->callee], *names) == 0) return 1;
    return 0;
}

/* Goes on in the middle of any function. */
static int switches(const struct program *p, const struct call *call) {
    static const char *const names[] = {"swapcontext", "setcontext", NULL};
    return is_named(p, call, names);
}

/* Can what is called come to a target? */
static int can_inside(const struct reaching *r, uint32_t number) {
    const struct call *call = &r->program->calls[number];
    if (call->class & CALL_BACK && r->set_down[r->graph->taken]) return 1;
    if (switches(r->program, call)) return 1;
    return (call->how != CALL_THREAD || r->follow) && r->set_down[r->graph->set_of[number]];
}

static int is_open(const struct function *function) { /* may call everything */
    return (function->attributes & (FUNCTION_BLIND | FUNCTION_LISTED)) == FUNCTION_BLIND;
}

/* Code that is not seen may call several functions, one after the other. */
static int calls_again(const struct reaching *r, uint32_t number) {
    const struct set *set = &r->graph->sets[r->graph->set_of[number]];
    if (r->program->calls[number].class & (CALL_EXTERNAL | CALL_BACK)) return 1;
    for (uint32_t i = 0; i < set->count; i++)
        if (is_open(&r->program->functions[r->graph->members[set->first + i]])) return 1;
    return 0;
}

/* ---- functions that are called from where nobody sees ---------------------------------------- */

/* Runs when the process ends, or a thread (destructors of its data), or before main. */
static int may_run_at_end(const struct program *p, const struct function *function) {
    static const char *const types[] = {"void (void)", "void (void *)", "void (int, void *)"};
    if (!(function->attributes & FUNCTION_TAKEN)) return 0;
    if (function->attributes & FUNCTION_ANY_TYPE || function->type == NONE) return 1;
    const char *type = p->names.texts[function->type];
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0) return 1;
    return strcmp(type, "?") == 0 || strstr(type, "()");
}

static int is_main(const struct program *p, uint32_t f) {
    return strcmp(function_name(p, f), "main") == 0;
}

static int has_caller(const struct callgraph *graph, uint32_t f) {
    for (uint32_t i = graph->first_set[f]; i < graph->first_set[f + 1]; i++)
        if (graph->sets[graph->sets_of[i]].call_count) return 1;
    return 0;
}

/* Functions of a library, called by programs that were not rewritten. */
static int called_from_outside(const struct reaching *r, uint32_t f, int main_seen) {
    uint32_t attributes = r->program->functions[f].attributes;
    if (main_seen)
        return !(attributes & FUNCTION_STATIC) && !has_caller(r->graph, f) &&
               !is_main(r->program, f);
    return !(attributes & FUNCTION_STATIC) || attributes & FUNCTION_TAKEN;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static void add_front(struct reaching *r, uint32_t node) {
    if (r->result->front[node]) return;
    r->result->front[node] = 1;
    r->queue[r->depth++] = node;
}

static void add_behind(struct reaching *r, uint32_t node) {
    r->result->behind[node] = 1;
    add_front(r, node);
}

static void make_before(struct reaching *r) {
    const struct program *p = r->program;
    r->first_before = take((size_t)p->node_count + 2, sizeof *r->first_before);
    r->before = take(p->next_count, sizeof *r->before);
    uint32_t *first = r->first_before + 1; /* shifted: filled by counting up */
    for (uint32_t i = 0; i < p->next_count; i++) first[p->next[i] + 1]++;
    for (uint32_t n = 0; n < p->node_count; n++) first[n + 1] += first[n];
    for (uint32_t n = 0; n < p->node_count; n++)
        for (uint32_t i = 0; i < p->nodes[n].next_count; i++)
            r->before[first[p->next[p->nodes[n].first_next + i]]++] = n;
}

/* ---- first round: calls ---------------------------------------------------------------------- */

static void function_down(struct reaching *r, uint32_t f) {
    if (r->down[f]) return;
    r->down[f] = 1;
    r->functions[r->height++] = f;
}

static void call_down(struct reaching *r, uint32_t number) {
    const struct call *call = &r->program->calls[number];
    if (!can_inside(r, number)) return;
    if (call->node == NONE)
        function_down(r, call->function);
    else
        add_behind(r, call->node);
}

static void set_down(struct reaching *r, uint32_t number) {
    const struct set *set = &r->graph->sets[number];
    if (r->set_down[number]) return;
    r->set_down[number] = 1;
    for (uint32_t i = 0; i < set->call_count; i++)
        call_down(r, r->graph->callers[set->first_call + i]);
    for (uint32_t f = 0; number == r->graph->every && f < r->program->function_count; f++)
        if (is_open(&r->program->functions[f])) function_down(r, f);
}

static void callers_down(struct reaching *r, uint32_t f) {
    for (uint32_t i = r->graph->first_set[f]; i < r->graph->first_set[f + 1]; i++)
        set_down(r, r->graph->sets_of[i]);
    r->leaving |= may_run_at_end(r->program, &r->program->functions[f]);
}

/* ---- second round: returns ------------------------------------------------------------------- */

static void function_up(struct reaching *r, uint32_t f) {
    if (r->up[f]) return;
    r->up[f] = 1;
    r->functions[r->height++] = f;
}

static void set_up(struct reaching *r, uint32_t number) {
    const struct set *set = &r->graph->sets[number];
    if (r->set_up[number]) return;
    r->set_up[number] = 1;
    for (uint32_t i = 0; i < set->count; i++) function_up(r, r->graph->members[set->first + i]);
}

static void call_later(struct reaching *r, uint32_t number) {
    const struct call *call = &r->program->calls[number];
    if (r->later[number]) return;
    r->later[number] = 1;
    if (call->how != CALL_THREAD) set_up(r, r->graph->set_of[number]);
    if (call->class & CALL_BACK) set_up(r, r->graph->taken);
}

static void blind_later(struct reaching *r, uint32_t f) {
    const struct function *function = &r->program->functions[f];
    if (!r->up[f] && !r->down[f]) return;
    for (uint32_t i = 0; i < function->call_count; i++) call_later(r, function->first_call + i);
    if (is_open(function)) set_up(r, r->graph->every);
}

/* What the calls of a node return to. */
static void look_behind(struct reaching *r, uint32_t number) {
    const struct program *p = r->program;
    const struct node *node = &p->nodes[number];
    int can = node->kind == NODE_EXIT && r->up[node->function];
    for (uint32_t i = 0; i < node->next_count; i++)
        can |= r->result->front[p->next[node->first_next + i]];
    for (uint32_t c = node->first_call + node->call_count; c-- > node->first_call;) {
        int inside = can_inside(r, c);
        if (can || (inside && calls_again(r, c))) call_later(r, c);
        can |= inside;
    }
}

static void exits_up(struct reaching *r, uint32_t f) {
    const struct function *function = &r->program->functions[f];
    if (function->attributes & FUNCTION_BLIND) blind_later(r, f);
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        if (r->program->nodes[n].kind != NODE_EXIT) continue;
        add_behind(r, n);
        look_behind(r, n);
    }
}

/* Both rounds: a node from which a target can be reached. */
static void visit(struct reaching *r, uint32_t number) {
    uint32_t f = r->program->nodes[number].function;
    if (r->round == 1 && number == r->program->functions[f].first_node) function_down(r, f);
    for (uint32_t i = r->first_before[number]; i < r->first_before[number + 1]; i++) {
        add_behind(r, r->before[i]);
        if (r->round == 2) look_behind(r, r->before[i]);
    }
}

static void run(struct reaching *r) {
    while (r->depth || r->height) {
        while (r->depth) visit(r, r->queue[--r->depth]);
        if (!r->height) break;
        uint32_t f = r->functions[--r->height];
        if (r->round == 1)
            callers_down(r, f);
        else
            exits_up(r, f);
    }
}

/* What unseen callers go on to. */
static void return_to_unseen(struct reaching *r) {
    const struct program *p = r->program;
    int main_seen = 0, main_down = 0, outside = 0;
    for (uint32_t f = 0; f < p->function_count; f++) {
        main_seen |= is_main(p, f);
        main_down |= is_main(p, f) && r->down[f];
    }
    for (uint32_t f = 0; f < p->function_count; f++)
        outside |= r->down[f] && called_from_outside(r, f, main_seen);
    for (uint32_t f = 0; f < p->function_count; f++) {
        if (is_main(p, f) && r->leaving) function_up(r, f);
        if (may_run_at_end(p, &p->functions[f]) && (r->leaving || main_down)) function_up(r, f);
        if (outside && called_from_outside(r, f, main_seen)) function_up(r, f);
    }
    for (uint32_t c = 0; c < p->call_count && r->leaving; c++)
        if (p->calls[c].how == CALL_THREAD) set_up(r, r->graph->set_of[c]);
}

static void second_round(struct reaching *r) {
    const struct program *p = r->program;
    r->round = 2;
    return_to_unseen(r);
    for (uint32_t n = 0; n < p->node_count; n++)
        if (p->nodes[n].call_count) look_behind(r, n);
    for (uint32_t f = 0; f < p->function_count; f++)
        if (p->functions[f].attributes & FUNCTION_BLIND) blind_later(r, f);
    run(r);
}

/* ---- jumps and handlers ---------------------------------------------------------------------- */

static void all_of(struct reaching *r, const unsigned char *functions) {
    const struct program *p = r->program;
    for (uint32_t f = 0; f < p->function_count; f++) {
        const struct function *function = &p->functions[f];
        if (!functions[f]) continue;
        memset(r->result->front + function->first_node, 1, function->node_count);
        memset(r->result->behind + function->first_node, 1, function->node_count);
        memset(r->later + function->first_call, 1, function->call_count);
    }
}

/* A function that calls setjmp can go on in its middle as long as it runs. And what a handler
 * interrupted nobody knows. */
static void add_jumps(struct reaching *r) {
    const struct program *p = r->program;
    unsigned char *reached = take(p->function_count, 1), *done = take(r->graph->set_count, 1);
    for (uint32_t f = 0; f < p->function_count; f++) {
        const struct function *function = &p->functions[f];
        int can = (function->attributes & FUNCTION_HANDLER) != 0;
        for (uint32_t n = 0; function->attributes & FUNCTION_SETJMP && n < function->node_count;
             n++)
            can |= r->result->front[function->first_node + n];
        if (can) reach_from_function(r->graph, f, reached, done);
    }
    all_of(r, reached);
    free(reached);
    free(done);
}

/* May a library that was given functions run them in threads that nobody has seen? It may if
 * loom-rewrite knows nothing of it. */
static int strangers_can(const struct reaching *r) {
    const struct program *p = r->program;
    static const char *const timers[] = {"timer_create", "mq_notify", NULL};
    unsigned char *starts = take(p->function_count, 1);
    int given = 0, can = 0;
    for (uint32_t c = 0; c < p->call_count; c++) {
        const uint32_t unknown = CALL_EXTERNAL | CALL_BLOCKS | CALL_IDLES | CALL_BACK;
        const struct call *call = &p->calls[c];
        const struct set *set = &r->graph->sets[r->graph->set_of[c]];
        given |= (call->class & unknown) == unknown || is_named(p, call, timers);
        for (uint32_t i = 0; i < set->count && call->how == CALL_THREAD; i++)
            if (call->callee != NONE) starts[r->graph->members[set->first + i]] = 1;
    }
    for (uint32_t f = 0; f < p->function_count && given; f++)
        can |= r->down[f] && p->functions[f].attributes & FUNCTION_TAKEN && !starts[f];
    free(starts);
    return can;
}

static int from_everywhere(const struct reaching *r) {
    const struct program *p = r->program;
    for (uint32_t f = 0; f < p->function_count; f++)
        if (r->down[f] && p->functions[f].attributes & FUNCTION_HANDLER) return 1;
    return r->follow && strangers_can(r);
}

/* ---- all ------------------------------------------------------------------------------------- */

static void compute(struct reaching *r, const unsigned char *target) {
    const struct program *p = r->program;
    int any = 0;
    for (uint32_t n = 0; n < p->node_count; n++) {
        if (!target[n]) continue;
        any = 1;
        add_front(r, n);
    }
    if (!any) return;
    r->round = 1;
    for (uint32_t c = 0; c < p->call_count; c++)
        if (switches(p, &p->calls[c])) call_down(r, c);
    run(r);
    if (from_everywhere(r)) {
        memset(r->result->front, 1, p->node_count);
        memset(r->result->behind, 1, p->node_count);
        memset(r->later, 1, p->call_count);
    } else {
        second_round(r);
        add_jumps(r);
    }
    for (uint32_t c = 0; c < p->call_count; c++)
        r->result->calls[c] = (unsigned char)(r->later[c] || can_inside(r, c));
}

void reach_make(struct reach *reach, const struct callgraph *graph, const unsigned char *target,
                int follow) {
    const struct program *p = graph->program;
    struct reaching r = {.graph = graph, .program = p, .result = reach, .follow = follow};
    *reach = (struct reach){take(p->node_count, 1), take(p->node_count, 1), take(p->call_count, 1)};
    r.down = take((size_t)p->function_count * 2 + (size_t)graph->set_count * 2, 1);
    r.up = r.down + p->function_count;
    r.set_down = r.up + p->function_count;
    r.set_up = r.set_down + graph->set_count;
    r.later = take(p->call_count, 1);
    r.queue = take(p->node_count, sizeof *r.queue);
    r.functions = take(p->function_count, sizeof *r.functions);
    make_before(&r);
    compute(&r, target);
    free(r.first_before);
    free(r.before);
    free(r.down);
    free(r.later);
    free(r.queue);
    free(r.functions);
}

void reach_free(struct reach *reach) {
    free(reach->front);
    free(reach->behind);
    free(reach->calls);
    *reach = (struct reach){0};
}

void reach_links(const struct callgraph *graph, const struct operations *operations,
                 uint16_t **nodes, uint16_t **calls) {
    const struct program *p = graph->program;
    *nodes = take(p->node_count, sizeof **nodes);
    *calls = take(p->call_count, sizeof **calls);
    for (uint16_t link = 0; link < operations->regions; link++) {
        unsigned char *target = take(p->node_count, 1);
        uint16_t bit = (uint16_t)(1u << link);
        struct reach reach;
        for (uint32_t i = 0; i < operations->count; i++)
            if (operations->items[i].kind == LOOM_UP && operations->items[i].region == link)
                target[operations->items[i].node] = 1;
        reach_make(&reach, graph, target, 1);
        for (uint32_t n = 0; n < p->node_count; n++)
            (*nodes)[n] = (uint16_t)((*nodes)[n] | (reach.front[n] ? bit : 0));
        for (uint32_t c = 0; c < p->call_count; c++)
            (*calls)[c] = (uint16_t)((*calls)[c] | (reach.calls[c] ? bit : 0));
        reach_free(&reach);
        free(target);
    }
}
