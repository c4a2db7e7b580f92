// SPDX-License-Identifier: MIT
/* lines.c: see lines.h. */
#include "lines.h"
#include <stdlib.h>
#include "rt/plan.h"

struct range {
    const struct program *program;
    const struct place *place;
    struct operations *operations;
    struct diagnostics *diagnostics;
    uint32_t function;
    unsigned first, last;
    unsigned char *seen; /* per node of the function: visited by the present walk */
    unsigned failed;
};

static const struct node *node_at(const struct range *r, uint32_t node) {
    return &r->program->nodes[node];
}

static int has_slot(const struct node *node) {
    return (node->attributes & NODE_SLOT) != 0;
}

static int inside(const struct range *r, uint32_t number) {
    const struct node *node = node_at(r, number);
    return node->line >= r->first && node->line <= r->last;
}

/* ---- which lines ----------------------------------------------------------------------------- */

/* The function with a slot in the lines, else the innermost that contains the first of them. */
static uint32_t function_of_lines(const struct program *p, uint32_t file, unsigned first,
                                  unsigned last, uint32_t *second) {
    const struct program_file *in = &p->files[file];
    uint32_t with_slot = NONE, around = NONE;
    *second = NONE;
    for (uint32_t f = in->first_function; f < in->first_function + in->function_count; f++) {
        const struct function *function = &p->functions[f];
        if (function->attributes & FUNCTION_LEFT) continue;
        if (function->line > last || function->end_line < first) continue;
        for (uint32_t n = 0; n < function->node_count; n++) {
            const struct node *node = &p->nodes[function->first_node + n];
            if (!has_slot(node) || node->line < first || node->line > last) continue;
            if (with_slot == NONE)
                with_slot = f;
            else if (with_slot != f)
                *second = f;
        }
        if (around == NONE || function->line > p->functions[around].line) around = f;
    }
    return with_slot != NONE ? with_slot : around;
}

/* Something happens here, or the function begins. Ends and exits only close what was open. */
static int is_statement(const struct node *node) {
    return has_slot(node) && (node->kind == NODE_STMT || node->kind == NODE_ENTRY);
}

/* The first slot in the lines, of a statement or (any) of whatever kind. */
static uint32_t first_slot(const struct program *p, uint32_t f, unsigned first, unsigned last,
                           int any) {
    const struct function *function = &p->functions[f];
    uint32_t best = NONE;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        const struct node *node = &p->nodes[n];
        if (!(any ? has_slot(node) : is_statement(node))) continue;
        if (node->line < first || node->line > last) continue;
        if (best == NONE || node->line < p->nodes[best].line ||
            (node->line == p->nodes[best].line && node->column < p->nodes[best].column))
            best = n;
    }
    return best;
}

/* A statement that began on an earlier line and goes on over this one, with no other inside it. */
static uint32_t statement_over(const struct program *p, uint32_t f, unsigned line) {
    const struct function *function = &p->functions[f];
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        const struct node *node = &p->nodes[n];
        if (!has_slot(node) || node->kind != NODE_STMT) continue;
        if (node->line >= line || node->end_line < line) continue;
        if (first_slot(p, f, node->line + 1, node->end_line, 1) == NONE) return n;
    }
    return NONE;
}

/* A statement in the lines in front of which there can be no slot; NONE: there is none. */
static uint32_t without_slot(const struct program *p, uint32_t f, unsigned first, unsigned last) {
    const struct function *function = &p->functions[f];
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        const struct node *node = &p->nodes[n];
        int silent = node->attributes & (NODE_SLOT | NODE_JUMP | NODE_IDLE);
        if (node->kind == NODE_STMT && !silent && node->line >= first && node->line <= last)
            return n;
    }
    return NONE;
}

/* A statement in the lines that nothing else can see. */
static int is_quiet(const struct program *p, uint32_t f, unsigned first, unsigned last) {
    const struct function *function = &p->functions[f];
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        const struct node *node = &p->nodes[n];
        if (node->kind == NODE_STMT && node->attributes & NODE_IDLE && node->line >= first &&
            node->line <= last)
            return 1;
    }
    return 0;
}

