// SPDX-License-Identifier: MIT
/*
 * Names to functions and lines, one test per rule of find.h and lines.h: suffixes, functions of one
 * name, copies of a file in several modules, what is not there and what was left alone.
 */
#include "grammar/find.h"
#include "tests/support/grammar.h"

/* One line per statement; the second function is on one line with several statements. */
static const char header[] =
    "fn 0 put 3:6 6 s 0\n"
    "n 0 entry 3:6 3:6 SR 1\nn 1 stmt 4:5 4:20 S 2\nn 2 stmt 5:5 5:20 S 3\nn 3 exit 6:1 6:2 S -\n"
    "fn 1 two 8:6 10 s 0\n"
    "n 4 entry 8:6 8:6 SR 5\nn 5 stmt 9:5 9:12 S 6\nn 6 stmt 9:14 9:20 S 7\n"
    "n 7 exit 10:1 10:2 S -\n";

static const char other[] =
    "fn 0 put 13:6 16 s 0\n"
    "n 0 entry 13:6 13:6 SR 1\nn 1 stmt 14:5 14:20 S 3\nn 3 exit 16:1 16:2 S -\n"
    "x odd_put 20 its%20body%20comes%20out%20of%20a%20macro\n";

static void add(struct bench *b, const char *path, uint64_t hash, const char *table) {
    const char *why;
    char *whole = malloc(strlen(table) + 32);
    sprintf(whole, "loom 1\n%s", table);
    cr_assert_eq(
        program_add(&b->program, path, hash, BENCH_POINTS, BENCH_FLAGS, whole, strlen(whole), &why),
        0);
    free(whole);
}

/* Operations of a kind in the n-th file. */
static unsigned in_file(const struct bench *b, uint32_t file, int kind) {
    unsigned count = 0;
    for (uint32_t i = 0; i < b->operations.count; i++) {
        const struct node *node = &b->program.nodes[b->operations.items[i].node];
        count += b->operations.items[i].kind == kind &&
                 b->program.functions[node->function].file == file;
    }
    return count;
}

Test(grammar_find, suffixes_of_paths) {
    cr_expect(path_matches("src/cache.c", "cache.c"));
    cr_expect(path_matches("src/cache.c", "src/cache.c"));
    cr_expect(path_matches("src/cache.c", "./src/cache.c"));
    cr_expect(path_matches("/home/a/src/cache.c", "src/cache.c"));
    cr_expect(path_matches("/home/a/src/cache.c", "/src/cache.c"));
    cr_expect(!path_matches("src/cache.c", "ache.c"), "only at a slash");
    cr_expect(!path_matches("src/cache.c", "lib/cache.c"));
    cr_expect(!path_matches("src/cache.c", ""));
    cr_expect(!path_matches("cache.c", "src/cache.c"), "not the other way round");
}

/* A header in three modules: its functions, lines, events and orders mean all copies. */
Test(grammar_find, copies_all_obey) {
    static const char *const texts[] = {"put <> self",
                                        "util.h:put <> self",
                                        "util.h:4 <> self",
                                        "{util.h:4; util.h:5} <> self",
                                        "{put:entry; util.h:5} <> self",
                                        "util.h:4 > put:exit",
                                        "put:entry > util.h:5"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct bench b = {0};
        for (int copy = 0; copy < 3; copy++) add(&b, "inc/util.h", 7, header);
        bench_resolve(&b, texts[i]);
        cr_expect_eq(b.diagnostics.errors, 0, "%s", texts[i]);
        int order = b.operations.order;
        for (uint32_t file = 0; file < 3; file++) {
            cr_expect_geq(in_file(&b, file, order ? LOOM_DOWN : LOOM_ENTER), 1, "%s", texts[i]);
            cr_expect_geq(in_file(&b, file, order ? LOOM_UP : LOOM_LEAVE), 1, "%s", texts[i]);
            cr_expect_eq(in_file(&b, file, order ? LOOM_DOWN : LOOM_ENTER),
                         in_file(&b, 0, order ? LOOM_DOWN : LOOM_ENTER));
        }
        bench_free(&b);
    }
}

/* Events in the copies of one function are in one function: they end with it, in its own frame. */
Test(grammar_find, events_in_copies_end_with_their_function) {
    struct bench b = {0};
    add(&b, "inc/util.h", 7, header);
    add(&b, "inc/util.h", 7, header);
    bench_resolve(&b, "{util.h:4; util.h:4} <> self");
    for (uint32_t i = 0; i < b.operations.count; i++)
        cr_expect(!(b.operations.items[i].flags & LOOM_OP_ANY_FRAME));
    cr_expect_eq(in_file(&b, 0, LOOM_LEAVE), 2, "at line 4 and at the return");
    cr_expect_eq(in_file(&b, 1, LOOM_LEAVE), 2);
    size_t notes = 0;
    for (size_t i = 0; i < b.diagnostics.count; i++)
        notes += strstr(b.diagnostics.items[i].message, "also ends") != NULL;
    cr_expect_eq(notes, 1, "said once, not once per copy");
    bench_free(&b);
}

