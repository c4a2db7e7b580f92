// SPDX-License-Identifier: MIT
/*
 * expr.c: see expr.h.
 *
 * Rule: steps of integers narrower than 64 bits keep their value extended as their type says, so a
 * conversion is a step only where it changes bits: to an unsigned int from a signed one.
 */
#include "expr.h"
#include <limits.h>
#include <string.h>

enum { MEMBERS_SHOWN = 12 };

static struct typed typed_at(const struct scope *s, const struct expression *e);

static const struct typed nothing;

__attribute__((format(printf, 3, 4))) static struct typed
wrong(const struct scope *s, struct span span, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    diag_add(s->diagnostics, SEVERITY_ERROR, span, "%s", arena_vprint(s->arena, format, arguments));
    va_end(arguments);
    return nothing;
}

static const char *print(const struct scope *s, struct type type) {
    return type_print(s->program, s->arena, type);
}

static unsigned size_of(struct type type) {
    if (type.kind != TYPE_INTEGER) return 8;
    return type.size | (type.is_signed ? LOOM_CODE_SIGNED : 0u);
}

static unsigned sign_of(struct type type) {
    return type.kind == TYPE_INTEGER && type.is_signed ? LOOM_CODE_SIGNED : 0;
}

static const struct step *constant(const struct scope *s, uint64_t value) {
    return step_constant(s->arena, value);
}

