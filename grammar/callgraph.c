// SPDX-License-Identifier: MIT
/* callgraph.c: see callgraph.h. Sets are made once per distinct callee text and file. */
#include "callgraph.h"
#include <stdlib.h>
#include <string.h>

struct builder {
    struct callgraph *graph;
    const struct program *program;
    uint32_t *by_name;    /* functions sorted by name */
    uint32_t *first_name; /* [names + 1] */
    uint32_t *type_set;   /* per name of a type: its set, or NONE */
    uint32_t *name_set;   /* per name: the set seen from outside of its own file, or NONE */
    uint32_t member_count;
};

static void add_member(struct builder *b, uint32_t function) {
    b->graph->members = grow(b->graph->members, b->member_count, sizeof *b->graph->members);
    b->graph->members[b->member_count++] = function;
    b->graph->sets[b->graph->set_count - 1].count++;
}

static uint32_t new_set(struct builder *b) {
    struct callgraph *graph = b->graph;
    graph->sets = grow(graph->sets, graph->set_count, sizeof *graph->sets);
    graph->sets[graph->set_count] = (struct set){.first = b->member_count};
    return graph->set_count++;
}

static void sort_by_name(struct builder *b) {
    const struct program *p = b->program;
    b->first_name = take(p->names.count + 1, sizeof *b->first_name);
    b->by_name = take(p->function_count, sizeof *b->by_name);
    for (uint32_t f = 0; f < p->function_count; f++) b->first_name[p->functions[f].name + 1]++;
    for (uint32_t n = 0; n < p->names.count; n++) b->first_name[n + 1] += b->first_name[n];
    uint32_t *next = take(p->names.count, sizeof *next);
    for (uint32_t f = 0; f < p->function_count; f++) {
        uint32_t name = p->functions[f].name;
        b->by_name[b->first_name[name] + next[name]++] = f;
    }
    free(next);
}

static uint32_t all_of_name(struct builder *b, uint32_t name) {
    if (b->name_set[name] == NONE) {
        b->name_set[name] = new_set(b);
        for (uint32_t i = b->first_name[name]; i < b->first_name[name + 1]; i++)
            add_member(b, b->by_name[i]);
    }
    return b->name_set[name];
}

/* The functions of this name in this file if all of them are static, else NONE: a file that is
 * compiled in two ways may have both. */
static uint32_t own_static(struct builder *b, uint32_t name, uint32_t file) {
    const struct function *functions = b->program->functions;
    uint32_t set = NONE, own = 0, first = b->first_name[name], end = b->first_name[name + 1];
    for (uint32_t i = first; i < end; i++) {
        const struct function *function = &functions[b->by_name[i]];
        if (function->file != file) continue;
        if (!(function->attributes & FUNCTION_STATIC)) return NONE;
        own++;
    }
    if (own == 0) return NONE;
    if (own == end - first) return all_of_name(b, name);
    for (uint32_t i = first; i < end; i++) {
        if (functions[b->by_name[i]].file != file) continue;
        if (set == NONE) set = new_set(b);
        add_member(b, b->by_name[i]);
    }
    return set;
}

/* A type text "int ()" promises nothing about the arguments. */
static int no_prototype(const struct program *p, uint32_t type) {
    if (type == NONE) return 1;
    const char *text = p->names.texts[type];
    return strcmp(text, "?") == 0 || strstr(text, "()") != NULL;
}

/* Can a call through a pointer mean it? */
static int is_pointed_to(const struct function *function) {
    return function->attributes & FUNCTION_TAKEN && !(function->attributes & FUNCTION_START);
}

static uint32_t all_of_type(struct builder *b, uint32_t type) {
    const struct program *p = b->program;
    if (no_prototype(p, type)) return b->graph->taken;
    if (b->type_set[type] != NONE) return b->type_set[type];
    b->type_set[type] = new_set(b);
    for (uint32_t f = 0; f < p->function_count; f++) {
        const struct function *function = &p->functions[f];
        if (!is_pointed_to(function)) continue;
        if (function->type == type || function->attributes & FUNCTION_ANY_TYPE ||
            no_prototype(p, function->type))
            add_member(b, f);
    }
    return b->type_set[type];
}

static uint32_t set_of_call(struct builder *b, const struct call *call) {
    uint32_t file = b->program->functions[call->function].file;
    if (call->how == CALL_INDIRECT) return all_of_type(b, call->callee);
    if (call->callee == NONE) return b->graph->taken;
    uint32_t own = own_static(b, call->callee, file);
    return own != NONE ? own : all_of_name(b, call->callee);
}

static void make_sets(struct builder *b) {
    const struct program *p = b->program;
    struct callgraph *graph = b->graph;
    graph->taken = new_set(b);
    for (uint32_t f = 0; f < p->function_count; f++)
        if (is_pointed_to(&p->functions[f])) add_member(b, f);
    graph->every = new_set(b);
    for (uint32_t f = 0; f < p->function_count; f++) add_member(b, f);
    graph->set_of = take(p->call_count, sizeof *graph->set_of);
    for (uint32_t c = 0; c < p->call_count; c++) graph->set_of[c] = set_of_call(b, &p->calls[c]);
}

/* Calls of each set. A call with class k belongs to `taken` too, as its second set. */
static void make_callers(struct callgraph *graph) {
    const struct program *p = graph->program;
    uint32_t total = 0;
    for (uint32_t c = 0; c < p->call_count; c++) {
        graph->sets[graph->set_of[c]].call_count++;
        if (p->calls[c].class & CALL_BACK) graph->sets[graph->taken].call_count++;
    }
    for (uint32_t s = 0; s < graph->set_count; s++) {
        graph->sets[s].first_call = total;
        total += graph->sets[s].call_count;
        graph->sets[s].call_count = 0;
    }
    graph->callers = take(total, sizeof *graph->callers);
    for (uint32_t c = 0; c < p->call_count; c++) {
        struct set *set = &graph->sets[graph->set_of[c]];
        graph->callers[set->first_call + set->call_count++] = c;
        set = &graph->sets[graph->taken];
        if (p->calls[c].class & CALL_BACK) graph->callers[set->first_call + set->call_count++] = c;
    }
}

