// SPDX-License-Identifier: MIT
/* Programs: the verifier's rules one by one; the interpreter against C; memory. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "rt/code.h"
#include "rt/run_code.h"
#include "rt/sys.h"

#define CONST(v)                                                                                   \
    { .op = LOOM_CODE_CONST, .value = (v) }
#define OP(name)                                                                                   \
    { .op = LOOM_CODE_##name }
#define SIGNED_OP(name)                                                                            \
    { .op = LOOM_CODE_##name, .size = LOOM_CODE_SIGNED }
#define SIZED(name, s)                                                                             \
    { .op = LOOM_CODE_##name, .size = (s) }
#define JUMP(name, n)                                                                              \
    { .op = LOOM_CODE_##name, .index = (n) }
#define NAMED(name, s, i)                                                                          \
    { .op = LOOM_CODE_##name, .size = (s), .index = (i) }
#define END                                                                                        \
    { .op = LOOM_CODE_END }
#define S            LOOM_CODE_SIGNED
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the verifier ---------------------------------------------------------------------------- */

#define VERIFY(...)                                                                                \
    ({                                                                                             \
        struct loom_plan_code code_[] = {__VA_ARGS__};                                             \
        code_verify(code_, COUNT(code_), 1);                                                       \
    })
#define GOOD(...)                                                                                  \
    do {                                                                                           \
        const char *wrong_ = VERIFY(__VA_ARGS__);                                                  \
        cr_expect_null(wrong_, "%s: %s", #__VA_ARGS__, wrong_);                                    \
    } while (0)
/* Refused, for this reason. */
#define BAD(why, ...)                                                                              \
    do {                                                                                           \
        const char *wrong_ = VERIFY(__VA_ARGS__);                                                  \
        cr_expect(wrong_ && !strncmp(wrong_, "bad-plan ", 9) && strstr(wrong_, why), "%s: %s",     \
                  #__VA_ARGS__, wrong_ ? wrong_ : "accepted");                                     \
    } while (0)

Test(verify, every_instruction_is_known) {
    GOOD(CONST(7), END);
    GOOD(NAMED(LOCAL, 4, 3), END);
    GOOD(NAMED(GLOBAL, 8 | S, 3), SIZED(LOAD, 1), SIZED(CUT, 2 | S), OP(NEGATE), OP(INVERT),
         OP(NOT), END);
    for (unsigned op = LOOM_CODE_ADD; op <= LOOM_CODE_LESS_EQUAL; op++)
        GOOD(CONST(1), CONST(2), {.op = (uint8_t)op}, END);
    GOOD(CONST(1), JUMP(AND_THEN, 2), CONST(2), END);
    GOOD(CONST(1), JUMP(OR_ELSE, 4), CONST(2), JUMP(AND_THEN, 2), CONST(3), END);
}

Test(verify, unknown_instructions) {
    for (unsigned op = 0; op < 256; op++) {
        bool known = op <= LOOM_CODE_NOT || (op >= LOOM_CODE_ADD && op <= LOOM_CODE_LESS_EQUAL) ||
                     op == LOOM_CODE_AND_THEN || op == LOOM_CODE_OR_ELSE;
        if (!known) BAD("unknown instruction", CONST(1), CONST(1), {.op = (uint8_t)op}, END);
    }
}

Test(verify, sizes) {
    static const unsigned bytes[] = {LOOM_CODE_LOCAL, LOOM_CODE_GLOBAL, LOOM_CODE_LOAD,
                                     LOOM_CODE_CUT};
    static const unsigned sign[] = {LOOM_CODE_DIVIDE, LOOM_CODE_REMAINDER, LOOM_CODE_SHIFT_RIGHT,
                                    LOOM_CODE_LESS, LOOM_CODE_LESS_EQUAL};
    for (unsigned op = 0; op <= LOOM_CODE_OR_ELSE; op++) {
        bool has_bytes = false, has_sign = false;
        for (size_t i = 0; i < COUNT(bytes); i++) has_bytes |= op == bytes[i];
        for (size_t i = 0; i < COUNT(sign); i++) has_sign |= op == sign[i];
        for (unsigned size = 0; size < 256; size++) {
            unsigned n = size & 0x7f;
            bool right = has_bytes  ? n == 1 || n == 2 || n == 4 || n == 8
                         : has_sign ? n == 0
                                    : size == 0;
            const char *wrong =
                VERIFY(CONST(1), CONST(1), {.op = (uint8_t)op, .size = (uint8_t)size}, END);
            bool told = wrong && strstr(wrong, "wrong size");
            if (wrong && strstr(wrong, "unknown")) continue;
            cr_expect_eq(told, !right, "op %u size %u: %s", op, size, wrong ? wrong : "accepted");
        }
    }
}

Test(verify, unused_fields_are_0) {
    BAD("not use", {.op = LOOM_CODE_CONST, .reserved = 1}, END);
    BAD("not use", {.op = LOOM_CODE_CONST, .index = 1}, END);
    BAD("not use", CONST(1), {.op = LOOM_CODE_END, .index = 1});
    BAD("not use", CONST(1), {.op = LOOM_CODE_END, .value = 1});
    BAD("not use", CONST(1), {.op = LOOM_CODE_NOT, .value = 1}, END);
    BAD("not use", CONST(1), {.op = LOOM_CODE_LOAD, .size = 8, .index = 1}, END);
    BAD("not use", {.op = LOOM_CODE_LOCAL, .size = 8, .value = 1}, END);
    BAD("not use", CONST(1), {.op = LOOM_CODE_AND_THEN, .index = 2, .value = 1}, CONST(1), END);
}

Test(verify, the_stack) {
    struct loom_plan_code high[2 * LOOM_CODE_STACK + 3];
    BAD("empty stack", END);
    BAD("empty stack", OP(NOT), END);
    BAD("empty stack", CONST(1), OP(ADD), END);
    BAD("empty stack", JUMP(AND_THEN, 2), CONST(1), END);
    BAD("more than one", CONST(1), CONST(2), END);
    for (unsigned height = 1; height <= LOOM_CODE_STACK + 1; height++) {
        unsigned n = 0;
        for (unsigned i = 0; i < height; i++) high[n++] = (struct loom_plan_code)CONST(i);
        for (unsigned i = 1; i < height; i++) high[n++] = (struct loom_plan_code)OP(ADD);
        high[n++] = (struct loom_plan_code)END;
        const char *wrong = code_verify(high, n, 1);
        cr_expect_eq(wrong == NULL, height <= LOOM_CODE_STACK, "height %u", height);
    }
}

Test(verify, jumps) {
    BAD("itself", CONST(1), JUMP(AND_THEN, 0), CONST(1), END);
    BAD("equally high", CONST(1), JUMP(AND_THEN, 1), CONST(1), END);
    BAD("equally high", CONST(1), JUMP(AND_THEN, 3), CONST(1), CONST(2), END);
    BAD("equally high", CONST(1), CONST(1), JUMP(OR_ELSE, 3), JUMP(OR_ELSE, 2), CONST(2), END);
    BAD("out of the program", CONST(1), JUMP(AND_THEN, 3), CONST(1), END);
    BAD("out of the program", CONST(1), JUMP(AND_THEN, 3), CONST(1), END, END);
    BAD("out of the program", CONST(1), JUMP(AND_THEN, LOOM_CODE_MAX), CONST(1), END);
    BAD("out of the program", CONST(1), JUMP(OR_ELSE, 0xffffffffu), CONST(1), END);
    GOOD(CONST(1), CONST(0), JUMP(AND_THEN, 2), CONST(1), OP(ADD), END); /* deeper in the stack */
}

Test(verify, length_and_bounds) {
    struct loom_plan_code code[LOOM_CODE_MAX + 2] = {CONST(1)};
    for (unsigned length = 2; length <= LOOM_CODE_MAX + 1; length++) {
        for (unsigned i = 1; i < length - 1; i++) code[i] = (struct loom_plan_code)OP(NOT);
        code[length - 1] = (struct loom_plan_code)END;
        cr_expect_eq(code_verify(code, length, 1) == NULL, length <= LOOM_CODE_MAX, "%u", length);
    }
    BAD("does not end", CONST(1));
    BAD("does not end", CONST(1), OP(NOT));
    cr_expect(code_verify(code, 5, 0), "0 is no program");
    cr_expect(code_verify(code, 5, 6) && code_verify(code, 5, 0xffffffffu) &&
              code_verify(code, 0, 1));
    static const struct loom_plan_code two[] = {CONST(1), OP(NOT), END, CONST(2), END};
    cr_expect_null(code_verify(two, 5, 4), "the second program");
    cr_expect(code_verify(two, 5, 2), "its stack is empty in the middle");
    cr_expect(code_verify(two, 4, 4), "cut off");
}

/* ---- the interpreter ------------------------------------------------------------------------- */

static unsigned long words[16];
static unsigned long give_global(unsigned n) {
    return n == 3 ? 0xfedcba9876543210ul : 0;
}
static struct loom_file file = {.size = sizeof file, .global = give_global};

/* Runs code that must be right. */
static bool run(const struct loom_plan_code *code, unsigned count, uint64_t *value) {
    struct loom_values values = {NULL, words, 16};
    struct code_scope scope = {&file, &values};
    const char *wrong = code_verify(code, count, 1);
    cr_assert_null(wrong, "%s", wrong);
    return code_run(code, &scope, value);
}
#define RUN(value, ...)                                                                            \
    ({                                                                                             \
        struct loom_plan_code code_[] = {__VA_ARGS__};                                             \
        run(code_, COUNT(code_), value);                                                           \
    })
#define GIVES(expected, ...)                                                                       \
    do {                                                                                           \
        uint64_t value_ = 4711;                                                                    \
        cr_expect(RUN(&value_, __VA_ARGS__), "%s fails", #__VA_ARGS__);                            \
        cr_expect_eq(value_, (uint64_t)(expected), "%s gives %llx", #__VA_ARGS__,                  \
                     (unsigned long long)value_);                                                  \
    } while (0)
#define FAILS(...)                                                                                 \
    do {                                                                                           \
        uint64_t value_;                                                                           \
        cr_expect_not(RUN(&value_, __VA_ARGS__), "%s", #__VA_ARGS__);                              \
    } while (0)

Test(run, values_and_sizes) {
    words[2] = 0xfffffffffffffff6ul;
    GIVES(7, CONST(7), END);
    GIVES(~0ull, CONST(~0ull), END);
    GIVES(0xf6, NAMED(LOCAL, 1, 2), END);
    GIVES(-10, NAMED(LOCAL, 1 | S, 2), END);
    GIVES(0xfff6, NAMED(LOCAL, 2, 2), END);
    GIVES(0xfffffff6u, NAMED(LOCAL, 4, 2), END);
    GIVES(-10, NAMED(LOCAL, 4 | S, 2), END);
    GIVES(-10, NAMED(LOCAL, 8, 2), END);
    FAILS(NAMED(LOCAL, 8, 16), END);
    FAILS(NAMED(LOCAL, 8, 0xffffffffu), END);
    GIVES(0x10, NAMED(GLOBAL, 1, 3), END);
    GIVES(0x76543210, NAMED(GLOBAL, 4 | S, 3), END);
    GIVES(0xfedcba9876543210ul, NAMED(GLOBAL, 8, 3), END);
    GIVES(0x80, CONST(0x180), SIZED(CUT, 1), END);
    GIVES(-128, CONST(0x180), SIZED(CUT, 1 | S), END);
    GIVES(-1, CONST(0xffff), SIZED(CUT, 2 | S), END);
    GIVES(0x80000000ul, CONST(0x180000000ul), SIZED(CUT, 4), END);
    GIVES(1ull << 63, CONST(1ull << 63), SIZED(CUT, 8 | S), END);
}

Test(run, unary) {
    GIVES(-5, CONST(5), OP(NEGATE), END);
    GIVES(~5ull, CONST(5), OP(INVERT), END);
    GIVES(0, CONST(5), OP(NOT), END);
    GIVES(1, CONST(0), OP(NOT), END);
}

Test(run, binary) {
    GIVES(12, CONST(5), CONST(7), OP(ADD), END);
    GIVES(-2, CONST(5), CONST(7), OP(SUBTRACT), END);
    GIVES(35, CONST(5), CONST(7), OP(MULTIPLY), END);
    GIVES(3, CONST(23), CONST(7), OP(DIVIDE), END);
    GIVES(-3, CONST(-23), CONST(7), SIGNED_OP(DIVIDE), END);
    GIVES((uint64_t)-23 / 7, CONST(-23), CONST(7), OP(DIVIDE), END);
    GIVES(-2, CONST(-23), CONST(7), SIGNED_OP(REMAINDER), END);
    GIVES((uint64_t)-23 % 7, CONST(-23), CONST(7), OP(REMAINDER), END);
    GIVES(40, CONST(5), CONST(3), OP(SHIFT_LEFT), END);
    GIVES(10, CONST(5), CONST(65), OP(SHIFT_LEFT), END);
    GIVES(-1, CONST(-2), CONST(1), SIGNED_OP(SHIFT_RIGHT), END);
    GIVES(~0ull >> 1, CONST(-2), CONST(65), OP(SHIFT_RIGHT), END);
    GIVES(4, CONST(6), CONST(12), OP(AND), END);
    GIVES(14, CONST(6), CONST(12), OP(OR), END);
    GIVES(10, CONST(6), CONST(12), OP(XOR), END);
    GIVES(1, CONST(6), CONST(6), OP(EQUAL), END);
    GIVES(0, CONST(6), CONST(6), OP(UNEQUAL), END);
    GIVES(0, CONST(-1), CONST(1), OP(LESS), END);
    GIVES(1, CONST(-1), CONST(1), SIGNED_OP(LESS), END);
    GIVES(1, CONST(1), CONST(1), OP(LESS_EQUAL), END);
    GIVES(0, CONST(2), CONST(1), SIGNED_OP(LESS_EQUAL), END);
}

Test(run, what_has_no_value) {
    FAILS(CONST(1), CONST(0), OP(DIVIDE), END);
    FAILS(CONST(1), CONST(0), SIGNED_OP(DIVIDE), END);
    FAILS(CONST(1), CONST(0), OP(REMAINDER), END);
    FAILS(CONST(1ull << 63), CONST(-1), SIGNED_OP(DIVIDE), END);
    FAILS(CONST(1ull << 63), CONST(-1), SIGNED_OP(REMAINDER), END);
    GIVES(0, CONST(1ull << 63), CONST(-1), OP(DIVIDE), END);
    FAILS(CONST(0), SIZED(LOAD, 8), END);
    FAILS(CONST(-1), SIZED(LOAD, 1), END);
    struct code_scope nothing = {0};
    struct loom_plan_code local[] = {NAMED(LOCAL, 4, 0), END},
                          global[] = {NAMED(GLOBAL, 4, 0), END};
    uint64_t value;
    cr_expect_not(code_run(local, &nothing, &value));
    cr_expect_not(code_run(global, &nothing, &value));
    struct loom_file old = {.size = offsetof(struct loom_file, global), .global = give_global};
    struct code_scope of_old = {.file = &old};
    cr_expect_not(code_run(global, &of_old, &value), "an object from before there were globals");
    old.size = sizeof old;
    old.global = NULL;
    cr_expect_not(code_run(global, &of_old, &value), "a file without globals");
}

Test(run, and_then_or_else) {
#define AND(a, b) CONST(a), JUMP(AND_THEN, 4), CONST(b), OP(NOT), OP(NOT), END
#define OR(a, b)  CONST(a), JUMP(OR_ELSE, 4), CONST(b), OP(NOT), OP(NOT), END
    GIVES(0, AND(0, 5));
    GIVES(0, AND(5, 0));
    GIVES(1, AND(5, 7));
    GIVES(0, OR(0, 0));
    GIVES(1, OR(9, 0));
    GIVES(1, OR(0, 9));
    /* The right side is not looked at: p && *p */
    GIVES(0, CONST(0), JUMP(AND_THEN, 5), CONST(0), SIZED(LOAD, 8), OP(NOT), OP(NOT), END);
    GIVES(1, CONST(3), JUMP(OR_ELSE, 3), CONST(0), SIZED(LOAD, 8), END);
}

Test(run, memory) {
    static const unsigned char bytes[] = {0xf1, 0xf2, 0xf3, 0xf4, 0x05, 0x06, 0x07, 0x88};
    uint64_t at = (uint64_t)(uintptr_t)bytes;
    GIVES(0xf1, CONST(at), SIZED(LOAD, 1), END);
    GIVES((int8_t)0xf1, CONST(at), SIZED(LOAD, 1 | S), END);
    GIVES(0xf3f2, CONST(at + 1), SIZED(LOAD, 2), END);
    GIVES((int32_t)0xf4f3f2f1, CONST(at), SIZED(LOAD, 4 | S), END);
    GIVES(0x88070605f4f3f2f1ull, CONST(at), SIZED(LOAD, 8), END);
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 4096, 4096);
    memset(pages, 7, 4096);
    GIVES(0x07070707, CONST((uint64_t)(uintptr_t)pages + 4092), SIZED(LOAD, 4), END);
    FAILS(CONST((uint64_t)(uintptr_t)pages + 4093), SIZED(LOAD, 4), END);
    FAILS(CONST((uint64_t)(uintptr_t)pages + 4096), SIZED(LOAD, 1), END);
    mprotect(pages, 4096, PROT_NONE);
    FAILS(CONST((uint64_t)(uintptr_t)pages), SIZED(LOAD, 1), END);
}

/* The kernel refuses: a value in memory cannot be read, one in a register can. */
Test(run, memory_that_the_kernel_does_not_give) {
    uint64_t here = 5;
    words[0] = 9;
    sys_faults.calls[KIND_PEEK] = 0;
    sys_faults.fail_at[KIND_PEEK] = 1;
    FAILS(CONST((uint64_t)(uintptr_t)&here), SIZED(LOAD, 8), END);
    GIVES(5, CONST((uint64_t)(uintptr_t)&here), SIZED(LOAD, 8), END);
    sys_forbid_peek();
    FAILS(CONST((uint64_t)(uintptr_t)&here), SIZED(LOAD, 8), END);
    GIVES(9, NAMED(LOCAL, 8, 0), END);
}

/* ---- random programs against C --------------------------------------------------------------- */

/* A random expression, compiled and evaluated side by side. */
struct making {
    unsigned seed;
    unsigned count;
    struct loom_plan_code code[LOOM_CODE_MAX];
};

static unsigned dice(struct making *m, unsigned sides) {
    return (unsigned)rand_r(&m->seed) / 7 % sides;
}
static uint64_t any_value(struct making *m) {
    static const uint64_t edges[] = {0, 1, 2, -1ull, 1ull << 63, ~0ull >> 1, 0x80, 0xffff, 63, 64};
    uint64_t wide = (uint64_t)rand_r(&m->seed) << 40 ^ (uint64_t)rand_r(&m->seed) << 17 ^
                    (uint64_t)rand_r(&m->seed);
    return dice(m, 2) ? edges[dice(m, COUNT(edges))] : wide >> dice(m, 64);
}
static void put(struct making *m, struct loom_plan_code code) {
    m->code[m->count++] = code;
}

/* What C makes of it. False: it has no value. */
static bool evaluate(unsigned op, bool is_signed, uint64_t a, uint64_t b, uint64_t *r) {
    int64_t sa = (int64_t)a, sb = (int64_t)b;
    if (op == LOOM_CODE_DIVIDE || op == LOOM_CODE_REMAINDER)
        if (b == 0 || (is_signed && sa == INT64_MIN && sb == -1)) return false;
    switch (op) {
    case LOOM_CODE_ADD: *r = a + b; break;
    case LOOM_CODE_SUBTRACT: *r = a - b; break;
    case LOOM_CODE_MULTIPLY: *r = a * b; break;
    case LOOM_CODE_DIVIDE: *r = is_signed ? (uint64_t)(sa / sb) : a / b; break;
    case LOOM_CODE_REMAINDER: *r = is_signed ? (uint64_t)(sa % sb) : a % b; break;
    case LOOM_CODE_SHIFT_LEFT: *r = a << (b % 64); break;
    case LOOM_CODE_SHIFT_RIGHT: *r = is_signed ? (uint64_t)(sa >> (b % 64)) : a >> (b % 64); break;
    case LOOM_CODE_AND: *r = a & b; break;
    case LOOM_CODE_OR: *r = a | b; break;
    case LOOM_CODE_XOR: *r = a ^ b; break;
    case LOOM_CODE_EQUAL: *r = a == b; break;
    case LOOM_CODE_UNEQUAL: *r = a != b; break;
    case LOOM_CODE_LESS: *r = is_signed ? sa < sb : a < b; break;
    default: *r = is_signed ? sa <= sb : a <= b; break;
    }
    return true;
}

static bool takes_sign(unsigned op) {
    return op == LOOM_CODE_DIVIDE || op == LOOM_CODE_REMAINDER || op == LOOM_CODE_SHIFT_RIGHT ||
           op == LOOM_CODE_LESS || op == LOOM_CODE_LESS_EQUAL;
}

static uint64_t cut(uint64_t v, unsigned bytes, bool is_signed) {
    switch (bytes) {
    case 1: return is_signed ? (uint64_t)(int8_t)v : (uint8_t)v;
    case 2: return is_signed ? (uint64_t)(int16_t)v : (uint16_t)v;
    case 4: return is_signed ? (uint64_t)(int32_t)v : (uint32_t)v;
    default: return v;
    }
}

static bool make(struct making *m, unsigned depth, uint64_t *value);

static bool make_leaf(struct making *m, uint64_t *value) {
    static const uint8_t sizes[] = {1, 2, 4, 8};
    unsigned size = sizes[dice(m, 4)], index = dice(m, 16);
    bool is_signed = dice(m, 2);
    uint8_t encoded = (uint8_t)(size | (is_signed ? S : 0));
    switch (dice(m, 4)) {
    case 0:
        *value = any_value(m);
        put(m, (struct loom_plan_code)CONST(*value));
        return true;
    case 1:
        *value = cut(words[index], size, is_signed);
        put(m, (struct loom_plan_code)NAMED(LOCAL, encoded, index));
        return true;
    case 2:
        *value = cut(words[index], size, is_signed);
        put(m, (struct loom_plan_code)CONST((uint64_t)(uintptr_t)&words[index]));
        put(m, (struct loom_plan_code)SIZED(LOAD, encoded));
        return true;
    default:
        *value = cut(give_global(3), size, is_signed);
        put(m, (struct loom_plan_code)NAMED(GLOBAL, encoded, 3));
        return true;
    }
}

static bool make_unary(struct making *m, unsigned depth, uint64_t *value) {
    unsigned kind = dice(m, 4);
    bool fine = make(m, depth - 1, value);
    switch (kind) {
    case 0: put(m, (struct loom_plan_code)OP(NEGATE)), *value = -*value; break;
    case 1: put(m, (struct loom_plan_code)OP(INVERT)), *value = ~*value; break;
    case 2: put(m, (struct loom_plan_code)OP(NOT)), *value = !*value; break;
    default: put(m, (struct loom_plan_code)SIZED(CUT, 2 | S)), *value = cut(*value, 2, true);
    }
    return fine;
}

static bool make_jump(struct making *m, unsigned depth, uint64_t *value) {
    bool is_or = dice(m, 2), left = make(m, depth - 1, value), right;
    uint64_t other;
    unsigned jump = m->count;
    put(m, (struct loom_plan_code){.op = is_or ? LOOM_CODE_OR_ELSE : LOOM_CODE_AND_THEN});
    right = make(m, depth - 1, &other);
    put(m, (struct loom_plan_code)OP(NOT));
    put(m, (struct loom_plan_code)OP(NOT));
    m->code[jump].index = m->count - jump;
    if (!left) return false;
    if ((*value != 0) == is_or) {
        *value = is_or;
        return true;
    }
    *value = other != 0;
    return right;
}

static bool make_binary(struct making *m, unsigned depth, uint64_t *value) {
    unsigned op = LOOM_CODE_ADD + dice(m, LOOM_CODE_LESS_EQUAL - LOOM_CODE_ADD + 1);
    bool is_signed = takes_sign(op) && dice(m, 2), left, right;
    uint64_t a, b;
    left = make(m, depth - 1, &a);
    right = make(m, depth - 1, &b);
    put(m, (struct loom_plan_code){.op = (uint8_t)op, .size = is_signed ? S : 0});
    return left && right && evaluate(op, is_signed, a, b, value);
}

static bool make(struct making *m, unsigned depth, uint64_t *value) {
    *value = 0;
    if (depth == 0) return make_leaf(m, value);
    switch (dice(m, 5)) {
    case 0: return make_leaf(m, value);
    case 1: return make_unary(m, depth, value);
    case 2: return make_jump(m, depth, value);
    default: return make_binary(m, depth, value);
    }
}

Test(run, random_programs_give_what_c_gives, .timeout = 60) {
    unsigned with_value = 0, without = 0;
    for (unsigned seed = 1; seed <= 40000; seed++) {
        struct making m = {.seed = seed};
        uint64_t expected, value = 0;
        for (unsigned i = 0; i < 16; i++) words[i] = any_value(&m);
        bool fine = make(&m, 3, &expected);
        put(&m, (struct loom_plan_code)END);
        bool ran = run(m.code, m.count, &value);
        cr_assert_eq(ran, fine, "seed %u: %s", seed, ran ? "has a value" : "has no value");
        cr_assert(!fine || value == expected, "seed %u: %llx instead of %llx", seed,
                  (unsigned long long)value, (unsigned long long)expected);
        *(fine ? &with_value : &without) += 1;
    }
    cr_assert(with_value > 10000 && without > 500, "%u and %u", with_value, without);
}

/* Any bytes at all: what the verifier passes runs to an end, in bounds (the ASan variant looks). */
Test(run, random_bytes_that_verify_run, .timeout = 60) {
    struct loom_values values = {NULL, words, 16};
    struct code_scope scope = {&file, &values};
    struct making m = {.seed = 4711};
    unsigned passed = 0;
    for (unsigned n = 0; n < 300000; n++) {
        unsigned count = 1 + dice(&m, 6);
        struct loom_plan_code *code = malloc(count * sizeof *code);
        for (unsigned i = 0; i < count; i++)
            code[i] = (struct loom_plan_code){
                .op = (uint8_t)(dice(&m, 3) ? dice(&m, 34)
                                : i         ? 0
                                            : 1),
                .size = (uint8_t)(dice(&m, 2) ? 0 : (1u << dice(&m, 4)) | (dice(&m, 2) ? S : 0)),
                .index = dice(&m, 2) ? 0 : dice(&m, 4)};
        if (!code_verify(code, count, 1)) {
            uint64_t value;
            passed++;
            code_run(code, &scope, &value);
        }
        free(code);
    }
    cr_assert_gt(passed, 1000, "%u", passed);
}