/* One note for all returns, in the order of the text. */
Test(grammar_find, returns_are_said_once) {
    struct bench b = {0};
    add(&b, "a.c", 7,
        "fn 0 f 1:6 9 - 0\nn 0 entry 1:6 1:6 SR 1\nn 1 stmt 2:5 5:9 S 2,3\n"
        "n 2 exit 3:5 3:11 S -\nn 3 stmt 6:5 6:9 S 4\nn 4 exit 9:1 9:2 S -\n");
    bench_resolve(&b, "{f:entry; a.c:99} <> self");
    cr_expect(bench_says(&b, "contains line 99"));
    diag_free(&b.diagnostics);
    operations_free(&b.operations);
    filters_free(&b.filters);
    callgraph_free(&b.graph);
    bench_resolve(&b, "{f:entry; f:entry} <> self");
    cr_expect(bench_says(&b, "also ends where `f` returns (lines 3, 9)"));
    bench_free(&b);
}

/* One path with two contents is two files: nobody can say which one is meant. */
Test(grammar_find, same_path_other_content) {
    struct bench b = {0};
    add(&b, "src/plugin.c", 7, header);
    add(&b, "src/plugin.c", 8, other);
    bench_resolve(&b, "plugin.c:put <> self");
    cr_expect(bench_says(&b, "several functions"));
    cr_expect(bench_says(&b, "src/plugin.c:put (src/plugin.c:13)"));
    cr_expect(bench_says(&b, "content 0000000000000008"));
    cr_expect_eq(b.diagnostics.absent, 0, "no module can make that clear");
    diag_free(&b.diagnostics);
    operations_free(&b.operations);
    filters_free(&b.filters);
    callgraph_free(&b.graph);
    bench_resolve(&b, "plugin.c:4 <> self");
    cr_expect(bench_says(&b, "several files"));
    diag_free(&b.diagnostics);
    operations_free(&b.operations);
    filters_free(&b.filters);
    callgraph_free(&b.graph);
    bench_resolve(&b, "plugin.c:two <> self");
    cr_expect_eq(b.diagnostics.errors, 0, "only one of them has it");
    bench_free(&b);
}

Test(grammar_find, static_functions_of_one_name) {
    struct bench b = {0};
    add(&b, "src/a.c", 7, header);
    add(&b, "src/b.c", 8, other);
    add(&b, "lib/a.c", 9, other);
    bench_resolve(&b, "put <> src/a.c:put <> a.c:put");
    cr_expect_eq(b.diagnostics.errors, 2);
    cr_expect(bench_says(&b, "name the file: src/a.c:put (src/a.c:3)"));
    cr_expect(bench_says(&b, "or src/b.c:put (src/b.c:13)"));
    cr_expect(bench_says(&b, "or lib/a.c:put (lib/a.c:13)"));
    bench_free(&b);
}

Test(grammar_find, many_candidates_are_counted) {
    struct bench b = {0};
    char path[20];
    for (int i = 0; i < 9; i++) {
        sprintf(path, "src/%d.c", i);
        add(&b, path, 7, header);
    }
    bench_resolve(&b, "put <> self");
    cr_expect(bench_says(&b, "and 3 more"));
    bench_free(&b);
}

Test(grammar_find, left_alone) {
    struct bench b = {0};
    add(&b, "src/b.c", 8, other);
    bench_resolve(&b, "odd_put <> self");
    cr_expect(bench_says(&b, "left `odd_put` (src/b.c:20) alone: its body comes out of a macro"));
    cr_expect_eq(b.diagnostics.absent, 0);
    bench_free(&b);
}

/* What was left alone may be what is meant: it counts as a candidate. */
Test(grammar_find, left_alone_in_another_file) {
    struct bench b = {0};
    add(&b, "src/a.c", 7, header);
    add(&b, "src/b.c", 8, "x put 20 why%20not\n");
    bench_resolve(&b, "put <> self");
    cr_expect(bench_says(&b, "several functions"));
    cr_expect(bench_says(&b, "src/b.c:put (src/b.c:20, left alone)"));
    bench_free(&b);
    b = (struct bench){0};
    add(&b, "src/a.c", 7,
        "fn 0 put 3:6 6 s 0\nn 0 entry 3:6 3:6 SR 1\nn 1 exit 6:1 6:2 S -\n"
        "x put 12 why%20not\n");
    bench_resolve(&b, "put <> self");
    cr_expect(b.diagnostics.errors == 0 && bench_says(&b, "left a variant of `put`"));
    bench_free(&b);
}

