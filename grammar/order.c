// SPDX-License-Identifier: MIT
/* order.c: see order.h. */
#include "order.h"
#include <stdlib.h>
#include "find.h"
#include "lines.h"
#include "narrow.h"

struct ordering {
    const struct program *program;
    struct operations *operations;
    struct diagnostics *diagnostics;
    const struct filter *filter;
    unsigned step;    /* the event being resolved */
    uint32_t *events; /* nodes of the events so far */
    uint32_t event_count, first_of_step;
};

/* A statement, and what is walked through behind it. */
struct statement {
    uint32_t node;
    unsigned char *inside;  /* per node of the function: 1 in the statement, 2 behind it */
    unsigned char *reached; /* control can come to it at all (not to the end behind a return) */
    unsigned ways;          /* on which it is done */
    int failed;
};

static const struct place *event_of(const struct ordering *o) {
    return &o->filter->regions[o->step];
}

static int has_slot(const struct node *node) {
    return (node->attributes & NODE_SLOT) != 0;
}

/* ---- operations ------------------------------------------------------------------------------ */

static int is_last(const struct ordering *o) {
    return o->step + 1 == o->filter->region_count;
}

/* condition: of this event at the node, a program or 0. */
static void wait_at(struct ordering *o, uint32_t node, uint32_t condition) {
    const struct place *before = event_of(o) - 1;
    int flags = 0;
    uint32_t count;
    if (o->step == 0) return;
    count = before->times;
    if (before->kind == PLACE_END) flags = LOOM_OP_END;
    if (before->count) {
        count = narrow_count(o->program, before, node, o->operations, o->diagnostics);
        flags |= LOOM_OP_COUNTED;
    }
    operation_add_order(o->operations, node, LOOM_DOWN, flags, (uint16_t)(o->step - 1), count,
                        condition);
}

static void happens_at(struct ordering *o, uint32_t node, int flags, uint32_t condition) {
    if (!is_last(o))
        operation_add_order(o->operations, node, LOOM_UP, flags, (uint16_t)o->step,
                            event_of(o)->times, condition);
}

/* A statement is done here. Whether it counts was seen in front of it. */
static void done(struct ordering *o, uint32_t node, int flags) {
    happens_at(o, node, flags | (event_of(o)->condition ? LOOM_OP_TESTED : 0), 0);
}

/* An event that waits for itself, directly or through others, would wait in vain. */
static void note_event(struct ordering *o, uint32_t node) {
    for (uint32_t i = 0; i < o->first_of_step; i++) {
        if (o->events[i] != node) continue;
        diag_add(o->diagnostics, SEVERITY_ERROR, event_of(o)->span,
                 "this event stands in the order twice: it would wait for itself");
        return;
    }
    o->events = grow(o->events, o->event_count, sizeof *o->events);
    o->events[o->event_count++] = node;
}

static void moment_at(struct ordering *o, uint32_t node) {
    uint32_t condition = narrow_event(o->program, event_of(o), node, o->operations, o->diagnostics);
    note_event(o, node);
    wait_at(o, node, condition);
    happens_at(o, node, LOOM_OP_BEHIND, condition);
}

/* ---- where a statement is done --------------------------------------------------------------- */

static unsigned char *mark_of(const struct ordering *o, const struct statement *s, uint32_t node) {
    const struct function *function = &o->program->functions[o->program->nodes[s->node].function];
    return &s->inside[node - function->first_node];
}

/* Does it begin in the statement? The statement's own parts do, its return's exit included; the
 * head of the loop whose body it begins does not. */
static int begins_in(const struct node *node, const struct node *all) {
    int same_start = node->line == all->line && node->column == all->column;
    if (same_start && (node->kind == NODE_POLL || node->kind == NODE_ENTRY)) return 0;
    if (node->line < all->line || node->line > all->end_line) return 0;
    if (node->line == all->line && node->column < all->column) return 0;
    return node->line < all->end_line || node->column < all->end_column || node == all;
}

static void mark_reached(const struct ordering *o, struct statement *s) {
    const struct program *p = o->program;
    const struct function *function = &p->functions[p->nodes[s->node].function];
    uint32_t *stack = take(function->node_count, sizeof *stack), depth = 1;
    stack[0] = function->first_node;
    s->reached[0] = 1;
    while (depth) {
        const struct node *node = &p->nodes[stack[--depth]];
        for (uint32_t i = 0; i < node->next_count; i++) {
            uint32_t next = p->next[node->first_next + i];
            unsigned char *reached = &s->reached[next - function->first_node];
            if (*reached) continue;
            *reached = 1;
            stack[depth++] = next;
        }
    }
    free(stack);
}

