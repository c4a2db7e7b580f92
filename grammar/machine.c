// SPDX-License-Identifier: MIT
/* machine.c: see machine.h. */
#include "machine.h"

uint64_t cut(uint64_t value, unsigned size) {
    unsigned away = 64 - (size & ~LOOM_CODE_SIGNED) * 8;
    if (away >= 64 || away == 0) return value;
    value <<= away;
    return size & LOOM_CODE_SIGNED ? (uint64_t)((int64_t)value >> away) : value >> away;
}

static const struct step *step(struct arena *arena, struct step content) {
    struct step *new = arena_take(arena, sizeof *new);
    *new = content;
    return new;
}

const struct step *step_constant(struct arena *arena, uint64_t value) {
    return step(arena, (struct step){.op = LOOM_CODE_CONST, .value = value});
}

const struct step *step_variable(struct arena *arena, enum loom_code op, uint32_t index,
                                 unsigned size) {
    return step(arena, (struct step){.op = (uint8_t)op, .size = (uint8_t)size, .index = index});
}

static uint64_t unary(enum loom_code op, unsigned size, uint64_t of) {
    switch (op) {
    case LOOM_CODE_CUT: return cut(of, size);
    case LOOM_CODE_NEGATE: return 0 - of;
    case LOOM_CODE_INVERT: return ~of;
    default: return !of;
    }
}

const struct step *step_unary(struct arena *arena, enum loom_code op, unsigned size,
                              const struct step *of) {
    if (of->op == LOOM_CODE_CONST && op != LOOM_CODE_LOAD)
        return step_constant(arena, unary(op, size, of->value));
    return step(arena, (struct step){.op = (uint8_t)op, .size = (uint8_t)size, .left = of});
}

/* 0: not computable. */
static int divide(int rest, int is_signed, uint64_t left, uint64_t right, uint64_t *result) {
    if (right == 0 || (is_signed && (int64_t)left == INT64_MIN && (int64_t)right == -1)) return 0;
    if (is_signed)
        *result =
            (uint64_t)(rest ? (int64_t)left % (int64_t)right : (int64_t)left / (int64_t)right);
    else
        *result = rest ? left % right : left / right;
    return 1;
}

static int is_less(int is_signed, uint64_t left, uint64_t right) {
    return is_signed ? (int64_t)left < (int64_t)right : left < right;
}

static int binary(enum loom_code op, int is_signed, uint64_t left, uint64_t right,
                  uint64_t *result) {
    switch (op) {
    case LOOM_CODE_ADD: *result = left + right; return 1;
    case LOOM_CODE_SUBTRACT: *result = left - right; return 1;
    case LOOM_CODE_MULTIPLY: *result = left * right; return 1;
    case LOOM_CODE_DIVIDE:
    case LOOM_CODE_REMAINDER:
        return divide(op == LOOM_CODE_REMAINDER, is_signed, left, right, result);
    case LOOM_CODE_SHIFT_LEFT: *result = left << (right & 63); return 1;
    case LOOM_CODE_SHIFT_RIGHT:
        *result = is_signed ? (uint64_t)((int64_t)left >> (right & 63)) : left >> (right & 63);
        return 1;
    case LOOM_CODE_AND: *result = left & right; return 1;
    case LOOM_CODE_OR: *result = left | right; return 1;
    case LOOM_CODE_XOR: *result = left ^ right; return 1;
    case LOOM_CODE_EQUAL: *result = left == right; return 1;
    case LOOM_CODE_UNEQUAL: *result = left != right; return 1;
    case LOOM_CODE_LESS: *result = (uint64_t)is_less(is_signed, left, right); return 1;
    case LOOM_CODE_LESS_EQUAL: *result = !is_less(is_signed, right, left); return 1;
    case LOOM_CODE_AND_THEN: *result = left && right; return 1;
    case LOOM_CODE_OR_ELSE: *result = left || right; return 1;
    default: return 0;
    }
}

/* The value of an `&&` or `||` whose left side is known. */
static const struct step *decided(struct arena *arena, enum loom_code op, const struct step *left,
                                  const struct step *right) {
    if ((left->value != 0) == (op == LOOM_CODE_OR_ELSE))
        return step_constant(arena, op == LOOM_CODE_OR_ELSE);
    return right;
}

const struct step *step_binary(struct arena *arena, enum loom_code op, unsigned size,
                               const struct step *left, const struct step *right) {
    uint64_t value;
    if (left->op == LOOM_CODE_CONST && right->op == LOOM_CODE_CONST &&
        binary(op, size & LOOM_CODE_SIGNED, left->value, right->value, &value))
        return step_constant(arena, value);
    if (left->op == LOOM_CODE_CONST && (op == LOOM_CODE_AND_THEN || op == LOOM_CODE_OR_ELSE))
        return decided(arena, op, left, right);
    if (op == LOOM_CODE_ADD && right->op == LOOM_CODE_CONST) {
        if (right->value == 0) return left;
        if (left->op == LOOM_CODE_ADD && left->right->op == LOOM_CODE_CONST)
            return step_binary(arena, op, 0, left->left,
                               step_constant(arena, left->right->value + right->value));
    }
    return step(arena, (struct step){
                           .op = (uint8_t)op, .size = (uint8_t)size, .left = left, .right = right});
}
