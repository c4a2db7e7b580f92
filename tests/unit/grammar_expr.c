// SPDX-License-Identifier: MIT
/*
 * Expressions of filters have C's values: each of a list is compiled twice, by gcc here and by
 * loom-pipe's compiler, and what the runtime's interpreter makes of the latter's program must be
 * the same. The table is made of this program's own types and variables.
 */
#include "tests/support/grammar.h"
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include "rt/code.h"
#include "rt/run_code.h"

#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wbool-operation"
#pragma GCC diagnostic ignored "-Wint-in-bool-context"

enum state { IDLE, BUSY = 7, LATE = -3 };
struct inner {
    int x, y;
    union {
        int whole;
        unsigned char parts[4];
    };
};
struct item {
    char *key;
    uint8_t nkey;
    struct item *next;
    int refs;
    unsigned low : 3, mid : 7, top : 22;
    int minus : 5, full : 27;
    uint64_t wide : 40, rest : 24;
    bool is_on : 1;
    char name[8];
    int16_t shorts[3][4];
    struct inner where, more[3];
    void *data;
    uint32_t stamp;
};

static struct item last = {.key = "last", .nkey = 4, .refs = -9};
static struct item one = {.key = "some key",
                          .nkey = 250,
                          .next = &last,
                          .refs = 3,
                          .low = 5,
                          .mid = 100,
                          .top = 0x3ffffe,
                          .minus = -13,
                          .full = -50000000,
                          .wide = 0xfedcba9876,
                          .rest = 0xabcdef,
                          .is_on = 1,
                          .name = {'a', -1, 'c', 0, 'e', 'f', 'g', -128},
                          .shorts = {{1, -2, 3, 4}, {-32768, 6, 7, 8}, {9, 10, 32767, 12}},
                          .where = {-1, 40, {0x01020380}},
                          .more = {{1, 2, {3}}, {4, 5, {6}}, {-7, INT_MIN, {9}}},
                          .data = &last,
                          .stamp = 4000000000u};
static struct item *items[4] = {&one, &last, &one, NULL};
static int nworkers = -5;
static unsigned limit = 3000000000u;
static struct inner bounds = {11, 12, {13}};
static int64_t grid[3][2] = {{1, -2}, {INT64_MIN, INT64_MAX}, {5, 6}};
static void *worker(void *data) {
    return data;
}

static unsigned long global(unsigned n) {
    switch (n) {
    case 0: return (unsigned long)items;
    case 1: return (unsigned long)nworkers;
    case 2: return limit;
    case 3: return (unsigned long)&bounds;
    case 4: return (unsigned long)grid;
    default: return (unsigned long)worker;
    }
}

/* Parameters of the function of the table. */
static signed char c = -100;
static uint8_t uc = 200;
static int16_t h = -30000;
static uint16_t uh = 60000;
static int n = -7;
static unsigned u = 4000000000u;
static int64_t l = -5000000000;
static uint64_t ul = 18000000000000000000u;
static bool b = true;
static struct item *it = &one;
static char *s = "filter";
static enum state state = BUSY;

static char *table(void) {
    static char text[4000];
    snprintf(
        text, sizeof text,
        "loom 1\n"
        "rec 0 s inner %zu\nm x 0 i4\nm y 4 i4\nm whole 8 i4\nm parts 8 a4xu1\n"
        "rec 7 s item %zu\nm key %zu pi1\nm nkey %zu u1\nm next %zu pr7\nm refs %zu i4\n"
        "m low 28 u4 0:3\nm mid 28 u4 3:7\nm top 28 u4 10:22\nm minus 32 i4 0:5\nm full 32 i4 "
        "5:27\n"
        "m wide 40 u8 0:40\nm rest 40 u8 40:24\nm is_on 48 b1 0:1\nm name %zu a8xi1\n"
        "m shorts %zu a3xa4xi2\nm where %zu r0\nm more %zu a3xr0\nm data %zu pv\nm stamp %zu u4\n"
        "e IDLE 0\ne BUSY 7\ne LATE -3\n"
        "g 0 items a4xpr7\ng 1 nworkers i4\ng 2 limit u4\ng 3 bounds r0\ng 4 grid a3xa2xi8\n"
        "g 5 worker F\n"
        "fn 0 f 1:1 9 - 0\n"
        "l 0 c i1\nl 1 uc u1\nl 2 h i2\nl 3 uh u2\nl 4 n i4\nl 5 u u4\nl 6 l i8\nl 7 ul u8\n"
        "l 8 b b1\nl 9 it pr7\nl 10 s pi1\nl 11 state i4\n"
        "n 0 entry 1:1 1:1 SR 1 0,1,2,3,4,5,6,7,8,9,10,11\nn 1 exit 9:1 9:2 S -\n",
        sizeof(struct inner), sizeof(struct item), offsetof(struct item, key),
        offsetof(struct item, nkey), offsetof(struct item, next), offsetof(struct item, refs),
        offsetof(struct item, name), offsetof(struct item, shorts), offsetof(struct item, where),
        offsetof(struct item, more), offsetof(struct item, data), offsetof(struct item, stamp));
    return text;
}

