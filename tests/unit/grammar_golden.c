// SPDX-License-Identifier: MIT
/*
 * The folder says where a filter must stop: tests/filter/ok, parse-ko, resolve-ko. Beside each
 * NAME.loom stands NAME.expect: all diagnostics, then the operations, as the program below (one
 * table for all) gives them. LOOM_UPDATE=1 writes the expectations anew.
 */
#include "tests/support/grammar.h"
#include <criterion/parameterized.h>
#include <glob.h>
#include <stdio.h>

static const char server[] =
    "type 0 void%20(void)\n"
    "fn 0 accept_all 10:6 19 - 0\n"
    "n 0 entry 10:6 10:6 SR 1\nn 1 stmt 11:5 14:5 S 2\nn 2 cond 11:5 11:30 - 3,6\n"
    "c 8 d accept bix\nn 3 poll 12:9 12:9 R 4\nn 4 stmt 12:9 12:20 S 5\nc - d serve -\n"
    "n 5 end 14:5 14:6 S 2\nn 6 stmt 15:5 15:20 SR 7\nn 7 exit 19:1 19:2 S -\n"
    "fn 1 serve 20:6 29 s 0\n"
    "n 20 entry 20:6 20:6 SR 21\nn 21 stmt 21:5 23:9 S 22\nc 28 d read bix\n"
    "n 22 stmt 25:5 25:30 SR 23,24\nn 23 exit 25:16 25:25 S -\nn 24 stmt 26:5 26:20 SM 25\n"
    "n 25 stmt 27:5 27:9 M 26\nc - d put -\nn 26 exit 29:1 29:2 S -\n"
    "x odd_one 40 its%20body%20comes%20out%20of%20a%20macro\n"
    "fn 2 walk 50:6 55 t 0\n"
    "n 50 entry 50:6 50:6 SR 51\nn 51 exit 55:1 55:2 S -\n"
    "fn 3 forever 60:6 65 j 0\n"
    "n 60 entry 60:6 60:6 SR 61\nn 61 poll 62:1 62:1 SR 61\n";

static const char cache[] =
    "type 0 void%20(void)\n"
    "fn 0 put 5:6 9 - 0\nn 105 entry 5:6 5:6 SR 106\nn 106 exit 9:1 9:2 S -\n"
    "fn 1 get 11:6 15 v 0\nn 111 entry 11:6 11:6 SR 112\nn 112 exit 15:1 15:2 S -\n"
    "fn 2 serve 20:6 25 s 0\nn 120 entry 20:6 20:6 SR 121\nn 121 exit 25:1 25:2 S -\n";

static const char *const words[] = {
    [LOOM_ENTER] = "enter", [LOOM_LEAVE] = "leave", [LOOM_UP] = "up", [LOOM_DOWN] = "down"};

static void judge(FILE *out, char *bytes, size_t size) {
    struct bench b = {.text = {"filter", bytes, size}};
    bench_table(&b, "src/server.c", server);
    bench_table(&b, "src/cache.c", cache);
    bench_table(&b, "src/old/cache.c", cache);
    callgraph_make(&b.graph, &b.program);
    lower(&b.text, &b.filters, &b.diagnostics);
    size_t wrong = b.diagnostics.errors;
    struct operations *all = take(b.filters.count, sizeof *all);
    for (unsigned i = 0; !wrong && i < b.filters.count; i++)
        resolve(&b.program, &b.filters.items[i], 0, &all[i], &b.diagnostics);
    diag_print(out, &b.text, &b.diagnostics, 0);
    for (unsigned i = 0; !b.diagnostics.errors && i < b.filters.count; i++) {
        const struct filter *filter = &b.filters.items[i];
        fprintf(out, "%s: name %s, within %u ms%s%s\n", filter->text,
                filter->name ? filter->name : "-", filter->within_ms,
                filter->else_pass ? ", else pass" : "", filter->each ? ", each" : "");
        for (uint32_t k = 0; k < all[i].count; k++) {
            const struct node *node = &b.program.nodes[all[i].items[k].node];
            fprintf(out, "  %s %u %s", filter->order ? "link" : "region", all[i].items[k].region,
                    words[all[i].items[k].kind]);
            if (filter->order) fprintf(out, " %u", all[i].items[k].count);
            fprintf(out, " %s:%u:%u%s\n", file_of(&b.program, node->function)->path, node->line,
                    node->column,
                    all[i].items[k].flags & 16  ? " shared"
                    : all[i].items[k].flags & 1 ? " nest"
                    : all[i].items[k].flags & 4 ? " behind"
                    : all[i].items[k].flags     ? " any"
                                                : "");
        }
    }
    for (unsigned i = 0; i < b.filters.count; i++) operations_free(&all[i]);
    free(all);
    bench_free(&b);
}

static char *contents(const char *path, size_t *size) {
    FILE *in = fopen(path, "r");
    if (!in) return calloc(1, 1);
    char *bytes = calloc(1, 100000);
    *size = fread(bytes, 1, 99999, in);
    fclose(in);
    return bytes;
}

struct golden {
    char path[200];
};

ParameterizedTestParameters(grammar_golden, expectations) {
    static struct golden all[200];
    glob_t found;
    size_t count = 0;
    if (glob("tests/filter/*/*.loom", 0, NULL, &found) == 0)
        for (; count < found.gl_pathc && count < 200; count++)
            snprintf(all[count].path, sizeof all[count].path, "%s", found.gl_pathv[count]);
    globfree(&found);
    return cr_make_param_array(struct golden, all, count);
}

ParameterizedTest(struct golden *golden, grammar_golden, expectations) {
    size_t size = 0, said_size = 0, wanted_size = 0;
    char *said = NULL, path[220];
    char *bytes = contents(golden->path, &size);
    FILE *out = open_memstream(&said, &said_size);
    judge(out, bytes, size);
    fclose(out);
    snprintf(path, sizeof path, "%.*s.expect", (int)strlen(golden->path) - 5, golden->path);
    if (getenv("LOOM_UPDATE")) {
        FILE *file = fopen(path, "w");
        fputs(said, file);
        fclose(file);
    }
    char *wanted = contents(path, &wanted_size);
    cr_expect(said_size == wanted_size && memcmp(said, wanted, said_size) == 0, "%s says:\n%s",
              golden->path, said);
    cr_expect_eq(strstr(golden->path, "-ko/") != NULL, strstr(said, ": error: ") != NULL);
    free(said);
    free(wanted);
    free(bytes);
}
