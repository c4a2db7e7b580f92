/* SPDX-License-Identifier: MIT */
/*
 * grammar.h: hand-made slot tables for the unit tests of grammar/.
 *
 * A `struct bench` is one program with one filter on it. Points have numbers that are unique in the
 * whole program, so that tests can name them without their file.
 */
#ifndef LOOM_TEST_GRAMMAR_H
#define LOOM_TEST_GRAMMAR_H
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "grammar/analyse.h"
#include "grammar/check.h"
#include "grammar/encode.h"
#include "grammar/lower.h"
#include "grammar/resolve.h"
#include "rt/plan.h"

enum { BENCH_POINTS = 1000, BENCH_FLAGS = 100 };

struct bench {
    struct program program;
    struct callgraph graph;
    struct text text;
    struct filters filters;
    struct diagnostics diagnostics;
    struct operations operations;
    struct analysis analysis;
};

static inline int bench_add(struct bench *b, const char *path, const char *table,
                            const char **why) {
    char *whole = malloc(strlen(table) + 32);
    sprintf(whole, "loom 1\n%s", table);
    int result = program_add(&b->program, path, 0x1234, BENCH_POINTS, BENCH_FLAGS, whole,
                             strlen(whole), why);
    free(whole);
    return result;
}

static inline void bench_table(struct bench *b, const char *path, const char *table) {
    const char *why = "";
    cr_assert_eq(bench_add(b, path, table, &why), 0, "%s: %s", path, why);
}

/* Up to the operations; errors stay in diagnostics. */
static inline void bench_resolve(struct bench *b, const char *text) {
    b->text = (struct text){"filter", text, strlen(text)};
    callgraph_make(&b->graph, &b->program);
    lower(&b->text, &b->filters, &b->diagnostics);
    if (b->diagnostics.errors) return;
    resolve(&b->program, &b->filters.items[0], 0, &b->operations, &b->diagnostics);
}

static inline void bench_analyse(struct bench *b, const char *text) {
    bench_resolve(b, text);
    if (b->diagnostics.errors) diag_print(stderr, &b->text, &b->diagnostics, 0);
    cr_assert_eq(b->diagnostics.errors, 0, "%s is wrong", text);
    analyse(&b->graph, &b->operations, &b->analysis);
    check(&b->graph, &b->operations, &b->analysis, 0, &b->diagnostics);
}

static inline void bench_free(struct bench *b) {
    operations_free(&b->operations);
    analysis_free(&b->analysis);
    filters_free(&b->filters);
    diag_free(&b->diagnostics);
    callgraph_free(&b->graph);
    program_free(&b->program);
}

/* Why a point is unsafe; 0: safe. */
static inline unsigned bench_why(const struct bench *b, uint32_t point) {
    for (uint32_t file = 0; file < b->program.file_count; file++) {
        uint32_t node, call;
        find_point(&b->program, file, point, &node, &call);
        if (node != NONE) return b->analysis.nodes[node];
        if (call != NONE) return b->analysis.calls[call];
    }
    cr_assert_fail("no point %u", point);
    return 0;
}

static inline int bench_has(const struct bench *b, uint32_t point, int kind, int flags) {
    for (uint32_t i = 0; i < b->operations.count; i++) {
        const struct operation *item = &b->operations.items[i];
        if (b->program.nodes[item->node].point == point && item->kind == kind &&
            item->flags == flags)
            return 1;
    }
    return 0;
}

static inline int bench_says(const struct bench *b, const char *words) {
    for (size_t i = 0; i < b->diagnostics.count; i++)
        if (strstr(b->diagnostics.items[i].message, words) ||
            (b->diagnostics.items[i].hint && strstr(b->diagnostics.items[i].hint, words)))
            return 1;
    return 0;
}

#endif