/* The last slot of a statement in front of the line. */
static uint32_t slot_before(const struct program *p, uint32_t f, unsigned line) {
    const struct function *function = &p->functions[f];
    uint32_t best = NONE;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        const struct node *node = &p->nodes[n];
        if (!has_slot(node) || node->kind != NODE_STMT || node->line >= line) continue;
        if (best == NONE || node->line > p->nodes[best].line) best = n;
    }
    return best;
}

static void no_slot_there(const struct range *r, const struct node *node) {
    diag_add(r->diagnostics, SEVERITY_ERROR, r->place->span,
             "the statement on line %u of %s has no slot%s", node->line,
             file_of(r->program, r->function)->path,
             node->attributes & NODE_MACRO ? ": it comes out of a macro" : "");
    diag_hint(r->diagnostics, "choose lines around it; those that have one: loom-pipe --slots '%s'",
              function_name(r->program, r->function));
}

static void no_function_at(const struct program *p, const struct place *place, uint32_t file,
                           struct diagnostics *d) {
    const struct program_file *in = &p->files[file];
    uint32_t before = NONE;
    diag_add(d, SEVERITY_ERROR, place->span, "no instrumented function of %s contains line %u",
             in->path, place->first);
    for (uint32_t f = in->first_function; f < in->first_function + in->function_count; f++)
        if (p->functions[f].line <= place->first &&
            (before == NONE || p->functions[f].line > p->functions[before].line))
            before = f;
    if (before == NONE) return;
    if (p->functions[before].attributes & FUNCTION_LEFT)
        diag_hint(d, "loom-rewrite left `%s` (line %u) alone: %s", function_name(p, before),
                  p->functions[before].line, p->functions[before].reason);
    else
        diag_hint(d, "`%s` before it ends at line %u", function_name(p, before),
                  p->functions[before].end_line);
}

/* Finds function and lines; moves the lines to a statement if they have none. An event may stand
 * at the end of a block, too. 0: reported. */
static int find_range(struct range *r, uint32_t file, int event) {
    const struct program *p = r->program;
    const struct place *place = r->place;
    uint32_t second, node;
    r->first = place->first;
    r->last = place->last;
    r->function = function_of_lines(p, file, r->first, r->last, &second);
    if (r->function == NONE) {
        no_function_at(p, place, file, r->diagnostics);
        return 0;
    }
    if (second != NONE) {
        diag_add(r->diagnostics, SEVERITY_ERROR, place->span,
                 "%s to several functions: `%s` and `%s`",
                 place->first == place->last ? "this line belongs" : "the lines belong",
                 function_name(p, r->function), function_name(p, second));
        diag_hint(r->diagnostics,
                  event ? "name an edge: %s:entry, %s:exit"
                        : "a region of lines stays in one function: %s, or %s",
                  function_name(p, r->function), function_name(p, event ? r->function : second));
        return 0;
    }
    if (first_slot(p, r->function, r->first, r->last, event) != NONE) return 1;
    node = without_slot(p, r->function, r->first, r->last);
    if (node != NONE) {
        no_slot_there(r, &p->nodes[node]);
        return 0;
    }
    int quiet = is_quiet(p, r->function, r->first, r->last);
    node = quiet ? NONE : statement_over(p, r->function, r->first);
    if (node == NONE)
        node = first_slot(p, r->function, r->last + 1, p->functions[r->function].end_line, 0);
    if (node == NONE && quiet) node = slot_before(p, r->function, r->first);
    if (node == NONE) {
        diag_add(r->diagnostics, SEVERITY_ERROR, place->span,
                 "no statement with a slot here, nor behind it in `%s`",
                 function_name(p, r->function));
        diag_hint(r->diagnostics, "the statements that have one: loom-pipe --slots '%s'",
                  function_name(p, r->function));
        return 0;
    }
    r->first = r->last = p->nodes[node].line;
    diag_add(r->diagnostics, SEVERITY_NOTE, place->span, "%s: line %u is taken",
             quiet ? "nothing else can see what this line does" : "no statement begins here",
             r->first);
    return 1;
}