Test(grammar_find, misses_offer_the_nearest) {
    struct bench b = {0};
    add(&b, "inc/util.h", 7, header);
    add(&b, "inc/util.h", 7, header);
    bench_resolve(&b, "tow <> utli.h:put <> util.h:puts <> gone.c:5");
    cr_expect(bench_says(&b, "did you mean `two` (inc/util.h:8)"));
    cr_expect(bench_says(&b, "did you mean `inc/util.h`"));
    cr_expect(bench_says(&b, "did you mean `put` (inc/util.h:3)"));
    cr_expect(bench_says(&b, "no file `gone.c`"));
    cr_expect(b.diagnostics.errors == 4 && b.diagnostics.absent == 4, "--wait waits for all four");
    for (size_t i = 0; i < b.diagnostics.count; i++)
        cr_expect(!strstr(b.diagnostics.items[i].hint, "\nor"), "copies are offered once");
    bench_free(&b);
}

Test(grammar_find, lines_with_several_statements) {
    struct bench b = {0};
    add(&b, "inc/util.h", 7, header);
    bench_resolve(&b, "put:entry > util.h:9");
    cr_expect(bench_has(&b, 5, LOOM_DOWN, 0), "the first");
    cr_expect(
        bench_says(&b, "line 9 has several statements: the first one, in column 5, is taken"));
    cr_expect_eq(b.diagnostics.errors, 0);
    diag_free(&b.diagnostics);
    operations_free(&b.operations);
    filters_free(&b.filters);
    callgraph_free(&b.graph);
    bench_resolve(&b, "util.h:9 <> self");
    cr_expect(bench_has(&b, 5, LOOM_ENTER, 0) && bench_has(&b, 7, LOOM_LEAVE, 0), "all of them");
    cr_expect_eq(b.diagnostics.count, 0, "nothing to say");
    bench_free(&b);
}

Test(grammar_find, lines_without_a_statement_leave_the_function) {
    struct bench b = {0};
    add(&b, "inc/util.h", 7, header);
    bench_resolve(&b, "util.h:6 <> util.h:7 <> util.h:3");
    cr_expect(bench_says(&b, "nor behind it in `put`"), "the brace");
    cr_expect(bench_says(&b, "no instrumented function of inc/util.h contains line 7"));
    cr_expect(bench_says(&b, "`put` before it ends at line 6"));
    cr_expect_eq(b.diagnostics.errors, 2);
    cr_expect_eq(b.diagnostics.absent, 0);
    bench_free(&b);
}

/* The next statement would be another one than what the user sees on the line. */
Test(grammar_find, a_statement_without_a_slot_is_not_skipped) {
    struct bench b = {0};
    add(&b, "a.c", 7,
        "fn 0 f 1:6 9 - 0\nn 0 entry 1:6 1:6 SR 1\nn 1 stmt 2:5 2:9 M 2\nc - d g -\n"
        "n 2 stmt 3:5 3:9 S 3\nn 3 stmt 4:5 4:9 N 4\nn 4 stmt 5:5 5:9 S 5\n"
        "n 5 exit 9:1 9:2 S -\n");
    bench_resolve(&b, "a.c:2 <> self");
    cr_expect(
        bench_says(&b, "the statement on line 2 of a.c has no slot: it comes out of a macro"));
    diag_free(&b.diagnostics);
    operations_free(&b.operations);
    filters_free(&b.filters);
    callgraph_free(&b.graph);
    bench_resolve(&b, "a.c:4 <> self");
    cr_expect(b.diagnostics.errors == 0 && bench_says(&b, "line 5 is taken"), "no effect: skipped");
    bench_free(&b);
}

Test(grammar_find, two_functions_on_one_line) {
    struct bench b = {0};
    add(&b, "a.c", 7,
        "fn 0 f 1:6 1 - 0\nn 0 entry 1:6 1:6 SR 1\nn 1 exit 1:15 1:16 S -\n"
        "fn 1 g 1:20 1 - 0\nn 2 entry 1:20 1:20 SR 3\nn 3 exit 1:30 1:31 S -\n");
    bench_resolve(&b, "a.c:1 <> self");
    cr_expect(bench_says(&b, "this line belongs to several functions: `f` and `g`"));
    bench_free(&b);
}
