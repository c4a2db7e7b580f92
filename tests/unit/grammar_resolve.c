// SPDX-License-Identifier: MIT
/* Names and lines to operations. The messages of what is wrong are golden files (tests/filter). */
#include "tests/support/grammar.h"

/*
 *  10 int f(void) {            10 entry
 *  11     a();                 11
 *  12     while (b())          12 (loop), 13 cond
 *  13         if (c) {         14 (poll 15)
 *  14             break;       16 J
 *  15         } else d();      17, end of body 18
 *  16     return e;            19, exit 20
 */
static const char loop[] =
    "fn 0 f 10:1 17 - 0\n"
    "n 10 entry 10:1 10:1 SR 11\n"
    "n 11 stmt 11:5 11:9 S 12\n"
    "n 12 stmt 12:5 15:20 S 13\n"
    "n 13 cond 12:5 12:15 - 15,19\nc - d b bi\n"
    "n 15 poll 13:9 13:9 R 14\n"
    "n 14 stmt 13:9 15:20 S 16,17\n"
    "n 16 stmt 14:13 14:18 SJ 19\n"
    "n 17 stmt 15:16 15:20 S 18\nc - d d -\n"
    "n 18 end 15:20 15:20 S 13\n"
    "n 19 stmt 16:5 16:14 SR 20\n"
    "n 20 exit 16:5 16:14 S -\n";

static void on(struct bench *b, const char *filter) {
    bench_table(b, "src/a.c", loop);
    bench_resolve(b, filter);
}

#define EXPECT(point, kind, flags)                                                                 \
    cr_expect(bench_has(&b, point, kind, flags), "no such operation at %d", point)

Test(grammar_resolve, body_of_a_loop) {
    struct bench b = {0};
    on(&b, "a.c:13-15 <> self");
    cr_expect_eq(b.diagnostics.errors, 0);
    EXPECT(14, LOOM_ENTER, 0);
    EXPECT(19, LOOM_LEAVE, 0);
    EXPECT(18, LOOM_LEAVE, 0); /* the end of the body: b() idles outside of the region */
    cr_expect_eq(b.operations.count, 3);
    bench_free(&b);
}

Test(grammar_resolve, whole_loop) {
    struct bench b = {0};
    on(&b, "a.c:12-15 <> self");
    EXPECT(12, LOOM_ENTER, 0);
    EXPECT(19, LOOM_LEAVE, 0);
    cr_expect_eq(b.operations.count, 2);
    bench_free(&b);
}

Test(grammar_resolve, a_jump_leaves_at_the_slot_outside) {
    struct bench b = {0};
    on(&b, "a.c:14 <> self");
    EXPECT(16, LOOM_ENTER, 0);
    EXPECT(19, LOOM_LEAVE, 0);
    cr_expect_eq(b.operations.count, 2);
    bench_free(&b);
}

Test(grammar_resolve, return_inside) {
    struct bench b = {0};
    on(&b, "a.c:16 <> self");
    EXPECT(19, LOOM_ENTER, 0);
    EXPECT(20, LOOM_LEAVE, 0);
    bench_free(&b);
}

Test(grammar_resolve, a_condition_alone_is_refused) {
    struct bench b = {0};
    on(&b, "a.c:12 <> self");
    cr_expect(bench_says(&b, "no entry slot"));
    bench_free(&b);
}

Test(grammar_resolve, a_missing_exit_slot_is_refused) {
    struct bench b = {0};
    bench_table(&b, "a.c", "fn 0 f 10:1 17 - 0\nn 10 entry 10:1 10:1 SR 11\n"
                           "n 11 stmt 11:5 11:9 S 12\nn 12 stmt 12:5 12:9 M 13\nc - d g -\n"
                           "n 13 exit 17:1 17:1 S -\n");
    bench_resolve(&b, "a.c:11 <> self");
    cr_expect(bench_says(&b, "no exit slot at line 12"));
    bench_free(&b);
}

Test(grammar_resolve, silent_statements_are_walked_over) {
    struct bench b = {0};
    bench_table(&b, "a.c", "fn 0 f 10:1 17 v 0\nn 10 entry 10:1 10:1 SR 11\n"
                           "n 11 stmt 11:5 11:9 S 12\nn 12 stmt 12:5 12:9 N 13\n"
                           "n 13 exit 17:1 17:1 S -\n");
    bench_resolve(&b, "a.c:11 <> self");
    EXPECT(13, LOOM_LEAVE, LOOM_OP_ANY_FRAME); /* frames of variable size */
    bench_free(&b);
}

Test(grammar_resolve, lines_without_a_statement) {
    struct bench b = {0};
    bench_table(&b, "a.c", "fn 0 f 10:1 17 - 0\nn 10 entry 10:1 10:1 SR 12\n"
                           "n 12 stmt 12:5 14:9 S 16\nn 16 stmt 16:5 16:9 S 13\n"
                           "n 13 exit 17:1 17:1 S -\n");
    bench_resolve(&b, "a.c:11 <> a.c:13 <> a.c:15");
    cr_expect(bench_says(&b, "line 12 is taken"), "the next statement");
    cr_expect_eq(b.diagnostics.items[1].span.start, 10);
    cr_expect(strstr(b.diagnostics.items[1].message, "line 12"), "the statement it belongs to");
    cr_expect(strstr(b.diagnostics.items[2].message, "line 16"));
    cr_expect_eq(b.operations.regions, 2, "the same region twice is one");
    bench_free(&b);
}

Test(grammar_resolve, events_in_one_function_end_with_it) {
    struct bench b = {0};
    on(&b, "{a.c:11; a.c:15} <> self");
    EXPECT(11, LOOM_ENTER, 0);
    EXPECT(17, LOOM_LEAVE, 0);
    EXPECT(20, LOOM_LEAVE, 0);
    cr_expect(bench_says(&b, "also ends where `f` returns"));
    bench_free(&b);
}