/* ---- enters and leaves ----------------------------------------------------------------------- */

static int reached_from(const struct range *r, uint32_t target, int from_inside) {
    const struct function *function = &r->program->functions[r->function];
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++)
        for (uint32_t i = 0; i < node_at(r, n)->next_count; i++)
            if (r->program->next[node_at(r, n)->first_next + i] == target &&
                inside(r, n) == from_inside)
                return 1;
    return 0;
}

static int never_reached(const struct range *r, uint32_t target) {
    return !reached_from(r, target, 0) && !reached_from(r, target, 1);
}

static void no_slot(struct range *r, const struct node *node, const char *what, const char *hint) {
    if (r->failed++) return; /* one is enough to change the range */
    diag_add(r->diagnostics, SEVERITY_ERROR, r->place->span,
             "the region has no %s slot at line %u of %s", what, node->line,
             file_of(r->program, r->function)->path);
    diag_hint(r->diagnostics, "%s", hint);
}

static int mark(struct range *r, uint32_t node) {
    unsigned char *seen = &r->seen[node - r->program->functions[r->function].first_node];
    int before = *seen;
    *seen = 1;
    return before;
}

/* The enter for control that arrives at a node of the region from outside. */
static void enter_at(struct range *r, uint32_t number) {
    const struct node *node = node_at(r, number);
    if (mark(r, number)) return;
    if (has_slot(node)) {
        int nests = node->kind == NODE_ENTRY ? LOOM_OP_NEST : 0;
        operation_add(r->operations, number, LOOM_ENTER, nests);
        return;
    }
    int silent = node->attributes & (NODE_JUMP | NODE_IDLE) || node->kind == NODE_POLL ||
                 node->kind == NODE_END || node->kind == NODE_ENTRY;
    if (!silent || node->call_count) {
        no_slot(r, node, "entry",
                node->kind == NODE_COND
                    ? "a loop's condition is evaluated again without a slot: take the body of the "
                      "loop in, or its line out"
                    : "Loom cannot stop a thread in front of this statement: choose other lines");
        return;
    }
    for (uint32_t i = 0; i < node->next_count; i++) {
        uint32_t next = r->program->next[node->first_next + i];
        if (inside(r, next)) enter_at(r, next);
    }
}

static int leave_flags(const struct range *r) {
    return r->program->functions[r->function].attributes & FUNCTION_VARIABLE_FRAME
               ? LOOM_OP_ANY_FRAME
               : 0;
}

/* A leave at a node of the region itself, which does nothing: who arrives there from outside need
 * not enter (and must not: leaves come before enters). */
static void leave_here(struct range *r, uint32_t number) {
    operation_take_away(r->operations, number, LOOM_ENTER);
    operation_add(r->operations, number, LOOM_LEAVE, leave_flags(r));
}

/* The leave for control that goes from `from` (inside) to `number` (outside). */
static void leave_at(struct range *r, uint32_t from, uint32_t number) {
    const struct node *node = node_at(r, number), *source = node_at(r, from);
    int at_source = inside(r, from) && has_slot(source) && source->next_count == 1 &&
                    (source->attributes & NODE_JUMP || source->kind == NODE_END);
    if (has_slot(node)) {
        operation_add(r->operations, number, LOOM_LEAVE, leave_flags(r));
    } else if (at_source) {
        leave_here(r, from);
    } else if (node->call_count || node->kind == NODE_EXIT) {
        no_slot(r, node, "exit",
                "the region would last through a call there: end it earlier or take that line in");
    } else {
        if (mark(r, number)) return;
        for (uint32_t i = 0; i < node->next_count; i++) {
            uint32_t next = r->program->next[node->first_next + i];
            if (!inside(r, next)) leave_at(r, number, next);
        }
    }
}

