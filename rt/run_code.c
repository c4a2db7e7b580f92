// SPDX-License-Identifier: MIT
/* run_code.c: a stack machine on 64-bit values. See run_code.h. */
#include "run_code.h"

#include <stddef.h>

#include "code.h"
#include "value.h"
#include "vectors.h"

bool code_has_globals(const struct loom_file *file) {
    return file && file->size >= offsetof(struct loom_file, global) + sizeof file->global &&
           file->global;
}

/* A function of the program's, compiled as the program is: instrumented by others, perhaps. */
static __attribute__((noinline)) unsigned long ask_program(const struct loom_file *file, unsigned global) {
    struct vectors vectors;
    unsigned long value;
    vectors_keep(&vectors);
    value = file->global(global);
    vectors_give(&vectors);
    return value;
}

static bool divide(const struct loom_plan_code *at, uint64_t left, uint64_t right,
                   uint64_t *result) {
    bool rest = at->op == LOOM_CODE_REMAINDER;
    if (right == 0) return false;
    if (!(at->size & LOOM_CODE_SIGNED)) {
        *result = rest ? left % right : left / right;
        return true;
    }
    if ((int64_t)left == INT64_MIN && (int64_t)right == -1) return false;
    *result = (uint64_t)(rest ? (int64_t)left % (int64_t)right : (int64_t)left / (int64_t)right);
    return true;
}

static bool is_less(const struct loom_plan_code *at, uint64_t left, uint64_t right) {
    return at->size & LOOM_CODE_SIGNED ? (int64_t)left < (int64_t)right : left < right;
}

static uint64_t shift_right(const struct loom_plan_code *at, uint64_t left, uint64_t right) {
    return at->size & LOOM_CODE_SIGNED ? (uint64_t)((int64_t)left >> (right & 63))
                                       : left >> (right & 63);
}

static bool binary(const struct loom_plan_code *at, uint64_t left, uint64_t right,
                   uint64_t *result) {
    switch (at->op) {
    case LOOM_CODE_ADD: *result = left + right; return true;
    case LOOM_CODE_SUBTRACT: *result = left - right; return true;
    case LOOM_CODE_MULTIPLY: *result = left * right; return true;
    case LOOM_CODE_DIVIDE:
    case LOOM_CODE_REMAINDER: return divide(at, left, right, result);
    case LOOM_CODE_SHIFT_LEFT: *result = left << (right & 63); return true;
    case LOOM_CODE_SHIFT_RIGHT: *result = shift_right(at, left, right); return true;
    case LOOM_CODE_AND: *result = left & right; return true;
    case LOOM_CODE_OR: *result = left | right; return true;
    case LOOM_CODE_XOR: *result = left ^ right; return true;
    case LOOM_CODE_EQUAL: *result = left == right; return true;
    case LOOM_CODE_UNEQUAL: *result = left != right; return true;
    case LOOM_CODE_LESS: *result = is_less(at, left, right); return true;
    case LOOM_CODE_LESS_EQUAL: *result = !is_less(at, right, left); return true;
    default: return false;
    }
}

/* What an instruction makes of the top. */
static bool unary(const struct loom_plan_code *at, uint64_t *top) {
    switch (at->op) {
    case LOOM_CODE_LOAD: return value_at(*top, at->size, top);
    case LOOM_CODE_CUT: *top = code_cut(*top, at->size); return true;
    case LOOM_CODE_NEGATE: *top = -*top; return true;
    case LOOM_CODE_INVERT: *top = ~*top; return true;
    case LOOM_CODE_NOT: *top = !*top; return true;
    default: return false;
    }
}

static bool push(const struct loom_plan_code *at, const struct code_scope *scope, uint64_t *top) {
    switch (at->op) {
    case LOOM_CODE_CONST: *top = at->value; return true;
    case LOOM_CODE_LOCAL: return value_of_slot(scope->values, at->index, at->size, top);
    case LOOM_CODE_GLOBAL:
        if (!code_has_globals(scope->file)) return false;
        *top = code_cut(ask_program(scope->file, at->index), at->size);
        return true;
    default: return false;
    }
}

/* `&&` and `||`: true if the top decides; then it is 0 or 1. */
static bool decides(const struct loom_plan_code *at, uint64_t *top) {
    bool is_or = at->op == LOOM_CODE_OR_ELSE;
    if ((*top != 0) != is_or) return false;
    *top = is_or;
    return true;
}

static bool run(const struct loom_plan_code *program, const struct code_scope *scope,
                uint64_t *result) {
    uint64_t stack[LOOM_CODE_STACK + 1]; /* [0] is unused: the stack is empty */
    unsigned top = 0;
    stack[0] = 0;
    for (unsigned at = 0; at < LOOM_CODE_MAX; at++) {
        const struct loom_plan_code *code = &program[at];
        if (code->op == LOOM_CODE_END) {
            *result = stack[top];
            return true;
        }
        if (code->op >= LOOM_CODE_AND_THEN) {
            if (decides(code, &stack[top]))
                at += code->index - 1;
            else
                top--;
        } else if (code->op >= LOOM_CODE_ADD) {
            top--;
            if (!binary(code, stack[top], stack[top + 1], &stack[top])) return false;
        } else if (code->op >= LOOM_CODE_LOAD) {
            if (!unary(code, &stack[top])) return false;
        } else if (!push(code, scope, &stack[++top])) {
            return false;
        }
    }
    return false;
}

/* Most keys are one value that the slot passes. */
bool code_run(const struct loom_plan_code *program, const struct code_scope *scope,
              uint64_t *result) {
    if (program[0].op == LOOM_CODE_LOCAL && program[1].op == LOOM_CODE_END)
        return value_of_slot(scope->values, program->index, program->size, result);
    return run(program, scope, result);
}
