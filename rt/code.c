// SPDX-License-Identifier: MIT
/* code.c: the verifier of programs: one walk, since jumps lead forward only. See code.h. */
#include "code.h"

#include <stdbool.h>
#include <stddef.h>

enum size_rule { SIZE_NONE, SIZE_BYTES, SIZE_SIGN };

struct rule {
    bool known;
    uint8_t pops, pushes;
    uint8_t size; /* enum size_rule */
    bool index, value;
};

#define BINARY(size_)                                                                              \
    { .known = true, .pops = 2, .pushes = 1, .size = (size_) }
#define UNARY                                                                                      \
    { .known = true, .pops = 1, .pushes = 1 }

/* What each instruction does to the stack, and which fields mean something. A jump's pushes are
 * those of the way that goes on. */
static const struct rule rules[] = {
    [LOOM_CODE_END] = {.known = true, .pops = 1},
    [LOOM_CODE_CONST] = {.known = true, .pushes = 1, .value = true},
    [LOOM_CODE_LOCAL] = {.known = true, .pushes = 1, .size = SIZE_BYTES, .index = true},
    [LOOM_CODE_GLOBAL] = {.known = true, .pushes = 1, .size = SIZE_BYTES, .index = true},
    [LOOM_CODE_LOAD] = {.known = true, .pops = 1, .pushes = 1, .size = SIZE_BYTES},
    [LOOM_CODE_CUT] = {.known = true, .pops = 1, .pushes = 1, .size = SIZE_BYTES},
    [LOOM_CODE_NEGATE] = UNARY,
    [LOOM_CODE_INVERT] = UNARY,
    [LOOM_CODE_NOT] = UNARY,
    [LOOM_CODE_ADD] = BINARY(SIZE_NONE),
    [LOOM_CODE_SUBTRACT] = BINARY(SIZE_NONE),
    [LOOM_CODE_MULTIPLY] = BINARY(SIZE_NONE),
    [LOOM_CODE_DIVIDE] = BINARY(SIZE_SIGN),
    [LOOM_CODE_REMAINDER] = BINARY(SIZE_SIGN),
    [LOOM_CODE_SHIFT_LEFT] = BINARY(SIZE_NONE),
    [LOOM_CODE_SHIFT_RIGHT] = BINARY(SIZE_SIGN),
    [LOOM_CODE_AND] = BINARY(SIZE_NONE),
    [LOOM_CODE_OR] = BINARY(SIZE_NONE),
    [LOOM_CODE_XOR] = BINARY(SIZE_NONE),
    [LOOM_CODE_EQUAL] = BINARY(SIZE_NONE),
    [LOOM_CODE_UNEQUAL] = BINARY(SIZE_NONE),
    [LOOM_CODE_LESS] = BINARY(SIZE_SIGN),
    [LOOM_CODE_LESS_EQUAL] = BINARY(SIZE_SIGN),
    [LOOM_CODE_AND_THEN] = {.known = true, .pops = 1, .index = true},
    [LOOM_CODE_OR_ELSE] = {.known = true, .pops = 1, .index = true},
};

static bool size_is_right(unsigned size, enum size_rule rule) {
    unsigned bytes = size & ~LOOM_CODE_SIGNED;
    if (rule == SIZE_BYTES) return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    return bytes == 0 && (rule == SIZE_SIGN || size == 0);
}

static const char *check_fields(const struct loom_plan_code *at) {
    const struct rule *rule = at->op < sizeof rules / sizeof rules[0] ? &rules[at->op] : NULL;
    if (!rule || !rule->known) return "bad-plan unknown instruction";
    if (!size_is_right(at->size, (enum size_rule)rule->size))
        return "bad-plan an instruction of a wrong size";
    if (at->reserved || (at->index && !rule->index) || (at->value && !rule->value))
        return "bad-plan a field that the instruction does not use";
    return NULL;
}

/* One walk through a program. */
struct walk {
    uint32_t at, furthest; /* target of a jump; 0: none */
    unsigned height;
    uint8_t wanted[LOOM_CODE_MAX]; /* height of the stack that a jump brings along; 0: no jump */
};

/* The way of the jump: the top stays. */
static const char *check_jump(struct walk *walk, const struct loom_plan_code *jump) {
    uint64_t target = (uint64_t)walk->at + jump->index;
    if (jump->index == 0) return "bad-plan a jump to itself";
    if (target >= LOOM_CODE_MAX) return "bad-plan a jump out of the program";
    if (walk->wanted[target] && walk->wanted[target] != walk->height)
        return "bad-plan a stack that is not equally high on both ways";
    walk->wanted[target] = (uint8_t)walk->height;
    if (target > walk->furthest) walk->furthest = (uint32_t)target;
    return NULL;
}

static const char *check_step(struct walk *walk, const struct loom_plan_code *code) {
    const struct rule *rule = &rules[code->op];
    const char *wrong = NULL;
    if (walk->wanted[walk->at] && walk->wanted[walk->at] != walk->height)
        return "bad-plan a stack that is not equally high on both ways";
    if (walk->height < rule->pops) return "bad-plan an empty stack";
    if (code->op == LOOM_CODE_AND_THEN || code->op == LOOM_CODE_OR_ELSE)
        wrong = check_jump(walk, code);
    walk->height += (unsigned)rule->pushes - rule->pops;
    return walk->height > LOOM_CODE_STACK ? "bad-plan a stack that is too high" : wrong;
}

const char *code_verify(const struct loom_plan_code *code, uint32_t count, uint32_t program) {
    struct walk walk = {0};
    if (program == 0 || program > count) return "bad-plan no such program";
    code += program - 1;
    count -= program - 1;
    for (; walk.at < count && walk.at < LOOM_CODE_MAX; walk.at++) {
        const char *wrong = check_fields(&code[walk.at]);
        if (!wrong) wrong = check_step(&walk, &code[walk.at]);
        if (wrong) return wrong;
        if (code[walk.at].op != LOOM_CODE_END) continue;
        if (walk.height != 0) return "bad-plan a program that leaves more than one value";
        return walk.furthest > walk.at ? "bad-plan a jump out of the program" : NULL;
    }
    return "bad-plan a program that does not end";
}

bool code_names_locals(const struct loom_plan_code *program) {
    for (; program->op != LOOM_CODE_END; program++)
        if (program->op == LOOM_CODE_LOCAL) return true;
    return false;
}