static void make_memberships(struct callgraph *graph) {
    uint32_t count = graph->program->function_count;
    graph->first_set = take(count + 2, sizeof *graph->first_set);
    uint32_t *first = graph->first_set + 1; /* shifted: filled by counting up */
    for (uint32_t s = 0; s < graph->set_count; s++)
        for (uint32_t i = 0; i < graph->sets[s].count; i++)
            if (graph->members[graph->sets[s].first + i] + 1 < count)
                first[graph->members[graph->sets[s].first + i] + 1]++;
    for (uint32_t f = 1; f < count; f++) first[f] += first[f - 1];
    uint32_t total = 0;
    for (uint32_t s = 0; s < graph->set_count; s++) total += graph->sets[s].count;
    graph->sets_of = take(total, sizeof *graph->sets_of);
    for (uint32_t s = 0; s < graph->set_count; s++)
        for (uint32_t i = 0; i < graph->sets[s].count; i++)
            graph->sets_of[first[graph->members[graph->sets[s].first + i]]++] = s;
}

void callgraph_make(struct callgraph *graph, const struct program *program) {
    struct builder b = {.graph = graph, .program = program};
    size_t bytes = program->names.count * sizeof(uint32_t);
    *graph = (struct callgraph){.program = program};
    b.type_set = memset(take(program->names.count, sizeof(uint32_t)), 0xff, bytes);
    b.name_set = memset(take(program->names.count, sizeof(uint32_t)), 0xff, bytes);
    sort_by_name(&b);
    make_sets(&b);
    make_callers(graph);
    make_memberships(graph);
    free(b.by_name);
    free(b.first_name);
    free(b.type_set);
    free(b.name_set);
}

void callgraph_free(struct callgraph *graph) {
    free(graph->sets);
    free(graph->members);
    free(graph->callers);
    free(graph->set_of);
    free(graph->sets_of);
    free(graph->first_set);
    *graph = (struct callgraph){0};
}

int call_is_untested(const struct call *call, const struct function *callee) {
    return callee->attributes & FUNCTION_CLOSURE ||
           (callee->attributes & FUNCTION_SHORTCUT && call->class & CALL_SHORTCUT);
}

/* ---- calls that return twice ----------------------------------------------------------------- */

int call_lands(const struct program *program, uint32_t number) {
    static const char *const names[] = {"setjmp", "_setjmp",          "sigsetjmp", "__sigsetjmp",
                                        "vfork",  "__builtin_setjmp", "getcontext"};
    const struct call *call = &program->calls[number];
    if (call->how == CALL_INDIRECT || call->callee == NONE) return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(program->names.texts[call->callee], names[i]) == 0) return 1;
    return 0;
}

int node_lands(const struct program *program, uint32_t number) {
    const struct node *node = &program->nodes[number];
    const struct function *function = &program->functions[node->function];
    if (!(function->attributes & FUNCTION_SETJMP)) return 0;
    for (uint32_t c = node->first_call; c < node->first_call + node->call_count; c++)
        if (call_lands(program, c)) return 1;
    for (uint32_t c = function->first_call; c < function->first_call + function->call_count; c++)
        if (call_lands(program, c)) return 0;
    return 1;
}

/* ---- reachability ---------------------------------------------------------------------------- */

struct walk {
    const struct callgraph *graph;
    unsigned char *reached, *done;
    uint32_t *stack, depth;
};

static void meet(struct walk *w, uint32_t function) {
    if (w->reached[function]) return;
    w->reached[function] = 1;
    w->stack[w->depth++] = function;
}

static void meet_set(struct walk *w, uint32_t set) {
    if (w->done[set]) return;
    w->done[set] = 1;
    for (uint32_t i = 0; i < w->graph->sets[set].count; i++)
        meet(w, w->graph->members[w->graph->sets[set].first + i]);
}

static void meet_call(struct walk *w, uint32_t call) {
    if (w->graph->program->calls[call].how != CALL_THREAD) meet_set(w, w->graph->set_of[call]);
    if (w->graph->program->calls[call].class & CALL_BACK) meet_set(w, w->graph->taken);
}

static void finish(struct walk *w) {
    const struct program *p = w->graph->program;
    while (w->depth) {
        const struct function *function = &p->functions[w->stack[--w->depth]];
        for (uint32_t i = 0; i < function->call_count; i++) meet_call(w, function->first_call + i);
        if ((function->attributes & (FUNCTION_BLIND | FUNCTION_LISTED)) == FUNCTION_BLIND)
            meet_set(w, w->graph->every);
    }
    free(w->stack);
}

void reach_from_call(const struct callgraph *graph, uint32_t call, unsigned char *reached,
                     unsigned char *done) {
    const int again = graph->program->calls[call].class & CALL_BACK && !done[graph->taken];
    if (done[graph->set_of[call]] && !again) return;
    struct walk w = {graph, reached, done, take(graph->program->function_count, sizeof(uint32_t)),
                     0};
    meet_call(&w, call);
    finish(&w);
}

void reach_from_function(const struct callgraph *graph, uint32_t function, unsigned char *reached,
                         unsigned char *done) {
    if (reached[function]) return;
    struct walk w = {graph, reached, done, take(graph->program->function_count, sizeof(uint32_t)),
                     0};
    meet(&w, function);
    finish(&w);
}