static void leave_node(struct range *r, uint32_t number) {
    const struct node *node = node_at(r, number);
    if (node->kind == NODE_EXIT) {
        if (has_slot(node))
            leave_here(r, number);
        else
            no_slot(r, node, "exit", "Loom cannot stop a thread at this return");
    }
    for (uint32_t i = 0; i < node->next_count; i++) {
        uint32_t next = r->program->next[node->first_next + i];
        if (!inside(r, next)) leave_at(r, number, next);
    }
}

static void place_operations(struct range *r) {
    const struct function *function = &r->program->functions[r->function];
    uint32_t end = function->first_node + function->node_count, before = r->operations->count;
    r->seen = take(function->node_count, 1);
    for (uint32_t n = function->first_node; n < end; n++)
        if (inside(r, n) && (reached_from(r, n, 0) || never_reached(r, n))) enter_at(r, n);
    if (!r->failed && r->operations->count == before)
        no_slot(r, node_at(r, function->first_node), "entry", "choose other lines");
    free(r->seen);
    r->seen = take(function->node_count, 1);
    for (uint32_t n = function->first_node; n < end; n++)
        if (inside(r, n)) leave_node(r, n);
    free(r->seen);
}

static int has(const struct range *r, int kind) {
    for (uint32_t i = 0; i < r->operations->count; i++)
        if (r->operations->items[i].region == r->operations->regions &&
            r->operations->items[i].kind == kind)
            return 1;
    return 0;
}

/* In one of the copies of the file. */
static void resolve_range(struct range *r, uint32_t file) {
    r->failed = 0;
    if (!find_range(r, file, 0)) return;
    place_operations(r);
    if (!r->failed && !has(r, LOOM_ENTER))
        diag_add(r->diagnostics, SEVERITY_ERROR, r->place->span, "nothing happens in these lines");
    else if (!r->failed && !has(r, LOOM_LEAVE))
        diag_add(r->diagnostics, SEVERITY_WARNING, r->place->span,
                 "no way leads out of this region: the first thread in it keeps it");
}

void resolve_lines(const struct program *program, const struct place *place,
                   struct operations *operations, struct diagnostics *diagnostics) {
    struct range r = {
        .program = program, .place = place, .operations = operations, .diagnostics = diagnostics};
    struct found files = find_files(program, place, diagnostics);
    for (uint32_t i = 0; i < files.count; i++) resolve_range(&r, files.items[i]);
    free(files.items);
}

/* ---- events ---------------------------------------------------------------------------------- */

static int is_behind(const struct node *node, const struct node *other) {
    return node->line > other->end_line ||
           (node->line == other->end_line && node->column >= other->end_column);
}

/* Other statements that begin on the line of the one that is taken, behind it. */
static void say_which(const struct range *r, uint32_t taken) {
    const struct program *p = r->program;
    const struct function *function = &p->functions[r->function];
    const struct node *node = node_at(r, taken);
    unsigned others = 0;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        const struct node *other = node_at(r, n);
        others += n != taken && other->line == node->line && other->kind == NODE_STMT &&
                  is_behind(other, node);
    }
    if (!others) return;
    diag_add(r->diagnostics, SEVERITY_NOTE, r->place->span,
             "line %u has several statements: the first one, in column %u, is taken", node->line,
             node->column);
}

struct found resolve_line(const struct program *program, const struct place *place,
                          struct diagnostics *diagnostics) {
    struct range r = {.program = program, .place = place, .diagnostics = diagnostics};
    struct found files = find_files(program, place, diagnostics), nodes = {0};
    for (uint32_t i = 0; i < files.count; i++) {
        if (!find_range(&r, files.items[i], 1)) continue;
        uint32_t node = first_slot(program, r.function, r.first, r.last, 1);
        say_which(&r, node);
        found_add(&nodes, node);
    }
    free(files.items);
    return nodes;
}
