// SPDX-License-Identifier: MIT
/*
 * lower_expression.c: expressions, without a thought about names and types.
 *
 * Rule: what an expression is for is seen from itself: if its outermost operator is a comparison,
 * `&&`, `||` or `!` it is a condition, everything else is a key.
 */
#include <errno.h>
#include <stdlib.h>
#include "lowering.h"

enum { DEPTH_MAX = 64 };

static struct expression *lower_at(struct lowering *l, TSNode node, unsigned depth);

static enum operator operator_of(const struct lowering *l, TSNode node, int unary) {
    static const struct {
        const char *text;
        enum operator one, two;
    } all[] = {{"&&", 0, OP_AND_THEN},
               {"||", 0, OP_OR_ELSE},
               {"==", 0, OP_EQUAL},
               {"!=", 0, OP_UNEQUAL},
               {"<", 0, OP_LESS},
               {"<=", 0, OP_LESS_EQUAL},
               {">", 0, OP_GREATER},
               {">=", 0, OP_GREATER_EQUAL},
               {"!", OP_NOT, 0},
               {"|", 0, OP_OR},
               {"^", 0, OP_XOR},
               {"&", OP_ADDRESS, OP_AND},
               {"<<", 0, OP_SHIFT_LEFT},
               {">>", 0, OP_SHIFT_RIGHT},
               {"+", 0, OP_ADD},
               {"-", OP_NEGATE, OP_SUBTRACT},
               {"*", OP_CONTENT, OP_MULTIPLY},
               {"/", 0, OP_DIVIDE},
               {"%", 0, OP_REMAINDER},
               {"~", OP_INVERT, 0},
               {"->", 0, OP_ARROW},
               {".", 0, OP_DOT}};
    size_t i = 0;
    while (i + 1 < sizeof all / sizeof *all && !same(l->text, span_of(node), all[i].text)) i++;
    return unary ? all[i].one : all[i].two;
}

static int number(struct lowering *l, struct expression *e) {
    const char *digits = string_of(l, e->span);
    char *end;
    errno = 0;
    e->number = strtoull(digits, &end, 0);
    e->hexadecimal = digits[0] == '0';
    if (!errno && !*end) return 1;
    error(l, e->span, errno ? "this number has more than 64 bits" : "this is not a number of C");
    return 0;
}

static int character(struct lowering *l, struct expression *e) {
    static const char letters[] = "ntr0abfv", values[] = "\n\t\r\0\a\b\f\v";
    char byte = l->text->bytes[e->span.start + 1], escaped = l->text->bytes[e->span.start + 2];
    const char *letter = strchr(letters, escaped);
    if (e->span.end - e->span.start > 3 && byte != '\\') {
        error(l, e->span, "a character is one byte");
        return 0;
    }
    if (byte == '\\') byte = letter && escaped ? values[letter - letters] : escaped;
    e->kind = EXPRESSION_NUMBER;
    e->number = (uint64_t)(int64_t)(signed char)byte;
    return 1;
}

static int with_name(struct lowering *l, struct expression *e, struct span name) {
    e->own_span = name;
    e->name = string_of(l, name);
    return 1;
}

static int operation(struct lowering *l, TSNode node, struct expression *e, unsigned depth) {
    static const struct {
        const char *type, *left, *right;
        enum expression_kind kind;
    } forms[] = {{"unary", "operand", NULL, EXPRESSION_UNARY},
                 {"binary", "left", "right", EXPRESSION_BINARY},
                 {"member", "object", NULL, EXPRESSION_MEMBER},
                 {"index", "object", "index", EXPRESSION_INDEX}};
    size_t i = 0;
    while (i < 3 && !is(node, forms[i].type)) i++;
    e->kind = forms[i].kind;
    e->left = lower_at(l, field(node, forms[i].left), depth + 1);
    if (forms[i].right) e->right = lower_at(l, field(node, forms[i].right), depth + 1);
    if (!e->left || (forms[i].right && !e->right)) return 0;
    e->own_span = e->span;
    if (e->kind == EXPRESSION_INDEX) return 1;
    e->own_span = span_of(field(node, "operator"));
    e->op = operator_of(l, field(node, "operator"), e->kind == EXPRESSION_UNARY);
    return e->kind == EXPRESSION_MEMBER ? with_name(l, e, span_of(field(node, "member"))) : 1;
}

static struct expression *lower_at(struct lowering *l, TSNode node, unsigned depth) {
    struct expression *e = arena_take(&l->filters->arena, sizeof *e);
    int good;
    for (; is(node, "group"); depth++) node = field(node, "value");
    e->span = span_of(node);
    if (depth > DEPTH_MAX) {
        error(l, e->span, "this expression is nested too deeply");
        return NULL;
    }
    if (is(node, "number")) {
        good = number(l, e);
    } else if (is(node, "character")) {
        good = character(l, e);
    } else if (is(node, "variable")) {
        e->kind = EXPRESSION_NAME;
        good = with_name(l, e, e->span);
    } else {
        good = operation(l, node, e, depth);
    }
    return good ? e : NULL;
}

const struct expression *lower_expression(struct lowering *l, TSNode node) {
    return lower_at(l, node, 0);
}

static int is_condition(const struct expression *e) {
    return (e->kind == EXPRESSION_BINARY || e->kind == EXPRESSION_UNARY) && e->op <= OP_NOT;
}

static const struct expression *both(struct lowering *l, const struct expression *left,
                                     const struct expression *right) {
    struct expression *e;
    if (!left) return right;
    e = arena_take(&l->filters->arena, sizeof *e);
    *e = (struct expression){.kind = EXPRESSION_BINARY,
                             .op = OP_AND_THEN,
                             .span = {left->span.start, right->span.end},
                             .own_span = right->span,
                             .left = (struct expression *)left,
                             .right = (struct expression *)right};
    return e;
}

void lower_key(struct lowering *l, TSNode key, struct place *place) {
    for (uint32_t i = 0; !ts_node_is_null(key) && i < ts_node_named_child_count(key); i++) {
        const struct expression *e = lower_expression(l, ts_node_named_child(key, i));
        if (!e) continue;
        if (is_condition(e)) {
            place->condition = both(l, place->condition, e);
        } else if (!place->key) {
            place->key = e;
        } else {
            error(l, e->span, "a region has one key");
            diag_hint(
                l->diagnostics,
                "two values as one key: (a ^ b * 31), a pointer as p - NULL; a condition has a "
                "comparison: (a, b != 0)");
        }
    }
}
