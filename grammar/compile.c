// SPDX-License-Identifier: MIT
/* compile.c: see compile.h. Left before right, then what joins them. */
#include "compile.h"
#include <string.h>

struct compiling {
    struct code *code;
    uint32_t steps;        /* of this program; past LOOM_CODE_MAX nothing is added */
    unsigned height, most; /* of the stack */
};

static void put(struct compiling *c, struct loom_plan_code instruction) {
    if (++c->steps > LOOM_CODE_MAX) return;
    c->code->items = grow(c->code->items, c->code->count, sizeof *c->code->items);
    c->code->items[c->code->count++] = instruction;
}

static void put_steps(struct compiling *c, const struct step *step);

/* The right side of `&&` and `||` takes the left one's place on the stack. */
static void put_choice(struct compiling *c, const struct step *step) {
    put_steps(c, step->left);
    uint32_t jump = c->code->count;
    put(c, (struct loom_plan_code){.op = step->op});
    c->height--;
    put_steps(c, step->right);
    if (c->steps <= LOOM_CODE_MAX) c->code->items[jump].index = c->code->count - jump;
}

static void put_steps(struct compiling *c, const struct step *step) {
    if (c->steps > LOOM_CODE_MAX) return;
    if (step->op == LOOM_CODE_AND_THEN || step->op == LOOM_CODE_OR_ELSE) {
        put_choice(c, step);
        return;
    }
    if (step->left) put_steps(c, step->left);
    if (step->right) put_steps(c, step->right);
    put(c, (struct loom_plan_code){
               .op = step->op, .size = step->size, .index = step->index, .value = step->value});
    if (!step->left)
        c->height++;
    else if (step->right)
        c->height--;
    if (c->height > c->most) c->most = c->height;
}

uint32_t program_length(const struct code *code, uint32_t program) {
    uint32_t length = 1;
    for (uint32_t i = program - 1; code->items[i].op != LOOM_CODE_END; i++) length++;
    return length;
}

/* The same program, if it was there before the last one, which begins at `first`. */
static uint32_t find_same(const struct code *code, uint32_t first) {
    uint32_t size = code->count - first;
    for (uint32_t i = 0; i + size <= first; i += program_length(code, i + 1))
        if (program_length(code, i + 1) == size &&
            memcmp(&code->items[i], &code->items[first], size * sizeof *code->items) == 0)
            return i + 1;
    return 0;
}

uint32_t compile(struct code *code, const struct step *step, struct span span,
                 struct diagnostics *diagnostics) {
    struct compiling c = {.code = code};
    uint32_t first = code->count, same;
    put_steps(&c, step);
    put(&c, (struct loom_plan_code){.op = LOOM_CODE_END});
    if (c.steps > LOOM_CODE_MAX || c.most > LOOM_CODE_STACK) {
        code->count = first;
        diag_add(diagnostics, SEVERITY_ERROR, span,
                 "this expression is too long: at most %u steps, %u of them open at once",
                 LOOM_CODE_MAX, LOOM_CODE_STACK);
        diag_hint(diagnostics, "what it computes can be a variable of the program");
        return 0;
    }
    same = find_same(code, first);
    if (same) code->count = first;
    return same ? same : first + 1;
}