static const struct step *add(const struct scope *s, const struct step *to,
                              const struct step *what) {
    return step_binary(s->arena, LOOM_CODE_ADD, 0, to, what);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Its bits to the top, and down again: that extends it, too. */
static const struct step *bit_field(const struct scope *s, const struct step *whole,
                                    const struct member *bits, struct type type) {
    const struct step *top = step_binary(s->arena, LOOM_CODE_SHIFT_LEFT, 0, whole,
                                         constant(s, 64u - bits->bit - bits->width));
    return step_binary(s->arena, LOOM_CODE_SHIFT_RIGHT, sign_of(type), top,
                       constant(s, 64u - bits->width));
}

static struct typed load(const struct scope *s, struct typed t) {
    t.step = step_unary(s->arena, LOOM_CODE_LOAD, size_of(t.type), t.step);
    t.in_memory = 0;
    if (!t.bits) return t;
    t.step = bit_field(s, t.step, t.bits, t.type);
    if (t.bits->width < 32) t.type = type_integer(4, 1);
    t.bits = NULL;
    return t;
}

/* What it is as an operand: read, or as an address; an integer or a pointer. */
static struct typed value(const struct scope *s, const struct expression *e, struct typed t) {
    if (!t.step) return t;
    switch (t.type.kind) {
    case TYPE_INTEGER:
    case TYPE_POINTER: return t.in_memory ? load(s, t) : t;
    case TYPE_ARRAY:
        t.type = type_pointer(s->program, s->arena, type_inner(s->program, t.type));
        t.in_memory = 0;
        return t;
    case TYPE_FUNCTION:
        t.type = type_pointer(s->program, s->arena, t.type);
        t.in_memory = 0;
        return t;
    case TYPE_FLOATING:
        return wrong(s, e->span, "this is a %s: Loom computes with integers and pointers",
                     print(s, t.type));
    case TYPE_RECORD:
        wrong(s, e->span, "this is a whole %s", print(s, t.type));
        diag_hint(s->diagnostics, "name a member of it, or take its address with `&`");
        return nothing;
    case TYPE_VOID: return wrong(s, e->span, "there is no value behind a `void *`");
    case TYPE_OTHER: break;
    }
    return wrong(s, e->span, "this has a type that Loom does not know");
}

static struct typed operand(const struct scope *s, const struct expression *e) {
    return value(s, e, typed_at(s, e));
}

static struct typed promoted(struct typed t) {
    if (t.type.kind == TYPE_INTEGER && (t.type.size < 4 || t.type.is_bool))
        t.type = type_integer(4, 1);
    return t;
}

/* An integer operand, promoted; *step null: reported. */
static struct typed integer(const struct scope *s, const struct expression *e,
                            const struct expression *op) {
    struct typed t = operand(s, e);
    if (!t.step || t.type.kind == TYPE_INTEGER) return promoted(t);
    wrong(s, op->own_span, "this takes integers, and here is a %s", print(s, t.type));
    if (op->kind == EXPRESSION_BINARY && (op->op == OP_XOR || op->op == OP_AND || op->op == OP_OR))
        diag_hint(s->diagnostics, "a pointer as a number: p - NULL");
    return nothing;
}

static struct type common(struct type left, struct type right) {
    if (left.size != right.size) return left.size > right.size ? left : right;
    return left.is_signed ? right : left;
}

static const struct step *convert(const struct scope *s, struct typed from, struct type to) {
    if (to.size == 4 && !to.is_signed && from.type.is_signed)
        return step_unary(s->arena, LOOM_CODE_CUT, 4, from.step);
    return from.step;
}

/* The result of arithmetic in `type`. */
static struct typed result(const struct scope *s, const struct step *step, struct type type) {
    if (type.size < 8) step = step_unary(s->arena, LOOM_CODE_CUT, size_of(type), step);
    return (struct typed){.step = step, .type = type};
}

static struct typed truth(const struct step *step) {
    return (struct typed){.step = step, .type = type_integer(4, 1)};
}

/* ---- unary ----------------------------------------------------------------------------------- */

static struct typed content(const struct scope *s, const struct expression *e) {
    struct typed t = operand(s, e->left);
    if (!t.step) return nothing;
    if (t.type.kind != TYPE_POINTER)
        return wrong(s, e->left->span, "this is not a pointer but %s", print(s, t.type));
    t.type = type_inner(s->program, t.type);
    t.in_memory = 1;
    return t;
}

static struct typed address(const struct scope *s, const struct expression *e) {
    struct typed t = typed_at(s, e->left);
    if (!t.step) return nothing;
    if (!t.in_memory) {
        wrong(s, e->span, "Loom has the value of this, not its address");
        diag_hint(s->diagnostics, "members and elements have addresses: &p->member, &a[i]");
        return nothing;
    }
    if (t.bits) return wrong(s, e->span, "a bit-field has no address");
    t.type = type_pointer(s->program, s->arena, t.type);
    t.in_memory = 0;
    return t;
}

static struct typed unary(const struct scope *s, const struct expression *e) {
    struct typed t;
    if (e->op == OP_CONTENT) return content(s, e);
    if (e->op == OP_ADDRESS) return address(s, e);
    t = e->op == OP_NOT ? operand(s, e->left) : integer(s, e->left, e);
    if (!t.step) return nothing;
    if (e->op == OP_NOT) return truth(step_unary(s->arena, LOOM_CODE_NOT, 0, t.step));
    return result(
        s,
        step_unary(s->arena, e->op == OP_NEGATE ? LOOM_CODE_NEGATE : LOOM_CODE_INVERT, 0, t.step),
        t.type);
}

/* ---- members and elements -------------------------------------------------------------------- */

/* A table has the members that its file mentions. */
static void hint_members(const struct scope *s, const struct layout *layout) {
    const struct program *p = s->program;
    const char *names = "";
    for (uint32_t i = 0; i < layout->member_count && i < MEMBERS_SHOWN; i++)
        names = arena_print(s->arena, "%s%s%s", names, i ? ", " : "",
                            p->names.texts[p->members[layout->first_member + i].name]);
    if (*names)
        diag_hint(s->diagnostics, "%s knows of it: %s%s", scope_file(s), names,
                  layout->member_count > MEMBERS_SHOWN ? ", ..." : "");
}

static void hint_member(const struct scope *s, const struct layout *layout, const char *wanted) {
    const struct program *p = s->program;
    unsigned best = strlen(wanted) < 4 ? 2 : 3;
    const char *name = NULL;
    for (uint32_t i = 0; i < layout->member_count; i++) {
        const char *own = p->names.texts[p->members[layout->first_member + i].name];
        unsigned distance = name_distance(wanted, own, best);
        if (distance >= best) continue;
        best = distance;
        name = own;
    }
    if (name)
        diag_hint(s->diagnostics, "did you mean `%s`", name);
    else
        hint_members(s, layout);
}

static const struct member *find_member(const struct scope *s, const struct layout *layout,
                                        const char *wanted) {
    const struct program *p = s->program;
    uint32_t name = names_find(&p->names, wanted, strlen(wanted));
    for (uint32_t i = 0; name != NO_NAME && i < layout->member_count; i++)
        if (p->members[layout->first_member + i].name == name)
            return &p->members[layout->first_member + i];
    return NULL;
}

/* The struct that `->` or `.` looks into, in memory. */
static struct typed object(const struct scope *s, const struct expression *e) {
    struct typed t = typed_at(s, e->left);
    if (t.step && e->op == OP_ARROW && t.type.kind == TYPE_RECORD) {
        wrong(s, e->own_span, "this is no pointer but the %s itself", print(s, t.type));
        diag_hint(s->diagnostics, "write `.` here");
        return nothing;
    }
    if (e->op == OP_ARROW) t = value(s, e->left, t);
    if (!t.step) return nothing;
    if (e->op == OP_ARROW && t.type.kind == TYPE_POINTER) {
        t.type = type_inner(s->program, t.type);
        t.in_memory = 1;
    } else if (e->op == OP_ARROW) {
        return wrong(s, e->left->span, "this is not a pointer but %s", print(s, t.type));
    } else if (t.type.kind == TYPE_POINTER && type_inner(s->program, t.type).kind == TYPE_RECORD) {
        wrong(s, e->own_span, "this is a pointer");
        diag_hint(s->diagnostics, "write `->` here");
        return nothing;
    }
    if (t.type.kind == TYPE_RECORD) return t;
    return wrong(s, e->left->span, "this has no members: it is %s", print(s, t.type));
}

static struct typed member(const struct scope *s, const struct expression *e) {
    struct typed t = object(s, e);
    const struct layout *layout;
    const struct member *found;
    if (!t.step) return nothing;
    layout = t.type.layout == NONE ? NULL : &s->program->layouts[t.type.layout];
    if (!layout || (!layout->size && !layout->member_count))
        return wrong(s, e->left->span, "%s does not know what is in this %s",
                     s->program->files[t.type.file].path, print(s, t.type));
    found = find_member(s, layout, e->name);
    if (!found) {
        wrong(s, e->own_span, "no member `%s` in %s", e->name, print(s, t.type));
        hint_member(s, layout, e->name);
        return nothing;
    }
    return (struct typed){.step = add(s, t.step, constant(s, found->offset)),
                          .type = type_of(s->program, t.type.file, found->type),
                          .in_memory = 1,
                          .bits = found->width ? found : NULL};
}

/* Bytes from one element to the next; 0: reported. */
static uint64_t stride(const struct scope *s, const struct expression *e, struct type pointer) {
    struct type inner = type_inner(s->program, pointer);
    uint64_t bytes = type_bytes(s->program, inner);
    if (!bytes)
        wrong(s, e->span, "%s does not know how large a %s is",
              s->program->files[pointer.file].path, print(s, inner));
    return bytes;
}

/* pointer + sign * number */
static struct typed moved(const struct scope *s, const struct expression *e, struct typed pointer,
                          struct typed number, enum loom_code op) {
    uint64_t bytes = stride(s, e, pointer.type);
    if (!bytes) return nothing;
    if (bytes > 1)
        number.step = step_binary(s->arena, LOOM_CODE_MULTIPLY, 0, number.step, constant(s, bytes));
    pointer.step = step_binary(s->arena, op, 0, pointer.step, number.step);
    return pointer;
}

static struct typed element(const struct scope *s, const struct expression *e) {
    struct typed left = operand(s, e->left), right = operand(s, e->right), t;
    if (!left.step || !right.step) return nothing;
    if (left.type.kind != TYPE_POINTER) {
        t = left;
        left = right;
        right = t;
    }
    if (left.type.kind != TYPE_POINTER)
        return wrong(s, e->left->span, "this is not an array but %s", print(s, right.type));
    if (right.type.kind != TYPE_INTEGER)
        return wrong(s, e->right->span, "an index is an integer, and this is %s",
                     print(s, right.type));
    t = moved(s, e, left, right, LOOM_CODE_ADD);
    if (!t.step) return nothing;
    t.type = type_inner(s->program, t.type);
    t.in_memory = 1;
    return t;
}

/* ---- binary ---------------------------------------------------------------------------------- */

static const struct step *as_truth(const struct scope *s, const struct step *step) {
    int is_one =
        (step->op >= LOOM_CODE_EQUAL && step->op <= LOOM_CODE_OR_ELSE) || step->op == LOOM_CODE_NOT;
    if (is_one) return step;
    step = step_unary(s->arena, LOOM_CODE_NOT, 0, step);
    return step_unary(s->arena, LOOM_CODE_NOT, 0, step);
}

static struct typed choice(const struct scope *s, const struct expression *e) {
    struct typed left = operand(s, e->left), right = operand(s, e->right);
    if (!left.step || !right.step) return nothing;
    return truth(step_binary(s->arena,
                             e->op == OP_AND_THEN ? LOOM_CODE_AND_THEN : LOOM_CODE_OR_ELSE, 0,
                             as_truth(s, left.step), as_truth(s, right.step)));
}

static struct typed comparison(const struct scope *s, const struct expression *e) {
    struct typed left = promoted(operand(s, e->left)), right = promoted(operand(s, e->right));
    struct type type = type_integer(8, 0); /* of pointers */
    const struct step *one, *other;
    unsigned sign;
    if (!left.step || !right.step) return nothing;
    if (left.type.kind == TYPE_INTEGER && right.type.kind == TYPE_INTEGER)
        type = common(left.type, right.type);
    sign = sign_of(type);
    one = convert(s, left, type);
    other = convert(s, right, type);
    switch (e->op) {
    case OP_EQUAL: return truth(step_binary(s->arena, LOOM_CODE_EQUAL, 0, one, other));
    case OP_UNEQUAL: return truth(step_binary(s->arena, LOOM_CODE_UNEQUAL, 0, one, other));
    case OP_LESS: return truth(step_binary(s->arena, LOOM_CODE_LESS, sign, one, other));
    case OP_LESS_EQUAL: return truth(step_binary(s->arena, LOOM_CODE_LESS_EQUAL, sign, one, other));
    case OP_GREATER: return truth(step_binary(s->arena, LOOM_CODE_LESS, sign, other, one));
    default: return truth(step_binary(s->arena, LOOM_CODE_LESS_EQUAL, sign, other, one));
    }
}

static struct typed shift(const struct scope *s, const struct expression *e) {
    struct typed left = integer(s, e->left, e), right = integer(s, e->right, e);
    if (!left.step || !right.step) return nothing;
    if (e->op == OP_SHIFT_LEFT)
        return result(s, step_binary(s->arena, LOOM_CODE_SHIFT_LEFT, 0, left.step, right.step),
                      left.type);
    left.step =
        step_binary(s->arena, LOOM_CODE_SHIFT_RIGHT, sign_of(left.type), left.step, right.step);
    return left;
}

static struct typed difference(const struct scope *s, const struct expression *e, struct typed left,
                               struct typed right) {
    uint64_t bytes, others;
    const struct step *step = step_binary(s->arena, LOOM_CODE_SUBTRACT, 0, left.step, right.step);
    if (right.step->op == LOOM_CODE_CONST) /* p - NULL: a pointer as a number */
        return (struct typed){.step = step, .type = type_integer(8, 1)};
    bytes = stride(s, e, left.type);
    others = stride(s, e, right.type);
    if (!bytes || !others) return nothing;
    if (bytes != others)
        return wrong(s, e->span, "these are pointers to different things: %s and %s",
                     print(s, left.type), print(s, right.type));
    if (bytes > 1)
        step = step_binary(s->arena, LOOM_CODE_DIVIDE, LOOM_CODE_SIGNED, step, constant(s, bytes));
    return (struct typed){.step = step, .type = type_integer(8, 1)};
}

static struct typed sum_of_pointers(const struct scope *s, const struct expression *e,
                                    struct typed left, struct typed right) {
    enum type_kind one = left.type.kind, other = right.type.kind;
    if (one == TYPE_POINTER && other == TYPE_INTEGER)
        return moved(s, e, left, right, e->op == OP_ADD ? LOOM_CODE_ADD : LOOM_CODE_SUBTRACT);
    if (e->op == OP_ADD && one == TYPE_INTEGER) return moved(s, e, right, left, LOOM_CODE_ADD);
    if (e->op == OP_SUBTRACT && one == TYPE_POINTER) return difference(s, e, left, right);
    return wrong(s, e->own_span, "this does not join %s and %s", print(s, left.type),
                 print(s, right.type));
}

static struct typed arithmetic(const struct scope *s, const struct expression *e, struct typed left,
                               struct typed right) {
    static const enum loom_code codes[] = {[OP_OR] = LOOM_CODE_OR,
                                           [OP_XOR] = LOOM_CODE_XOR,
                                           [OP_AND] = LOOM_CODE_AND,
                                           [OP_ADD] = LOOM_CODE_ADD,
                                           [OP_SUBTRACT] = LOOM_CODE_SUBTRACT,
                                           [OP_MULTIPLY] = LOOM_CODE_MULTIPLY,
                                           [OP_DIVIDE] = LOOM_CODE_DIVIDE,
                                           [OP_REMAINDER] = LOOM_CODE_REMAINDER};
    struct type type = common(left.type, right.type);
    int divides = e->op == OP_DIVIDE || e->op == OP_REMAINDER;
    const struct step *one = convert(s, left, type), *other = convert(s, right, type);
    if (divides && other->op == LOOM_CODE_CONST && other->value == 0)
        return wrong(s, e->right->span, "this is always 0: it divides nothing");
    return result(s, step_binary(s->arena, codes[e->op], divides ? sign_of(type) : 0, one, other),
                  type);
}

static struct typed binary(const struct scope *s, const struct expression *e) {
    struct typed left, right;
    int sum = e->op == OP_ADD || e->op == OP_SUBTRACT;
    if (e->op <= OP_OR_ELSE) return choice(s, e);
    if (e->op <= OP_GREATER_EQUAL) return comparison(s, e);
    if (e->op == OP_SHIFT_LEFT || e->op == OP_SHIFT_RIGHT) return shift(s, e);
    left = sum ? promoted(operand(s, e->left)) : integer(s, e->left, e);
    right = sum ? promoted(operand(s, e->right)) : integer(s, e->right, e);
    if (!left.step || !right.step) return nothing;
    if (left.type.kind == TYPE_POINTER || right.type.kind == TYPE_POINTER)
        return sum_of_pointers(s, e, left, right);
    return arithmetic(s, e, left, right);
}

/* ---- all ------------------------------------------------------------------------------------- */

/* As C: the first of int, long, and for other than decimal numbers unsigned ones, that has room. */
static struct typed number(const struct scope *s, const struct expression *e) {
    int64_t value = (int64_t)e->number;
    struct type type = type_integer(8, value >= 0);
    if (value >= INT_MIN && value <= INT_MAX)
        type = type_integer(4, 1);
    else if (e->hexadecimal && e->number <= UINT_MAX)
        type = type_integer(4, 0);
    return (struct typed){.step = constant(s, e->number), .type = type};
}

static struct typed typed_at(const struct scope *s, const struct expression *e) {
    switch (e->kind) {
    case EXPRESSION_NUMBER: return number(s, e);
    case EXPRESSION_NAME: return scope_find(s, e);
    case EXPRESSION_UNARY: return unary(s, e);
    case EXPRESSION_BINARY: return binary(s, e);
    case EXPRESSION_MEMBER: return member(s, e);
    case EXPRESSION_INDEX: return element(s, e);
    }
    return nothing;
}

const struct step *expr_value(const struct scope *scope, const struct expression *expression,
                              struct type *type) {
    struct typed t = operand(scope, expression);
    *type = t.type;
    return t.step;
}