/* The value of a filter's key or condition; false: it cannot be computed. */
static bool run(const char *expression, uint64_t *result) {
    /* what stands above a narrow value in its word is undefined */
    const uint64_t dirt = 0x5a5a5a5a5a5a5a5a;
    unsigned long words[] = {(dirt << 8) | (uint8_t)c,
                             (dirt << 8) | uc,
                             (dirt << 16) | (uint16_t)h,
                             (dirt << 16) | uh,
                             (dirt << 32) | (unsigned)n,
                             (dirt << 32) | u,
                             (unsigned long)l,
                             ul,
                             (dirt << 8) | b,
                             (unsigned long)it,
                             (unsigned long)s,
                             (dirt << 32) | (unsigned)state};
    struct loom_file file = {.size = sizeof file, .global = global};
    struct loom_values values = {.words = words, .count = sizeof words / sizeof *words};
    struct code_scope scope = {.file = &file, .values = &values};
    struct bench bench = {0};
    const char *why = "";
    char *text = arena_print(&bench.diagnostics.arena, "f (%s) <> self", expression);
    cr_assert_eq(
        program_add(&bench.program, "a.c", 1, BENCH_POINTS, 10, table(), strlen(table()), &why), 0,
        "%s", why);
    bench_resolve(&bench, text);
    if (bench.diagnostics.errors) diag_print(stderr, &bench.text, &bench.diagnostics, 0);
    cr_assert_eq(bench.diagnostics.errors, 0, "%s", expression);
    const struct operation *enter = &bench.operations.items[0];
    const struct code *code = &bench.operations.code;
    uint32_t program = enter->key ? enter->key : enter->condition;
    cr_assert_eq(enter->kind, LOOM_ENTER);
    cr_assert_null(code_verify(code->items, code->count, program), "%s: %s", expression,
                   code_verify(code->items, code->count, program));
    bool good = code_run(&code->items[program - 1], &scope, result);
    bench_free(&bench);
    return good;
}

