// SPDX-License-Identifier: MIT
/* narrow.c: see narrow.h. */
#include "narrow.h"
#include "expr.h"

struct narrowing {
    const struct program *program;
    struct operations *operations;
    struct diagnostics *diagnostics;
    struct arena arena; /* of the steps */
};

static const struct step *steps_at(struct narrowing *n, const struct expression *e, uint32_t node) {
    struct scope scope = {
        .program = n->program, .node = node, .arena = &n->arena, .diagnostics = n->diagnostics};
    struct type type;
    return expr_value(&scope, e, &type);
}

/* 0: an error was reported. */
static uint32_t program_at(struct narrowing *n, const struct expression *e, uint32_t node) {
    const struct step *steps = steps_at(n, e, node);
    return steps ? compile(&n->operations->code, steps, e->span, n->diagnostics) : 0;
}

static int at_exit(struct narrowing *n, const struct expression *e, uint32_t node) {
    if (n->program->nodes[node].kind != NODE_EXIT) return 0;
    diag_add(n->diagnostics, SEVERITY_ERROR, e->span,
             "no values are known where a function returns");
    diag_hint(n->diagnostics, "they are at its entry, `%s:entry`, and at its statements",
              function_name(n->program, n->program->nodes[node].function));
    return 1;
}

/* The program's one constant, or null. */
static const struct loom_plan_code *constant(const struct narrowing *n, uint32_t program) {
    const struct loom_plan_code *code = &n->operations->code.items[program - 1];
    return code->op == LOOM_CODE_CONST && code[1].op == LOOM_CODE_END ? code : NULL;
}

static void warn_constant(struct narrowing *n, const struct expression *e, uint32_t program) {
    const struct loom_plan_code *code = constant(n, program);
    if (!code) return;
    diag_add(n->diagnostics, SEVERITY_WARNING, e->span, "this condition %s",
             code->value ? "always holds" : "never holds: nothing will happen here");
}

static void check_count(struct narrowing *n, const struct expression *e, uint32_t program) {
    const struct loom_plan_code *code = constant(n, program);
    if (code && (code->value < 1 || code->value > LOOM_COUNT_MAX))
        diag_add(n->diagnostics, SEVERITY_ERROR, e->span, "a count is between 1 and %u",
                 LOOM_COUNT_MAX);
}

/* ---- regions --------------------------------------------------------------------------------- */

static void name_entry(struct narrowing *n, uint32_t node) {
    const struct node *at = &n->program->nodes[node];
    diag_hint(n->diagnostics, "the region has several entries, this is about %s:%u in `%s`",
              file_of(n->program, at->function)->path, at->line,
              function_name(n->program, at->function));
}

/* The expression at every enter from `first` on; stops at the first that fails. */
static void all_enters(struct narrowing *n, const struct expression *e, uint32_t first,
                       size_t offset) {
    struct operations *all = n->operations;
    uint32_t enters = 0, program = 0;
    for (uint32_t i = first; i < all->count; i++) enters += all->items[i].kind == LOOM_ENTER;
    for (uint32_t i = first; i < all->count; i++) {
        uint32_t node = all->items[i].node;
        if (all->items[i].kind != LOOM_ENTER) continue;
        program = at_exit(n, e, node) ? 0 : program_at(n, e, node);
        if (!program && enters > 1) name_entry(n, node);
        if (!program) return;
        *(uint32_t *)((char *)&all->items[i] + offset) = program;
    }
    if (program && offset == offsetof(struct operation, condition)) warn_constant(n, e, program);
}

/* An enter that is skipped leaves no trace in a region that ends in any frame, unless it nests
 * (rt/op_lock.h): its leave would end the region of an older frame. Why can it be skipped? */
static const struct expression *may_skip(const struct narrowing *n, const struct place *place,
                                         const struct operation *enter) {
    const struct loom_plan_code *code = n->operations->code.items;
    if (enter->condition) return place->condition;
    for (uint32_t i = enter->key; i && code[i - 1].op != LOOM_CODE_END; i++)
        if (code[i - 1].op == LOOM_CODE_LOAD || code[i - 1].op == LOOM_CODE_DIVIDE ||
            code[i - 1].op == LOOM_CODE_REMAINDER)
            return place->key;
    return NULL;
}

static void check_frames(struct narrowing *n, const struct place *place, uint32_t first,
                         int force) {
    const struct operations *all = n->operations;
    const struct expression *skips = NULL;
    uint32_t any = NONE;
    for (uint32_t i = first; i < all->count; i++) {
        const struct operation *item = &all->items[i];
        if (item->kind == LOOM_LEAVE && item->flags & LOOM_OP_ANY_FRAME) any = item->node;
        if (item->kind == LOOM_ENTER && !(item->flags & LOOM_OP_NEST) && !skips)
            skips = may_skip(n, place, item);
    }
    if (!skips || any == NONE) return;
    diag_add(n->diagnostics, force ? SEVERITY_WARNING : SEVERITY_ERROR, skips->span,
             "where the region ends, in `%s`, it is not known %s",
             function_name(n->program, n->program->nodes[any].function),
             skips == place->condition ? "whether this held when it began"
                                       : "whether this could be read when it began");
    diag_hint(n->diagnostics, "a call inside the region could end it; take lines of one function%s",
              force ? "" : "; --force installs it all the same");
}

void narrow_region(const struct program *program, const struct place *place, int force,
                   struct operations *operations, uint32_t first, struct diagnostics *diagnostics) {
    struct narrowing n = {.program = program, .operations = operations, .diagnostics = diagnostics};
    size_t errors = diagnostics->errors;
    if (place->key) all_enters(&n, place->key, first, offsetof(struct operation, key));
    if (place->condition)
        all_enters(&n, place->condition, first, offsetof(struct operation, condition));
    if (diagnostics->errors == errors) check_frames(&n, place, first, force);
    arena_free(&n.arena);
}

/* ---- events ---------------------------------------------------------------------------------- */

uint32_t narrow_event(const struct program *program, const struct place *event, uint32_t node,
                      struct operations *operations, struct diagnostics *diagnostics) {
    struct narrowing n = {.program = program, .operations = operations, .diagnostics = diagnostics};
    uint32_t number = 0;
    if (event->condition && !at_exit(&n, event->condition, node))
        number = program_at(&n, event->condition, node);
    if (number) warn_constant(&n, event->condition, number);
    arena_free(&n.arena);
    return number;
}

uint32_t narrow_count(const struct program *program, const struct place *event, uint32_t node,
                      struct operations *operations, struct diagnostics *diagnostics) {
    struct narrowing n = {.program = program, .operations = operations, .diagnostics = diagnostics};
    const struct node *at = &program->nodes[node];
    uint32_t number = program_at(&n, event->count, node);
    if (number) check_count(&n, event->count, number);
    if (!number)
        diag_hint(diagnostics, "a count is evaluated where the next event waits: %s:%u",
                  file_of(program, at->function)->path, at->line);
    arena_free(&n.arena);
    return number;
}