/* Is there a way to the node from outside of what is marked? */
static int reached_otherwise(const struct ordering *o, const struct statement *s, uint32_t target) {
    const struct program *p = o->program;
    const struct function *function = &p->functions[p->nodes[s->node].function];
    if (target == function->first_node) return 1;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        const struct node *node = &p->nodes[n];
        if (!s->reached[n - function->first_node]) continue;
        for (uint32_t i = 0; i < node->next_count && !*mark_of(o, s, n); i++)
            if (p->next[node->first_next + i] == target) return 1;
    }
    return 0;
}

static void not_done(struct ordering *o, struct statement *s, uint32_t at, const char *why) {
    const struct node *node = &o->program->nodes[at];
    if (s->failed++) return;
    diag_add(o->diagnostics, SEVERITY_ERROR, event_of(o)->span,
             "it cannot be seen when this statement is done: line %u of %s %s", node->line,
             file_of(o->program, node->function)->path, why);
    diag_hint(o->diagnostics,
              "take a statement before or behind it, or an edge of the function "
              "(%s:entry, %s:exit)",
              function_name(o->program, node->function), function_name(o->program, node->function));
}

static int is_silent(const struct node *node) {
    return !node->call_count && node->kind != NODE_EXIT && node->kind != NODE_COND &&
           (node->attributes & (NODE_JUMP | NODE_IDLE) || node->kind == NODE_END ||
            node->kind == NODE_POLL);
}

/* Is it the end of a branch of the statement, `if (c) { ... }`, where the other branch leads to,
 * too? Then that is where the statement is done. */
static int ends_branch(const struct ordering *o, const struct statement *s,
                       const struct node *end) {
    const struct program *p = o->program;
    const struct function *function = &p->functions[end->function];
    if (end->kind != NODE_END || end->next_count != 1) return 0;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++)
        for (uint32_t i = 0; i < p->nodes[n].next_count && *mark_of(o, s, n) == 1; i++)
            if (p->next[p->nodes[n].first_next + i] == p->next[end->first_next]) return 1;
    return 0;
}

/* Control has left what is marked, and comes to `number`: what does nothing is walked through. */
static int walk_through(struct ordering *o, struct statement *s, uint32_t number) {
    const struct node *node = &o->program->nodes[number];
    if (*mark_of(o, s, number) || !is_silent(node)) return 0;
    if (has_slot(node) && !ends_branch(o, s, node)) return 0;
    if (reached_otherwise(o, s, number)) return 0;
    *mark_of(o, s, number) = 2;
    return 1;
}

static int done_at(struct ordering *o, struct statement *s, uint32_t number) {
    const struct node *node = &o->program->nodes[number];
    if (*mark_of(o, s, number)) return 0;
    s->ways++;
    if (reached_otherwise(o, s, number))
        not_done(o, s, number, "behind it is also reached in other ways");
    else if (has_slot(node))
        done(o, number, 0);
    else
        not_done(o, s, number, "behind it has no slot");
    return 0;
}

/* Calls `visit` for all that control comes to from marked nodes. How often did it answer 1? */
static unsigned for_all_behind(struct ordering *o, struct statement *s,
                               int (*visit)(struct ordering *, struct statement *, uint32_t)) {
    const struct program *p = o->program;
    const struct function *function = &p->functions[p->nodes[s->node].function];
    unsigned count = 0;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++)
        for (uint32_t i = 0; i < p->nodes[n].next_count && *mark_of(o, s, n); i++)
            count += (unsigned)visit(o, s, p->next[p->nodes[n].first_next + i]);
    return count;
}

/* Places without text that position does not tell apart: where the body of a loop ends is where the
 * loop ends, and its poll is where it begins. They are the statement's own if control comes to them
 * only from it and goes on only in it. Were there any more? */
static int mark_own_places(const struct ordering *o, struct statement *s) {
    const struct program *p = o->program;
    const struct function *function = &p->functions[p->nodes[s->node].function];
    int more = 0;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        const struct node *node = &p->nodes[n];
        int own = node->kind == NODE_END || node->kind == NODE_POLL;
        if (*mark_of(o, s, n) || !own || !node->next_count || reached_otherwise(o, s, n)) continue;
        for (uint32_t i = 0; i < node->next_count; i++)
            own &= *mark_of(o, s, p->next[node->first_next + i]);
        if (own) more = *mark_of(o, s, n) = 1;
    }
    return more;
}

