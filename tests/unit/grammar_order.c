// SPDX-License-Identifier: MIT
/* Events of an order to ups and downs: an up never counts what has not happened. More shapes, with
 * their messages, are golden files (tests/filter/{ok,resolve-ko}/order-*). */
#include "tests/support/grammar.h"

/*
 *  10 void f(void) {           10 entry
 *  11     if (c)               11
 *  12         a();             12, end of the branch 13
 *  13     b();                 14
 *  14     if (d)               15
 *  15         e();             16                     no end node
 *  16     g();                 17
 *  17 out:
 *  18     h();                 18                     also reached from 17's goto
 *  19 }                        20 exit
 */
static const char branches[] =
    "fn 0 f 10:1 19 - 0\n"
    "n 10 entry 10:1 10:1 SR 11\n"
    "n 11 stmt 11:5 12:13 S 12,14\n"
    "n 12 stmt 12:9 12:13 S 13\nc - d a -\n"
    "n 13 end 12:13 12:13 S 14\n"
    "n 14 stmt 13:5 13:9 S 15\nc - d b -\n"
    "n 15 stmt 14:5 15:13 S 16,17\n"
    "n 16 stmt 15:9 15:13 S 17\nc - d e -\n"
    "n 17 stmt 16:5 16:9 S 18\nc - d g -\n"
    "n 18 stmt 18:5 18:9 S 20\nc - d h -\n"
    "n 20 exit 19:1 19:2 S -\n"
    "fn 1 t 30:1 33 - 0\nn 30 entry 30:1 30:1 SR 31\nn 31 stmt 31:5 31:9 S 32\nc 40 d read bix\n"
    "n 32 exit 33:1 33:2 S -\n";

static void on(struct bench *b, const char *filter) {
    bench_table(b, "a.c", branches);
    bench_resolve(b, filter);
}

static int has_link(const struct bench *b, uint32_t point, int kind, int flags, unsigned link,
                    uint32_t count) {
    for (uint32_t i = 0; i < b->operations.count; i++) {
        const struct operation *item = &b->operations.items[i];
        if (b->program.nodes[item->node].point == point && item->kind == kind &&
            item->flags == flags && item->region == link && item->count == count)
            return 1;
    }
    return 0;
}

/* `if (c) { E } N`: the up at the end of the branch, not at N, which is also reached without E. */
Test(grammar_order, end_of_a_branch) {
    struct bench b = {0};
    on(&b, "a.c:12 > t:entry");
    cr_expect_eq(b.diagnostics.errors, 0);
    cr_expect(has_link(&b, 13, LOOM_UP, 0, 0, 1));
    cr_expect(has_link(&b, 30, LOOM_DOWN, 0, 0, 1));
    cr_expect_eq(b.operations.count, 2);
    bench_free(&b);
}

Test(grammar_order, a_successor_reached_otherwise_is_refused) {
    struct bench b = {0};
    on(&b, "a.c:15 > t:entry");
    cr_expect(bench_says(&b, "line 16 of a.c behind it is also reached in other ways"));
    bench_free(&b);
}

Test(grammar_order, a_whole_if) {
    struct bench b = {0};
    on(&b, "a.c:14{3} > t:entry");
    cr_expect_eq(b.diagnostics.errors, 0);
    cr_expect(has_link(&b, 17, LOOM_UP, 0, 0, 3));
    cr_expect(has_link(&b, 30, LOOM_DOWN, 0, 0, 3));
    bench_free(&b);
}

/* The branch has an end of its own; both ways meet behind it. */
Test(grammar_order, a_whole_if_whose_branch_has_an_end) {
    struct bench b = {0};
    on(&b, "a.c:11 > t:entry");
    cr_expect_eq(b.diagnostics.errors, 0);
    cr_expect(has_link(&b, 14, LOOM_UP, 0, 0, 1));
    cr_expect_eq(b.operations.count, 2);
    bench_free(&b);
}

/*
 *  51     if (h()) {           52
 *  52         return;          53, exit 54
 *  53     }                    55: control never comes to this end
 *  54     i();                 56
 */
Test(grammar_order, an_if_that_returns) {
    struct bench b = {0};
    bench_table(&b, "r.c",
                "fn 0 r 50:1 55 - 0\nn 51 entry 50:1 50:1 SR 52\n"
                "n 52 stmt 51:5 53:6 S 53,56\nc - d h -\nn 53 stmt 52:9 52:16 S 54\n"
                "n 54 exit 52:9 52:16 S -\nn 55 end 53:6 53:6 - 56\n"
                "n 56 stmt 54:5 54:9 S 57\nc - d i -\nn 57 exit 55:1 55:2 S -\n");
    bench_resolve(&b, "r.c:51 > r:exit");
    cr_expect_eq(b.diagnostics.errors, 0);
    cr_expect(has_link(&b, 56, LOOM_UP, 0, 0, 1));
    cr_expect(has_link(&b, 54, LOOM_UP, LOOM_OP_BEHIND, 0, 1));
    bench_free(&b);
}

