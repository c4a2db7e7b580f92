// SPDX-License-Identifier: MIT
/*
 * text.c: any text goes through parser, lowering, resolving, analysis, checks and plan; a plan that
 * loom-pipe makes is one that the runtime's verifier takes.
 *
 * FUZZ_PLANS=FOLDER writes the plans there: the seeds of plan.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "grammar/check.h"
#include "grammar/encode.h"
#include "grammar/lower.h"
#include "grammar/resolve.h"
#include "rt/verify.h"
#include "world.h"

static void keep(const struct blob *plan) {
    static unsigned number;
    char path[4096];
    if (!getenv("FUZZ_PLANS")) return;
    snprintf(path, sizeof path, "%s/%04u", getenv("FUZZ_PLANS"), number++);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(plan->bytes, 1, plan->size, file) != plan->size) abort();
    fclose(file);
}

static void plan_of(const struct filter *filter, struct diagnostics *d) {
    struct operations operations;
    struct analysis analysis = {0};
    struct blob plan = {0};
    size_t errors = d->errors;
    resolve(world_program(), filter, 1, &operations, d);
    if (d->errors == errors) {
        analyse(world_graph(), &operations, &analysis);
        check(world_graph(), &operations, &analysis, 1, d);
    }
    if (d->errors == errors &&
        encode(world_program(), filter, &operations, &analysis, world_modules(), &plan) == 0) {
        const char *wrong = verify_plan(plan.bytes, plan.size);
        if (wrong) world_fail(wrong, filter->text);
        keep(&plan);
    }
    free(plan.bytes);
    analysis_free(&analysis);
    operations_free(&operations);
}

static void print_all(const struct text *text, const struct diagnostics *d) {
    char *out = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&out, &size);
    diag_print(memory, text, d, 1);
    diag_print_json(memory, text, d);
    fclose(memory);
    for (size_t i = 0; i < size; i++)
        if ((out[i] >= 0 && out[i] < 32 && !strchr("\n\t\033", out[i])) || out[i] == 127)
            world_fail("a control character gets through", "to the terminal");
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *copy = malloc(size ? size : 1); /* exact: to read behind it is found */
    struct text text = {"filter", memcpy(copy, data, size), size};
    struct filters filters;
    struct diagnostics diagnostics = {0};
    lower(&text, &filters, &diagnostics);
    if (!diagnostics.errors && !filters.count) world_fail("neither a filter", "nor an error");
    for (unsigned i = 0; !diagnostics.errors && i < filters.count; i++)
        plan_of(&filters.items[i], &diagnostics);
    print_all(&text, &diagnostics);
    filters_free(&filters);
    diag_free(&diagnostics);
    free(copy);
    return 0;
}