static void mark_statement(struct ordering *o, struct statement *s) {
    const struct program *p = o->program;
    const struct node *all = &p->nodes[s->node];
    const struct function *function = &p->functions[all->function];
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++)
        *mark_of(o, s, n) = (unsigned char)begins_in(&p->nodes[n], all);
    while (mark_own_places(o, s)) continue;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++)
        if (n != s->node && *mark_of(o, s, n) == 1 && reached_otherwise(o, s, n))
            not_done(o, s, n, "is in it and is jumped to from outside");
}

/* The return in the statement, behind its value. */
static void returned_at(struct ordering *o, struct statement *s, uint32_t number) {
    s->ways++;
    if (has_slot(&o->program->nodes[number]))
        done(o, number, LOOM_OP_BEHIND);
    else
        not_done(o, s, number, "returns and has no slot");
}

static void statement_done(struct ordering *o, uint32_t number) {
    const struct program *p = o->program;
    const struct function *function = &p->functions[p->nodes[number].function];
    struct statement s = {.node = number,
                          .inside = take(function->node_count, 1),
                          .reached = take(function->node_count, 1)};
    mark_reached(o, &s);
    mark_statement(o, &s);
    while (!s.failed && for_all_behind(o, &s, walk_through)) continue;
    if (!s.failed) for_all_behind(o, &s, done_at);
    for (uint32_t k = 0; k < function->node_count && !s.failed; k++)
        if (s.inside[k] == 1 && p->nodes[function->first_node + k].kind == NODE_EXIT)
            returned_at(o, &s, function->first_node + k);
    if (!s.failed && !s.ways) not_done(o, &s, number, "is never left");
    free(s.inside);
    free(s.reached);
}

/* ---- events ---------------------------------------------------------------------------------- */

static void resolve_edge(struct ordering *o) {
    const struct place *event = event_of(o);
    struct found found = find_function(o->program, event, o->diagnostics);
    unsigned moments = 0;
    for (uint32_t i = 0; i < found.count; i++) {
        const struct function *function = &o->program->functions[found.items[i]];
        for (uint32_t n = function->first_node; n < function->first_node + function->node_count;
             n++) {
            const struct node *node = &o->program->nodes[n];
            if (node->kind != (event->at_exit ? NODE_EXIT : NODE_ENTRY)) continue;
            moments++;
            if (has_slot(node))
                moment_at(o, n);
            else
                diag_add(o->diagnostics, SEVERITY_ERROR, event->span,
                         "`%s` has no slot at its %s (%s:%u)", event->function,
                         event->at_exit ? "exit" : "entry",
                         file_of(o->program, node->function)->path, node->line);
        }
    }
    if (found.count && !moments)
        diag_add(o->diagnostics, SEVERITY_ERROR, event->span, "`%s` never returns",
                 event->function);
    free(found.items);
}

/* The test and the up find each other by their frame (rt/op_test.h). */
static void test_at(struct ordering *o, uint32_t node, uint32_t condition) {
    uint32_t function = o->program->nodes[node].function;
    operation_add_order(o->operations, node, LOOM_TEST, 0, (uint16_t)o->step, 0, condition);
    if (!(o->program->functions[function].attributes & FUNCTION_VARIABLE_FRAME)) return;
    diag_add(o->diagnostics, SEVERITY_ERROR, event_of(o)->condition->span,
             "the frame of `%s` has no fixed size: when the statement is done it is not known "
             "whether this held for it",
             function_name(o->program, function));
    diag_hint(o->diagnostics, "an edge can have a condition: %s:entry (...)",
              function_name(o->program, function));
}

static void statement_at(struct ordering *o, uint32_t node) {
    if (o->program->nodes[node].kind != NODE_STMT) {
        moment_at(o, node);
        return;
    }
    uint32_t condition = narrow_event(o->program, event_of(o), node, o->operations, o->diagnostics);
    note_event(o, node);
    wait_at(o, node, condition);
    if (is_last(o)) return;
    if (condition) test_at(o, node, condition);
    statement_done(o, node);
}