Test(grammar_resolve, same_name_in_two_files) {
    struct bench b = {0};
    bench_table(&b, "src/a.c", loop);
    bench_table(&b, "lib/a.c", loop);
    bench_resolve(&b, "src/a.c:f <> self");
    cr_expect_eq(b.diagnostics.errors, 0);
    operations_free(&b.operations);
    filters_free(&b.filters);
    callgraph_free(&b.graph);
    bench_resolve(&b, "a.c:f <> self");
    cr_expect(bench_says(&b, "several functions") && bench_says(&b, "lib/a.c:f"));
    bench_free(&b);
}

/* What the demo needs is there, plan included. */
Test(grammar_resolve, encodes) {
    struct bench b = {0};
    struct blob blob;
    struct loom_plan plan;
    bench_table(&b, "src/a.c", loop);
    bench_table(&b, "lib/b.c", "fn 7 g 1:1 2 - 0\nn 0 entry 1:1 1:1 SR 1\nn 1 exit 2:1 2:1 S -\n");
    b.program.files[1].index = 4;
    bench_analyse(&b, "src/a.c:13-15 <> g name \"n\" within 3s else pass");
    cr_assert_eq(encode(&b.program, &b.filters.items[0], &b.operations, &b.analysis, 0xabcdef,
                        &blob), 0);
    memcpy(&plan, blob.bytes, sizeof plan);
    uint32_t sum = plan.checksum;
    plan.checksum = 0;
    memcpy(blob.bytes, &plan, sizeof plan);
    cr_expect_eq(loom_checksum(LOOM_CHECKSUM_START, blob.bytes, blob.size), sum);
    cr_expect(plan.size == blob.size && plan.modules == 2 && plan.operations == 5 &&
              plan.slow == 2 && plan.within_ms == 3000 && plan.flags == LOOM_ELSE_PASS &&
              plan.modules_hash == 0xabcdef && plan.name_size == 1);
    const struct loom_plan_module *modules = (void *)(blob.bytes + sizeof plan);
    cr_expect(modules[1].file == 4 && modules[1].points == BENCH_POINTS &&
              modules[1].unsafe_offset == (BENCH_POINTS + 63) / 64 * 8);
    const struct loom_plan_operation *operations = (void *)(modules + 2);
    cr_expect_eq(operations[0].kind, LOOM_LEAVE, "leaves first");
    cr_expect(operations[4].kind == LOOM_ENTER && operations[4].module == 1 &&
              operations[4].region == 1 && operations[4].flags == LOOM_OP_NEST);
    const struct loom_plan_slow *slow = (void *)(operations + 5);
    cr_expect(slow[1].module == 1 && slow[1].function == 7);
    const unsigned char *bits = (void *)(slow + 2);
    cr_expect(bits[14 / 8] & 1 << 14 % 8, "inside");
    cr_expect(!(bits[10 / 8] & 1 << 10 % 8), "before");
    cr_expect_eq(memcmp(bits + plan.unsafe_bytes, "nsrc/a.c:13-15", 14), 0);
    cr_expect_eq(blob.size % 8, 0);
    free(blob.bytes);
    bench_free(&b);
}

/*
 *  10 int f(int n) {           10 entry
 *  11     a();                 11
 *  12     n++;                 12 N
 *  13     if (n > 4) {         13 N
 *  14         b();             14
 *  15     }                    15 end
 *  16     return n;            16 N, 17 exit
 */
static const char quiet[] =
    "fn 0 f 10:1 17 - 0\n"
    "n 10 entry 10:1 10:1 SR 11\n"
    "n 11 stmt 11:5 11:9 S 12\nc - d a -\n"
    "n 12 stmt 12:5 12:9 N 13\n"
    "n 13 stmt 13:5 15:6 N 14,16\n"
    "n 14 stmt 14:9 14:13 S 15\nc - d b -\n"
    "n 15 end 15:6 15:6 S 16\n"
    "n 16 stmt 16:5 16:14 N 17\n"
    "n 17 exit 16:5 16:14 S -\n";

static void on_quiet(struct bench *b, const char *filter) {
    bench_table(b, "src/a.c", quiet);
    bench_resolve(b, filter);
}

Test(grammar_resolve, a_line_that_nobody_else_sees_slides) {
    struct bench b = {0};
    on_quiet(&b, "a.c:12 <> self");
    cr_expect_eq(b.diagnostics.errors, 0);
    EXPECT(14, LOOM_ENTER, 0);
    EXPECT(15, LOOM_LEAVE, 0);
    cr_expect_eq(b.operations.count, 2);
    bench_free(&b);
}

Test(grammar_resolve, a_region_begins_behind_what_nobody_else_sees) {
    struct bench b = {0};
    on_quiet(&b, "a.c:13-14 <> self");
    cr_expect_eq(b.diagnostics.errors, 0);
    EXPECT(14, LOOM_ENTER, 0);
    EXPECT(15, LOOM_LEAVE, 0);
    EXPECT(17, LOOM_LEAVE, 0); /* if n <= 4; nothing is held then */
    cr_expect_eq(b.operations.count, 3);
    bench_free(&b);
}

Test(grammar_resolve, a_last_line_that_nobody_else_sees_slides_back) {
    struct bench b = {0};
    on_quiet(&b, "a.c:16 <> self");
    cr_expect_eq(b.diagnostics.errors, 0);
    EXPECT(14, LOOM_ENTER, 0);
    EXPECT(15, LOOM_LEAVE, 0);
    bench_free(&b);
}
