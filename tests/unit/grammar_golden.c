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

/*
 *  80 void fill(struct item *it, int n) {         200
 *  82     static long hits; item->...            (it is not read)
 *  85     total += n;                            201
 *  88     it->refs++;                            202
 *  95 }                                          203
 */
static const char store[] =
    "type 0 void%20(void)\n"
    "rec 0 s item 72\nm key 0 pi1\nm nkey 8 u1\nm next 16 pr0\nm refs 24 i4\nm state 28 u4 3:5\n"
    "m weight 32 f8\nm name 40 a8xi1\nm where 48 r1\nm hidden 56 pr2\nm data 64 pv\n"
    "rec 1 s where 8\nm x 0 i4\nm y 4 i4\nrec 2 s hidden 0\n"
    "e IDLE 0\ne BUSY 1\n"
    "g 0 items a16xpr0\ng 1 nworkers i4\ng 2 ratio f8\ng 3 toil F\ng 4 limits r1\n"
    "fn 0 fill 80:6 95 - 0\nl 0 it pr0\nl 1 n i4\nl 2 total u8\n"
    "n 200 entry 80:6 80:6 SR 201 0,1\nn 201 stmt 85:5 85:16 S 202 1,2\n"
    "n 202 stmt 88:5 88:15 S 203 0\nn 203 exit 95:1 95:2 S -\n"
    "fn 1 drop 100:6 110 v 0\nl 0 it pr0\n"
    "n 210 entry 100:6 100:6 SR 212 0\nn 212 stmt 105:5 105:20 S 211 0\nn 211 exit 110:1 110:2 S "
    "-\n"
    "fn 2 toil 120:6 130 sa 0\nn 220 entry 120:6 120:6 SR 221 -\n"
    "n 221 stmt 122:5 122:9 S 222\nc 225 t ? b\nn 222 exit 130:1 130:2 S -\n"
    "fn 3 begin 140:6 150 s 0\nl 0 count u4\nn 230 entry 140:6 140:6 SR 231 0\n"
    "n 231 stmt 142:5 142:9 S 232 0\nn 232 exit 150:1 150:2 S -\n";

static const char *const words[] = {[LOOM_ENTER] = "enter",
                                    [LOOM_LEAVE] = "leave",
                                    [LOOM_UP] = "up",
                                    [LOOM_DOWN] = "down",
                                    [LOOM_TEST] = "test"};

static void print_program(FILE *out, const char *what, const struct code *code, uint32_t program) {
    static const char *const names[] = {
        [LOOM_CODE_LOCAL] = "local",   [LOOM_CODE_GLOBAL] = "global",
        [LOOM_CODE_LOAD] = "load",     [LOOM_CODE_CUT] = "cut",
        [LOOM_CODE_NEGATE] = "neg",    [LOOM_CODE_INVERT] = "~",
        [LOOM_CODE_NOT] = "!",         [LOOM_CODE_ADD] = "+",
        [LOOM_CODE_SUBTRACT] = "-",    [LOOM_CODE_MULTIPLY] = "*",
        [LOOM_CODE_DIVIDE] = "/",      [LOOM_CODE_REMAINDER] = "%",
        [LOOM_CODE_SHIFT_LEFT] = "<<", [LOOM_CODE_SHIFT_RIGHT] = ">>",
        [LOOM_CODE_AND] = "&",         [LOOM_CODE_OR] = "|",
        [LOOM_CODE_XOR] = "^",         [LOOM_CODE_EQUAL] = "==",
        [LOOM_CODE_UNEQUAL] = "!=",    [LOOM_CODE_LESS] = "<",
        [LOOM_CODE_LESS_EQUAL] = "<=", [LOOM_CODE_AND_THEN] = "&&",
        [LOOM_CODE_OR_ELSE] = "||"};
    if (!program) return;
    fprintf(out, "    %s", what);
    for (const struct loom_plan_code *c = &code->items[program - 1]; c->op != LOOM_CODE_END; c++) {
        if (c->op == LOOM_CODE_CONST)
            fprintf(out, " %lld", (long long)c->value);
        else
            fprintf(out, " %s", names[c->op]);
        if (c->op == LOOM_CODE_LOCAL || c->op == LOOM_CODE_GLOBAL || c->op >= LOOM_CODE_AND_THEN)
            fprintf(out, "#%u", c->index);
        if (c->size)
            fprintf(out, ":%s%.0u", c->size & LOOM_CODE_SIGNED ? "i" : "u", c->size & 127u);
    }
    fputc('\n', out);
}

static void judge(FILE *out, char *bytes, size_t size) {
    struct bench b = {.text = {"filter", bytes, size}};
    bench_table(&b, "src/server.c", server);
    bench_table(&b, "src/cache.c", cache);
    bench_table(&b, "src/old/cache.c", cache);
    bench_table(&b, "src/store.c", store);
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
        if (filter->alone || filter->for_ms || filter->build)
            fprintf(out, "  alone %d, for %u ms, build %s\n", filter->alone, filter->for_ms,
                    filter->build ? filter->build : "-");
        for (uint32_t k = 0; k < all[i].count; k++) {
            const struct node *node = &b.program.nodes[all[i].items[k].node];
            fprintf(out, "  %s %u %s", filter->order ? "link" : "region", all[i].items[k].region,
                    words[all[i].items[k].kind]);
            if (filter->order && !(all[i].items[k].flags & LOOM_OP_COUNTED))
                fprintf(out, " %u", all[i].items[k].count);
            fprintf(out, " %s:%u:%u%s%s\n", file_of(&b.program, node->function)->path, node->line,
                    node->column,
                    all[i].items[k].flags & 16  ? " shared"
                    : all[i].items[k].flags & 1 ? " nest"
                    : all[i].items[k].flags & 4 ? " behind"
                    : all[i].items[k].flags & 2 ? " any"
                    : all[i].items[k].flags & 8 ? " end"
                                                : "",
                    all[i].items[k].flags & LOOM_OP_TESTED ? " tested" : "");
            print_program(out, "key", &all[i].code, all[i].items[k].key);
            print_program(out, "condition", &all[i].code, all[i].items[k].condition);
            if (all[i].items[k].flags & LOOM_OP_COUNTED)
                print_program(out, "count", &all[i].code, all[i].items[k].count);
        }
    }
    for (unsigned i = 0; i < b.filters.count; i++) {
        for (uint32_t k = 0; k < all[i].birth_count && !b.diagnostics.errors; k++)
            fprintf(out, "  birth %u\n", b.program.calls[all[i].births[k]].point);
        if (all[i].starts && !b.diagnostics.errors)
            fprintf(out, "  start %s global %u\n", b.program.files[all[i].start_file].path,
                    all[i].start_global);
        operations_free(&all[i]);
    }
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