/*
 *  61     for (;h();) {        62, condition 63, poll 64
 *  62         i();             65
 *  63     }                    66: ends where the loop does
 *  64     i();                 67
 */
Test(grammar_order, a_loop_is_done_when_it_is_left) {
    struct bench b = {0};
    bench_table(&b, "l.c",
                "fn 0 l 60:1 65 - 0\nn 61 entry 60:1 60:1 SR 62\n"
                "n 62 stmt 61:5 63:6 S 63\nc - d h -\nn 63 cond 61:5 63:6 - 64,67\nc - d h -\n"
                "n 64 poll 61:5 63:6 - 65\nn 65 stmt 62:9 62:13 S 66\nc - d i -\n"
                "n 66 end 63:6 63:6 S 63\n"
                "n 67 stmt 64:5 64:9 S 68\nc - d i -\nn 68 exit 65:1 65:2 S -\n");
    bench_resolve(&b, "l.c:61 > l:exit");
    cr_expect_eq(b.diagnostics.errors, 0);
    cr_expect(has_link(&b, 67, LOOM_UP, 0, 0, 1));
    cr_expect_eq(b.operations.count, 2);
    bench_free(&b);
}

Test(grammar_order, a_loop_that_is_never_left_is_never_done) {
    struct bench b = {0};
    bench_table(&b, "e.c",
                "fn 0 e 70:1 75 - 0\nn 71 entry 70:1 70:1 SR 72\n"
                "n 72 stmt 71:5 73:6 S 73\nn 73 cond 71:5 73:6 - 74\n"
                "n 74 stmt 72:9 72:13 S 75\nc - d i -\nn 75 end 73:6 73:6 S 73\n"
                "n 76 exit 75:1 75:2 S -\n");
    bench_resolve(&b, "e.c:71 > e.c:72");
    cr_expect(bench_says(&b, "line 71 of e.c is never left"));
    bench_free(&b);
}

/* The poll of a label is before its statement: the statement is reached from it, and from nowhere
 * else, but is not done when control comes back to it. */
Test(grammar_order, a_poll_before_a_statement_is_not_in_it) {
    struct bench b = {0};
    bench_table(&b, "p.c",
                "fn 0 p 70:1 75 - 0\nn 71 entry 70:1 70:1 SR 72\n"
                "n 72 poll 71:5 71:9 - 73\nn 73 stmt 71:5 71:9 S 74\nc - d h -\n"
                "n 74 stmt 72:5 72:13 S 72,75\nc - d i -\nn 75 exit 75:1 75:2 S -\n");
    bench_resolve(&b, "p.c:71 > p:exit");
    cr_expect_eq(b.diagnostics.errors, 0);
    cr_expect(has_link(&b, 74, LOOM_UP, 0, 0, 1));
    bench_free(&b);
}

Test(grammar_order, a_chain_waits_before_and_counts_behind) {
    struct bench b = {0};
    on(&b, "t:exit{2} > a.c:13{5} > t:entry");
    cr_expect_eq(b.diagnostics.errors, 0);
    cr_expect(has_link(&b, 32, LOOM_UP, LOOM_OP_BEHIND, 0, 2));
    cr_expect(has_link(&b, 14, LOOM_DOWN, 0, 0, 2));
    cr_expect(has_link(&b, 15, LOOM_UP, 0, 1, 5));
    cr_expect(has_link(&b, 30, LOOM_DOWN, 0, 1, 5));
    cr_expect_eq(b.operations.count, 4);
    bench_free(&b);
}

Test(grammar_order, an_event_that_waits_for_itself_is_refused) {
    struct bench b = {0};
    on(&b, "a.c:13 > t:entry > a.c:13");
    cr_expect(bench_says(&b, "would wait for itself"));
    bench_free(&b);
}

/* A thread in read() on line 31 may take the filter up there: the up behind it is true. Slots of
 * the order are unsafe, and what would go past them in a fast run is. */