#define SAME(...)                                                                                  \
    do {                                                                                           \
        uint64_t wanted_ = (uint64_t)(__VA_ARGS__), got_ = ~wanted_;                               \
        cr_expect(run(#__VA_ARGS__, &got_), "%s cannot be computed", #__VA_ARGS__);                \
        cr_expect_eq(got_, wanted_, "%s: %lld, C says %lld", #__VA_ARGS__, (long long)got_,        \
                     (long long)wanted_);                                                          \
    } while (0)

/* clang-format off */
Test(grammar_expr, integers_are_promoted) {
    SAME(c); SAME(uc); SAME(h); SAME(uh); SAME(n); SAME(u); SAME(l); SAME(ul); SAME(b);
    SAME(c + uc); SAME(-uc); SAME(~uc); SAME(~uh); SAME(-h * 2); SAME(uc << 24);
    SAME(uc * uc * uc);
    SAME(b + b); SAME(-b); SAME(~c); SAME(!c); SAME(!!uc); SAME(-u); SAME(~u); SAME(-ul); SAME(-l);
}

Test(grammar_expr, usual_conversions) {
    SAME(n + u); SAME(n * u); SAME(u + l); SAME(l + ul); SAME(n - l); SAME(u - 1 + u);
    SAME(n < u); SAME(n < l); SAME(-1 < 0); SAME(n > ul); SAME(u > n); SAME(c < uc); SAME(l < u);
    SAME(n == u); SAME(c == -100); SAME(u == 4000000000); SAME(n <= -7); SAME(n >= -6);
    SAME(h != uh);
    SAME(nworkers < limit); SAME(nworkers + limit); SAME(limit * 2); SAME(uh * uh); SAME(u * 2);
    SAME(0xffffffff + n); SAME(4294967295 + n); SAME(0xffffffff < n); SAME(0x7fffffff + 0 < u);
    SAME(0x8000000000000000 > l); SAME(017 + 0x1F + 9); SAME(2147483647 + c); SAME(2147483648 + c);
}

Test(grammar_expr, division_and_shifts) {
    SAME(n / 2); SAME(n % 4); SAME(n / u); SAME(u % 7); SAME(l / n); SAME(l % 1000); SAME(ul / 10);
    SAME(ul % 1000); SAME(c / 7); SAME(c % 7); SAME(uc / c); SAME(-n / 3 % 2); SAME(ul / n);
    SAME(n >> 1); SAME(u >> 31); SAME(l >> 3); SAME(ul >> 60); SAME(n << 3); SAME(u << 2);
    SAME(1 << uc % 31);
    SAME(c >> 2); SAME(l << 8); SAME(h >> n + 9);
}

Test(grammar_expr, operators_bind_as_in_c) {
    SAME(n & 4 == 4); SAME((n & 4) == 4); SAME(1 | 2 ^ 3 & 6); SAME(n + 1 << 2 - 1);
    SAME(n < 3 == 1);
    SAME(1 + 2 * 3 - 4 / 2 % 3); SAME(n ^ 5 | 2 && 0); SAME(0 || 1 && 0); SAME(-n - -n);
    SAME(!n == 0);
    SAME(n - 3 - 4); SAME(100 / 5 / 2); SAME(n < u != l < ul); SAME(~n & 0xff | 256);
}

Test(grammar_expr, choice) {
    SAME(n && u); SAME(n && !u); SAME(!n || u); SAME(0 || n); SAME(n || 0); SAME(1 && n);
    SAME(it && it->next);
    SAME(!it->next->next || it->next->next->refs == 3); /* the right side must not be read */
    SAME(it->next->next && it->next->next->refs); SAME((n && u) + (l || 0));
    SAME((n > 0 || u > 0) && b);
    SAME(n == 1 || n == 2 || n == 3 || n == -7 && c); SAME(!(n && u)); SAME((2 && 3) == 1);
}

Test(grammar_expr, members_and_elements) {
    SAME(it); SAME(it->refs); SAME(it->nkey); SAME(it->next->refs); SAME((*it).refs);
    SAME((*it->next).nkey);
    SAME(it->name[0]); SAME(it->name[1]); SAME(it->name[7]); SAME(*it->name);
    SAME(it->name[n + 9]);
    SAME(it->shorts[1][0]); SAME(it->shorts[2][2]); SAME(**it->shorts); SAME(*(it->shorts[0] + 1));
    SAME(it->where.x); SAME(it->where.y); SAME(it->where.whole); SAME(it->where.parts[0]);
    SAME(it->more[2].x); SAME(it->more[2].y); SAME((it->more + 1)->y); SAME(it->more[1].parts[0]);
    SAME(it->data); SAME(it->data == it->next); SAME(it->stamp); SAME(it->stamp + n);
    SAME(it->stamp > n);
    SAME(items[0]->refs); SAME(items[1]->nkey); SAME(items[2]->next->key[0]); SAME(*items == it);
    SAME((*items)->refs); SAME(items[3]); SAME(!items[3]); SAME(2 [items]->refs); SAME(bounds.x);
    SAME(bounds.parts[0]);
    SAME((&bounds)->y); SAME(grid[1][0]); SAME(grid[1][1]); SAME(*grid[2]); SAME(grid[n + 7][1]);
    SAME(s[0]); SAME(*s); SAME(*(s + 3)); SAME(s[n + 8] == 'i');
    SAME(it->key[it->next->nkey] == ' ');
}

Test(grammar_expr, bit_fields) {
    SAME(it->low); SAME(it->mid); SAME(it->top); SAME(it->minus); SAME(it->full); SAME(it->wide);
    SAME(it->rest);
    SAME(it->is_on); SAME(it->low - 6); SAME(it->low - 6 < 0); SAME(it->minus < it->low);
    SAME(it->minus * 2);
    SAME(-it->mid); SAME(~it->low); SAME(it->full - 1); SAME(it->rest - 1 > 0); SAME(it->top << 4);
}

Test(grammar_expr, pointers) {
    SAME(it + 1); SAME(it - 1); SAME(1 + it); SAME(s + n); SAME(&it->name[3]); SAME(&it->where);
    SAME(&it->where.y);
    SAME(&it->name[6] - &it->name[1]); SAME(&it->more[0] - &it->more[2]); SAME(&items[3] - items);
    SAME(&*it);
    SAME(it == it->next); SAME(it != NULL); SAME(it > &it->next[-1]); SAME(!it);
    SAME(items + 2 == &items[2]);
    SAME(worker == worker); SAME(&it->shorts[2] - it->shorts);
    SAME(&it->shorts[1][3] - *it->shorts);
    SAME(*&it->refs); SAME((&it->more[1])->x); SAME(it->data != it); SAME(it->data + 3);
}

Test(grammar_expr, constants) {
    SAME(BUSY); SAME(LATE); SAME(LATE < IDLE); SAME(state == BUSY); SAME(state + LATE); SAME('a');
    SAME('\n');
    SAME('\\'); SAME('\''); SAME('\0'); SAME(it->name[0] - 'a'); SAME('z' - 'a' + 1 << 2);
    SAME(true + 1); SAME(false);
    SAME(1000000 * 1000); SAME(-2147483647 - 1); SAME(0x10 * 3 % 7); SAME(-1 / 2); SAME(-7 % 4);
    SAME(~0 >> 1);
}

/* clang-format on */

Test(grammar_expr, what_cannot_be_computed) {
    uint64_t value;
    it = NULL;
    cr_expect_not(run("it->refs", &value));
    cr_expect(run("it && it->refs", &value) && value == 0);
    cr_expect(run("&it->refs", &value) && value == offsetof(struct item, refs));
    it = &one;
    n = 0;
    cr_expect_not(run("5 / n", &value));
    cr_expect_not(run("u % n", &value));
    cr_expect_not(run("items[1]->next->refs", &value));
    cr_expect_not(run("*(s + 0x7fff00000000)", &value));
}
