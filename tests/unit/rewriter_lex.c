// SPDX-License-Identifier: MIT
/* rewriter_lex.c: what each byte of a C text is. */
#include "rewriter/lex.h"
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* _ blank or comment, n newline, c code, q quoted, # hash, d directive */
static void expect(const char *text, const char *kinds) {
    struct lex lex = {.text = text, .size = (unsigned)strlen(text)};
    char seen[200] = "";
    while (lex_next(&lex)) {
        cr_assert(lex.begin < lex.end && lex.end <= lex.size, "`%s` at %u", text, lex.begin);
        memset(seen + lex.begin, "_ncq#d"[lex.kind], lex.end - lex.begin);
    }
    cr_expect_str_eq(seen, kinds, "`%s` is %s, not %s", text, seen, kinds);
}

Test(lex, code_and_blanks) {
    expect("", "");
    expect("ab+1 \t\r\n;", "cccc___nc");
    expect("a\\\nb\\\r\nc", "c__c___c");
    expect("a\\", "cc");
}

Test(lex, comments) {
    expect("a/*b\n#c*/d", "c________c");
    expect("a//b\nc", "c___nc");
    expect("//*\nc", "___nc");
    expect("//b\\\n#c\nd", "_______nc");
    expect("//b\\\r\nc\nd", "_______nc");
    expect("a/*b", "c___");
    expect("a/*", "c__");
    expect("a/", "cc");
}

Test(lex, quotes) {
    expect("\"/*\\\"\"c'\"'", "qqqqqqcqqq");
    expect("\"a\nb", "qqnc");
    expect("\"a\\\r\nb\"c", "qqqqqqqc");
    expect("L'a'u8\"b\"", "cqqqccqqq");
    expect("'\\", "qq");
}

Test(lex, apostrophes_of_numbers) {
    expect("1'000;'a'", "ccccccqqq");
    expect("0xA'b /*'*/", "ccccc______");
    expect("a1'b'", "ccqqq");
}

Test(lex, directives) {
    expect("#if a\nb", "#dd_dnc");
    expect(" /**/ # if \"b\" /*\n*/ c\nd", "______#_dd_ddd_______dnc");
    expect("%:if\n", "##ddn");
    expect("a #b\n#c", "c_ccn#d");
    expect("#define A \\\n#b\n", "#dddddd_d___ddn");
}

Test(lex, lines) {
    const char *text = "a\\\nb\n/*\n*/ #if\n";
    struct lex lex = {.text = text, .size = (unsigned)strlen(text)};
    while (lex_next(&lex) && lex.kind != LEX_HASH) {}
    cr_expect_eq(lex.begin, 11);
    cr_expect_eq(lex.line, 5, "a comment does not end a line");
}

Test(lex, directives_are_found) {
    struct directives list = {0};
    for (unsigned at = 0; at < 100; at += 10) directives_add(&list, at);
    cr_expect_eq(list.count, 10);
    cr_expect_eq(directives_from(&list, 0), 0);
    cr_expect_eq(directives_from(&list, 1), 1);
    cr_expect_eq(directives_from(&list, 90), 9);
    cr_expect_eq(directives_from(&list, 91), 10);
    cr_expect_str_eq(directive_name("# \tif x"), "if x");
    cr_expect_str_eq(directive_name("%:if"), "if");
    free(list.at);
}