static void resolve_statement(struct ordering *o) {
    struct found nodes = resolve_line(o->program, event_of(o), o->diagnostics);
    for (uint32_t i = 0; i < nodes.count; i++) statement_at(o, nodes.items[i]);
    free(nodes.items);
}

/* ---- the end of threads ---------------------------------------------------------------------- */

/* Can the name that a call gives mean the function? (callgraph.h has the rule) */
static int means(const struct program *p, const struct call *call, uint32_t f) {
    uint32_t file = p->functions[call->function].file;
    if (call->callee != p->functions[f].name) return 0;
    if (p->functions[f].attributes & FUNCTION_STATIC) return p->functions[f].file == file;
    for (uint32_t g = 0; g < p->function_count; g++)
        if (p->functions[g].name == call->callee && p->functions[g].file == file &&
            p->functions[g].attributes & FUNCTION_STATIC)
            return 0;
    return 1;
}

static void not_counted(struct ordering *o, const struct call *call, const char *why) {
    const struct program *p = o->program;
    diag_add(o->diagnostics, SEVERITY_ERROR, event_of(o)->span,
             "`%s` (%s:%u) starts threads, and Loom does not know %s",
             function_name(p, call->function), file_of(p, call->function)->path,
             call->node == NONE ? p->functions[call->function].line : p->nodes[call->node].line,
             why);
}

static void add_birth(struct ordering *o, uint32_t number) {
    struct operations *all = o->operations;
    all->births = grow(all->births, all->birth_count, sizeof *all->births);
    all->births[all->birth_count++] = number;
}

/* A file that knows the function's address: then it does not matter which call starts it. */
static int find_start(struct ordering *o, uint32_t f) {
    const struct program *p = o->program;
    const struct function *function = &p->functions[f];
    for (uint32_t file = 0; file < p->file_count; file++) {
        if (function->attributes & FUNCTION_STATIC && file != function->file) continue;
        for (uint32_t i = 0; i < p->files[file].global_count; i++) {
            const struct global *global = &p->globals[p->files[file].first_global + i];
            if (global->name != function->name || *global->type != 'F') continue;
            o->operations->starts = 1;
            o->operations->start_file = file;
            o->operations->start_global = global->index;
            return 1;
        }
    }
    return 0;
}

static void no_start(struct ordering *o, const struct call *call) {
    not_counted(o, call, "in which function: its start routine is a variable");
    diag_hint(o->diagnostics,
              "no file of the program takes the address of `%s`: name an event at "
              "its end instead, %s:exit{N}",
              event_of(o)->function, event_of(o)->function);
}

static void resolve_end(struct ordering *o) {
    struct found found = find_function(o->program, event_of(o), o->diagnostics);
    uint32_t variable = NONE;
    for (uint32_t c = 0; found.count && c < o->program->call_count; c++) {
        const struct call *call = &o->program->calls[c];
        int meant = call->callee == NONE;
        if (call->how != CALL_THREAD) continue;
        for (uint32_t i = 0; i < found.count; i++) meant |= means(o->program, call, found.items[i]);
        if (!meant) continue;
        if (call->point == NONE)
            not_counted(o, call, "which: it cannot mark the call");
        else if (call->callee == NONE)
            variable = c;
        else
            add_birth(o, c);
    }
    if (variable != NONE) {
        o->operations->birth_count = 0;
        if (!find_start(o, found.items[0])) no_start(o, &o->program->calls[variable]);
    } else if (found.count && !o->operations->birth_count) {
        diag_add(o->diagnostics, SEVERITY_ERROR, event_of(o)->span,
                 "no instrumented code starts threads in `%s`", event_of(o)->function);
    }
    free(found.items);
}

void resolve_order(const struct program *program, const struct filter *filter,
                   struct operations *operations, struct diagnostics *diagnostics) {
    struct ordering o = {
        .program = program, .operations = operations, .diagnostics = diagnostics, .filter = filter};
    operations->order = 1;
    operations->regions = (uint16_t)(filter->region_count ? filter->region_count - 1 : 0);
    for (; o.step < filter->region_count; o.step++) {
        operations->spans[o.step] = event_of(&o)->span;
        o.first_of_step = o.event_count;
        if (event_of(&o)->kind == PLACE_END)
            resolve_end(&o);
        else if (event_of(&o)->kind == PLACE_EDGE)
            resolve_edge(&o);
        else
            resolve_statement(&o);
    }
    free(o.events);
}
