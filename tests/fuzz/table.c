// SPDX-License-Identifier: MIT
/*
 * table.c: any slot table is read or refused; with one that was read, filters are resolved,
 * analysed, checked and made plans of, as with any program.
 */
#include <stdlib.h>
#include <string.h>
#include "grammar/check.h"
#include "grammar/encode.h"
#include "grammar/lower.h"
#include "grammar/resolve.h"
#include "world.h"

static const char text[] = "f <> self\n"
                           "a.c:4 <> self\n"
                           "{a.c:3; a.c:9} <> self\n"
                           "shared f <> g\n"
                           "f:exit > g:entry\n"
                           "a.c:4 > g:exit each\n"
                           "end(f) > g:entry\n"
                           "f (n > 4) <> self\n"
                           "f (c->id) <> g (n)\n";

static void filter_on(const struct callgraph *graph, const struct filter *filter,
                      struct diagnostics *d) {
    struct operations operations;
    struct analysis analysis = {0};
    struct blob plan = {0};
    diag_free(d);
    resolve(graph->program, filter, 1, &operations, d);
    if (!d->errors) {
        analyse(graph, &operations, &analysis);
        check(graph, &operations, &analysis, 1, d);
        encode(graph->program, filter, &operations, &analysis, 1, &plan);
    }
    free(plan.bytes);
    analysis_free(&analysis);
    operations_free(&operations);
}

/* Two copies: what a name means then is looked for in both. */
static int read_twice(struct program *program, const char *table, size_t size) {
    const char *why;
    return program_add(program, "src/a.c", 1, WORLD_POINTS, WORLD_FLAGS, table, size, &why) == 0 &&
           program_add(program, "src/a.c", 1, WORLD_POINTS, WORLD_FLAGS, table, size, &why) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct filters filters[16];
    static unsigned count, done;
    struct diagnostics diagnostics = {0};
    struct program program = {0};
    struct callgraph graph = {0};
    for (const char *line = text; *line && !done;) { /* line by line: one may be refused */
        const char *end = strchr(line, '\n');
        lower(&(struct text){"filter", line, (size_t)(end - line)}, &filters[count], &diagnostics);
        if (diagnostics.errors)
            filters_free(&filters[count]);
        else
            count++;
        diag_free(&diagnostics);
        line = end + 1;
    }
    done = 1;
    char *copy = malloc(size ? size : 1);
    if (read_twice(&program, memcpy(copy, data, size), size)) {
        callgraph_make(&graph, &program);
        for (unsigned i = 0; i < count; i++) filter_on(&graph, &filters[i].items[0], &diagnostics);
        diag_free(&diagnostics);
    }
    callgraph_free(&graph);
    program_free(&program);
    free(copy);
    return 0;
}
