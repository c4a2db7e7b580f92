// SPDX-License-Identifier: MIT
/* Reading slot tables (rt/table.h): what is right, what is wrong, what is unknown. */
#include "tests/support/grammar.h"
#include <criterion/parameterized.h>
#include "grammar/type.h"

static const char good[] =
    "file src/a.c 0000000000001234 10 2\n"
    "type 0 int%20(int)\n"
    "fn 0 f 3:5 9 sa 0\n"
    "n 0 entry 3:5 3:5 SR 1\n"
    "n 1 stmt 4:5 4:20 S 2,4\n"
    "c 3 d read bix\n"
    "c - i 0 r\n"
    "n 2 cond 5:5 5:9 - 4\n"
    "n 4 exit 9:1 9:2 S -\n"
    "unknown line of a later version\n"
    "x odd%20one 12 out%20of%20a%20macro\n"
    "fn 1 g 20:1 22 -z 0\n"
    "n 5 entry 20:1 20:1 S 6\n"
    "n 6 exit 22:1 22:1 SZ -\n";

Test(grammar_program, reads_a_table) {
    struct bench b = {0};
    bench_table(&b, "src/a.c", good);
    const struct program *p = &b.program;
    cr_assert_eq(p->function_count, 3);
    cr_assert_eq(p->node_count, 6);
    cr_assert_str_eq(function_name(p, 0), "f");
    cr_assert_eq(p->functions[0].attributes, FUNCTION_STATIC | FUNCTION_TAKEN);
    cr_assert_str_eq(p->names.texts[p->functions[0].type], "int (int)");
    cr_assert_eq(p->nodes[1].next_count, 2);
    cr_assert_eq(p->next[p->nodes[1].first_next + 1], 3);
    cr_assert_eq(p->nodes[1].call_count, 2);
    cr_assert_eq(p->calls[0].point, 3);
    cr_assert_eq(p->calls[0].class, CALL_BLOCKS | CALL_IDLES | CALL_EXTERNAL);
    cr_assert_eq(p->calls[1].how, CALL_INDIRECT);
    cr_assert_eq(p->calls[1].callee, p->functions[0].type);
    cr_assert_str_eq(function_name(p, 1), "odd one");
    cr_assert_str_eq(p->functions[1].reason, "out of a macro");
    cr_assert(p->functions[1].attributes & FUNCTION_BLIND);
    uint32_t node, call;
    find_point(p, 0, 3, &node, &call);
    cr_assert(node == NONE && call == 0);
    bench_free(&b);
}

Test(grammar_program, a_function_left_alone_may_show_its_calls) {
    struct bench b = {0};
    bench_table(&b, "a.c", "type 0 ?\nx f 3 it%20is%20odd\nfn 0 f 3:1 5 p 0\nn 0 entry 3:1 3:1 - 1\n"
                           "c - d g -\nn 1 exit 5:1 5:1 - -\nx h 7 why\nc - d f -\n");
    cr_assert_eq(b.program.function_count, 2);
    cr_assert_eq(b.program.functions[0].attributes, FUNCTION_LEFT | FUNCTION_PURE);
    cr_assert_eq(b.program.functions[0].call_count, 1);
    cr_assert_eq(b.program.functions[1].attributes,
                 FUNCTION_LEFT | FUNCTION_BLIND | FUNCTION_LISTED);
    bench_free(&b);
}

/* Files that were rewritten alone leave to each other what they do not know. */
static const char alone[] =
    "type 0 void%20(void)\n"
    "at wanted void%20(void)\nat cast int%20(int)\nat started start\nat both start\n"
    "at both void%20(void)\nat hidden void%20(void)\nat nowhere ?\nat handler void%20(int)\n"
    "fn 0 f 1:1 9 - 0\n"
    "n 0 entry 1:1 1:1 S 1\n"
    "n 1 stmt 2:1 2:9 S 2\n"
    "c - d wanted bikxwm\n"
    "c - d hidden bikxw\n"
    "c - d nowhere bikxw\n"
    "c - d wanted bikx\n"
    "n 2 exit 9:1 9:1 - -\n";
static const char others[] =
    "type 0 void%20(void)\n"
    "x wanted 1 why - 0\nx cast 2 why - 0\nx started 3 why - 0\nx both 4 why - 0\n"
    "x hidden 5 why s 0\nx unnamed 6 why - 0\n"
    "type 1 void%20(int)\nx handler 7 why - 1\n";