Test(grammar_order, unsafe_points) {
    struct bench b = {0};
    bench_table(&b, "a.c", branches);
    bench_table(&b, "b.c",
                "fn 2 s 1:1 9 - 0\nn 101 entry 1:1 1:1 SR 102\n"
                "n 102 stmt 2:1 2:9 S 103\nc 110 d lock bx\n"
                "n 103 stmt 3:1 3:9 S 104\nc 111 d lock bx\n"
                "n 104 stmt 4:1 4:9 SR 105\nn 105 exit 9:1 9:1 S -\n");
    bench_analyse(&b, "b.c:2 > t:entry");
    cr_expect_eq(bench_why(&b, 110), UNSAFE_STALE, "its thread goes past the up in its fast run");
    cr_expect_eq(bench_why(&b, 111), 0);
    cr_expect_eq(bench_why(&b, 103), UNSAFE_OWN_SLOT);
    cr_expect_eq(bench_why(&b, 30), UNSAFE_OWN_SLOT);
    cr_expect_eq(bench_why(&b, 40), 0);
    cr_expect_eq(b.analysis.slow[0], 0);
    bench_free(&b);
}

/* Two calls start threads in s; another s, static, is another function. */
static const char starters[] =
    "fn 3 s 1:1 3 a 0\nn 201 entry 1:1 1:1 SR 202\nn 202 exit 3:1 3:1 S -\n"
    "fn 4 one 5:1 9 - 0\nn 203 entry 5:1 5:1 SR 204\nn 204 stmt 6:5 6:9 S 205\nc 210 t s x\n"
    "n 205 stmt 7:5 7:9 S 206\nc 211 t s x\nc 212 t other x\nn 206 exit 9:1 9:1 S -\n";
static const char other_s[] =
    "fn 5 s 1:1 3 sa 0\nn 301 entry 1:1 1:1 SR 302\nn 302 stmt 2:1 2:9 S 303\nc 310 t s x\n"
    "n 303 exit 3:1 3:1 S -\n";

Test(grammar_order, end_of_threads) {
    struct bench b = {0};
    struct blob blob;
    bench_table(&b, "a.c", branches);
    bench_table(&b, "s.c", starters);
    bench_table(&b, "o.c", other_s);
    bench_analyse(&b, "end(s.c:s) > t:entry");
    cr_assert_eq(b.operations.birth_count, 2);
    cr_expect_eq(b.program.calls[b.operations.births[0]].point, 210);
    cr_expect_eq(b.program.calls[b.operations.births[1]].point, 211);
    cr_expect(has_link(&b, 30, LOOM_DOWN, LOOM_OP_END, 0, 1));
    cr_expect_eq(bench_why(&b, 210), 0, "a call that starts threads is no slot");
    cr_assert_eq(encode(&b.program, &b.filters.items[0], &b.operations, &b.analysis, 1, &blob), 0);
    const struct loom_plan_operation *operations =
        (void *)(blob.bytes + sizeof(struct loom_plan) + 3 * sizeof(struct loom_plan_module));
    cr_expect(operations[0].kind == LOOM_DOWN && operations[2].kind == LOOM_BIRTH &&
              operations[2].module == 1 && operations[2].point == 211 && operations[2].count == 1);
    free(blob.bytes);
    bench_free(&b);
}

Test(grammar_order, end_of_threads_with_unknown_starts_is_refused) {
    struct bench b = {0};
    bench_table(&b, "a.c", branches);
    bench_table(&b, "s.c", starters);
    bench_table(&b, "p.c",
                "fn 6 pool 1:1 9 - 0\nn 401 entry 1:1 1:1 SR 402\n"
                "n 402 stmt 2:1 2:9 S 403\nc 410 t ? x\nn 403 exit 9:1 9:1 S -\n");
    bench_resolve(&b, "end(s) > t:entry");
    cr_expect(bench_says(&b, "`pool` (p.c:2) starts threads, and Loom does not know in which"));
    bench_free(&b);
}

Test(grammar_order, end_without_a_start_is_refused) {
    struct bench b = {0};
    on(&b, "end(f) > t:entry");
    cr_expect(bench_says(&b, "no instrumented code starts threads in `f`"));
    bench_free(&b);
}

Test(grammar_order, encodes) {
    struct bench b = {0};
    struct blob blob;
    struct loom_plan plan;
    bench_table(&b, "a.c", branches);
    bench_analyse(&b, "t:exit{2} > a.c:13 each within 3s");
    cr_assert_eq(encode(&b.program, &b.filters.items[0], &b.operations, &b.analysis, 1, &blob), 0);
    memcpy(&plan, blob.bytes, sizeof plan);
    cr_expect(plan.kind == LOOM_ORDER && plan.flags == (LOOM_ELSE_PASS | LOOM_EACH) &&
              plan.within_ms == 3000 && plan.operations == 2);
    const struct loom_plan_operation *operations =
        (void *)(blob.bytes + sizeof plan + sizeof(struct loom_plan_module));
    cr_expect(operations[0].kind == LOOM_UP && operations[0].flags == LOOM_OP_BEHIND &&
              operations[0].count == 2 && operations[1].kind == LOOM_DOWN &&
              operations[1].count == 2 && operations[1].point == 14);
    free(blob.bytes);
    bench_free(&b);
}