Test(grammar_program, joins_files) {
    struct bench b = {0};
    bench_table(&b, "a.c", alone);
    bench_table(&b, "b.c", others);
    program_join(&b.program);
    const struct program *p = &b.program;
    cr_expect_eq(p->calls[0].class, CALL_ELSEWHERE | CALL_MUST, "known: not external");
    cr_expect(p->calls[1].class & CALL_EXTERNAL, "a static function of another file");
    cr_expect(p->calls[2].class & CALL_BLOCKS, "nobody has it");
    cr_expect(p->calls[3].class & CALL_BLOCKS, "only w asks");
    static const uint32_t wanted[] = {FUNCTION_TAKEN, FUNCTION_TAKEN | FUNCTION_ANY_TYPE,
                                      FUNCTION_TAKEN | FUNCTION_START, FUNCTION_TAKEN, 0, 0,
                                      FUNCTION_TAKEN | FUNCTION_HANDLER};
    const uint32_t all = FUNCTION_TAKEN | FUNCTION_ANY_TYPE | FUNCTION_START | FUNCTION_HANDLER;
    for (uint32_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_expect_eq(p->functions[1 + i].attributes & all,
                     wanted[i], "%s", function_name(p, 1 + i));
    bench_free(&b);
}

static const char values[] =
    "rec 4 s a%20b 24\nm next 0 pr4\nm n 8 a3xi4\nm bits 20 u4 3:29\nrec 0 u %00 0\n"
    "e LOW -9223372036854775808\ne HIGH 9223372036854775807\n"
    "g 7 v i4\ng 9 t F\n"
    "fn 0 f 3:5 9 - -\nl 1 it pr4\nl 5 d zz\n"
    "n 0 entry 3:5 3:5 SR 1 1\nn 1 exit 9:1 9:2 S - 5,1\n"
    "fn 1 g 10:5 19 - -\nl 1 k pv\nn 2 entry 10:5 10:5 S 3 -\nn 3 exit 19:1 19:2 S - 1\n";

Test(grammar_program, reads_variables) {
    struct bench b = {0};
    bench_table(&b, "src/b.c", values);
    bench_table(&b, "src/a.c", values);
    const struct program *p = &b.program;
    const struct program_file *file = &p->files[1];
    cr_assert_eq(file->layout_count, 2);
    const struct layout *layout = &p->layouts[file->first_layout];
    cr_assert_str_eq(p->names.texts[layout->name], "a b");
    cr_assert(layout->size == 24 && layout->member_count == 3 && !layout->is_union);
    const struct member *bits = &p->members[layout->first_member + 2];
    cr_assert(bits->offset == 20 && bits->bit == 3 && bits->width == 29);
    cr_assert_str_eq(p->names.texts[layout[1].name], "");
    cr_assert_eq(p->constants[file->first_constant].value, INT64_MIN);
    cr_assert_eq(p->constants[file->first_constant + 1].value, INT64_MAX);
    cr_assert_eq(p->globals[file->first_global + 1].index, 9);
    const struct node *exit = &p->nodes[p->functions[2].first_node + 1];
    cr_assert_eq(exit->value_count, 2);
    cr_assert_str_eq(p->names.texts[p->locals[p->values[exit->first_value]].name], "d");
    cr_assert_str_eq(p->names.texts[p->locals[p->values[exit->first_value + 1]].name], "it");
    exit = &p->nodes[p->functions[3].first_node + 1];
    cr_assert_str_eq(p->names.texts[p->locals[p->values[exit->first_value]].name], "k");
    cr_assert_eq(p->nodes[p->functions[3].first_node].value_count, 0);
    bench_free(&b);
}

Test(grammar_program, reads_types) {
    static const struct {
        const char *text, *said;
        uint64_t bytes;
    } all[] = {{"i1", "char", 1},
               {"u8", "unsigned long", 8},
               {"b1", "bool", 1},
               {"ppi4", "int **", 8},
               {"pr4", "struct a b *", 8},
               {"a3xa2xr4", "struct a b [3][2]", 144},
               {"a0xu2", "unsigned short []", 0},
               {"r0", "union", 0},
               {"r99", "struct", 0},
               {"f16", "long double", 16},
               {"a9999999999xa9999999999xi8", "long [9999999999][9999999999]", 0},
               {"pF", "function *", 8},
               {"?", "?", 0},
               {"later", "?", 0}};
    static const char *const wrong[] = {"",    "i",   "i3",  "i44", "p",   "r",     "rx",
                                        "r1x", "a3i4", "axi4", "a3x", "f2",
                                        "a99999999999999999999999xi4", "r99999999999999999999999"};
    struct bench b = {0};
    bench_table(&b, "src/a.c", values);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        cr_expect(type_is_good(all[i].text), "%s", all[i].text);
        struct type type = type_of(&b.program, 0, all[i].text);
        const char *said = type_print(&b.program, &b.diagnostics.arena, type);
        cr_expect_str_eq(said, all[i].said, "%s: %s", all[i].text, said);
        cr_expect_eq(type_bytes(&b.program, type), all[i].bytes, "%s", all[i].text);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(type_is_good(wrong[i]), "%s", wrong[i]);
    bench_free(&b);
}

struct bad { char why[60]; char table[160]; };

ParameterizedTestParameters(grammar_program, refuses) {
    static struct bad all[] = {
        {"a number is expected", "fn x f 1:1 2 - 0\n"},
        {"a flag out of range", "fn 100 f 1:1 2 - 0\n"},
        {"LINE:COL", "fn 0 f 11 2 - 0\n"},
        {"does not begin with its entry", "fn 0 f 1:1 2 - 0\nfn 1 g 1:1 2 - 0\n"},
        {"does not begin with its entry", "fn 0 f 1:1 2 - 0\nn 0 stmt 1:1 1:1 S -\n"},
        {"a node outside of a function", "n 0 stmt 1:1 1:1 S -\n"},
        {"a node out of range", "fn 0 f 1:1 2 - 0\nn 1000 entry 1:1 1:1 S -\n"},
        {"unknown kind of node", "fn 0 f 1:1 2 - 0\nn 0 start 1:1 1:1 S -\n"},
        {"a list of nodes", "fn 0 f 1:1 2 - 0\nn 0 entry 1:1 1:1 S 1,\n"},
        {"a successor", "fn 0 f 1:1 2 - 0\nn 0 entry 1:1 1:1 S 7\n"},
        {"a successor", "fn 0 f 1:1 2 - 0\nn 0 entry 1:1 1:1 S -\n"
                        "fn 1 g 1:1 2 - 0\nn 1 entry 1:1 1:1 S 0\n"},
        {"a call outside of a node", "fn 0 f 1:1 2 - 0\nc - d g -\n"},
        {"a point out of range", "fn 0 f 1:1 2 - 0\nn 0 entry 1:1 1:1 S -\nc 1000 d g -\n"},
        {"unknown kind of call", "fn 0 f 1:1 2 - 0\nn 0 entry 1:1 1:1 S -\nc - z g -\n"},
        {"a type ID out of range", "type 4000000 void\n"},
        {"a number is expected", "rec x s a 4\n"},
        {"the size of a record", "rec 0 s a 4x\n"},
        {"the size of a record", "rec 0 s a 99999999999999999999\n"},
        {"a member of no record", "m a 0 i4\n"},
        {"the offset of a member", "rec 0 s a 4\nm a -4 i4\n"},
        {"a type of values", "rec 0 s a 4\nm a 0 i5\n"},
        {"the bits of a member", "rec 0 s a 4\nm a 0 u4 30:3\n"},
        {"the bits of a member", "rec 0 s a 4\nm a 0 u4 3\n"},
        {"the bits of a member", "rec 0 s a 4\nm a 0 u4 3:0\n"},
        {"the bits of a member", "rec 0 s a 4\nm a 0 r0 0:3\n"},
        {"a value is expected", "e A 9223372036854775808\n"},
        {"a value is expected", "e A -\n"},
        {"a number is expected", "g -1 a i4\n"},
        {"a type of values", "g 1 a\n"},
        {"a local variable of no function", "l 0 a i4\n"},
        {"a list of local variables",
         "fn 0 f 1:1 2 - 0\nl 0 a i4\nn 0 entry 1:1 1:1 S - 0,\n"},
        {"a variable that it does not", "fn 0 f 1:1 2 - 0\nl 0 a i4\nn 0 entry 1:1 1:1 S - 1\n"},
        {"the table is cut off", "fn 0 f 1:1 2 - 0\nn 0 entry 1:1 1:"},
    };
    return cr_make_param_array(struct bad, all, sizeof all / sizeof *all);
}

ParameterizedTest(struct bad *bad, grammar_program, refuses) {
    struct bench b = {0};
    const char *why = "";
    cr_assert_neq(bench_add(&b, "a.c", bad->table, &why), 0);
    cr_assert(strstr(why, bad->why), "says: %s", why);
    bench_free(&b);
}

Test(grammar_program, refuses_other_versions) {
    struct bench b = {0};
    const char *why = "";
    cr_assert_neq(program_add(&b.program, "a.c", 1, 1, 1, "loom 2\n", 7, &why), 0);
    cr_assert(strstr(why, "version 1"));
    cr_assert_neq(program_add(&b.program, "b.c", 1, 1, 1, "", 0, &why), 0);
    bench_free(&b);
}

/* Every table that differs by one byte, or is cut anywhere, is read or refused, never worse. */
static void mutate(const char *original, size_t length) {
    uint64_t seed = 88172645463325252ull;
    for (unsigned round = 0; round < 20000; round++) {
        struct bench b = {0};
        const char *why;
        char table[1024];
        size_t size = length + 7;
        memcpy(table, "loom 1\n", 7);
        memcpy(table + 7, original, length);
        for (unsigned change = 0; change < 1 + round % 3; change++) {
            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            table[seed % size] = (char)(round % 2 ? "0123456789 ,:-\nSR"[seed >> 20 & 15]
                                                  : (int)(seed >> 20 & 255));
        }
        if (round % 7 == 0) size = seed >> 30 & 255;
        if (program_add(&b.program, "a.c", 1, 10, 2, table, size, &why) == 0) {
            if (round % 4 == 0)
                bench_resolve(&b, "f (it->next->n[2] + v - it->bits * LOW, it > t) <> self");
            else
                callgraph_make(&b.graph, &b.program);
            analyse(&b.graph, &b.operations, &b.analysis);
        }
        bench_free(&b);
    }
}

Test(grammar_program, survives_mutations, .timeout = 60) {
    mutate(good, sizeof good - 1);
}

Test(grammar_program, survives_mutations_of_variables, .timeout = 60) {
    mutate(values, sizeof values - 1);
}
