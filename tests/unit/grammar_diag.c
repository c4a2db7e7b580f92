// SPDX-License-Identifier: MIT
/* Diagnostics as the user sees them: places, the line with its marks, hints, repetitions. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "grammar/diag.h"

/* The words of a text: [start, end) of the nth occurrence of `word`. */
static struct span span_of(const char *text, const char *word) {
    const char *at = strstr(text, word);
    cr_assert(at);
    return (struct span){(uint32_t)(at - text), (uint32_t)(at - text + strlen(word))};
}

static char *said(const char *bytes, const struct diagnostics *all, int colour) {
    struct text text = {"filter", bytes, strlen(bytes)};
    char *out = NULL;
    size_t size;
    FILE *memory = open_memstream(&out, &size);
    diag_print(memory, &text, all, colour);
    fclose(memory);
    return out;
}

static void expect(const char *bytes, struct diagnostics *all, const char *wanted) {
    char *out = said(bytes, all, 0);
    cr_expect_str_eq(out, wanted, "says:\n%s", out);
    free(out);
    diag_free(all);
}

Test(grammar_diag, place_line_marks_and_hints) {
    static const char text[] = "f <> self\nput <> gte name \"x\"\n";
    struct diagnostics d = {0};
    diag_add(&d, SEVERITY_ERROR, span_of(text, "gte"), "no function `%s`", "gte");
    diag_hint(&d, "did you mean `%s`", "get");
    diag_hint(&d, "or `%s`", "gate");
    expect(text, &d,
           "filter:2:8-10: error: no function `gte`\n"
           "2 | put <> gte name \"x\"\n"
           "  |        ~~~\n"
           "hint: did you mean `get`\n"
           "hint: or `gate`\n");
}

Test(grammar_diag, all_in_the_order_of_the_text) {
    static const char text[] = "a <> b\n";
    struct diagnostics d = {0};
    diag_add(&d, SEVERITY_ERROR, span_of(text, "b"), "second");
    diag_add(&d, SEVERITY_NOTE, span_of(text, "a"), "first");
    expect(text, &d,
           "filter:1:1: note: first\n1 | a <> b\n  | ~\n"
           "filter:1:6: error: second\n1 | a <> b\n  |      ~\n");
}

/* A tab stays a tab in both lines, and is one column. */
Test(grammar_diag, tabs) {
    static const char text[] = "\tf <>\tgte";
    struct diagnostics d = {0};
    diag_add(&d, SEVERITY_ERROR, span_of(text, "gte"), "x");
    expect(text, &d, "filter:1:7-9: error: x\n1 | \tf <>\tgte\n  | \t    \t~~~\n");
}

/* A character is one column, however many bytes it has. */
Test(grammar_diag, utf8) {
    static const char text[] = "f <> self name \"\xc3\xa4\xe2\x82\xac\" weiter # \xc2\xb5";
    struct diagnostics d = {0};
    diag_add(&d, SEVERITY_ERROR, span_of(text, "weiter"), "x");
    diag_add(&d, SEVERITY_ERROR, span_of(text, "\xc3\xa4\xe2\x82\xac"), "y");
    expect(text, &d,
           "filter:1:17-18: error: y\n"
           "1 | f <> self name \"\xc3\xa4\xe2\x82\xac\" weiter # \xc2\xb5\n"
           "  |                 ~~\n"
           "filter:1:21-26: error: x\n"
           "1 | f <> self name \"\xc3\xa4\xe2\x82\xac\" weiter # \xc2\xb5\n"
           "  |                     ~~~~~~\n");
}

Test(grammar_diag, ends_of_texts_and_lines) {
    struct diagnostics d = {0};
    diag_add(&d, SEVERITY_ERROR, (struct span){4, 5}, "x"); /* behind the last byte */
    expect("f <>", &d, "filter:1:5: error: x\n1 | f <>\n  |     ~\n");
    diag_add(&d, SEVERITY_ERROR, (struct span){2, 9}, "x"); /* over the end of its line */
    expect("f <>\r\ng <> self", &d, "filter:1:3-5: error: x\n1 | f <>\n  |   ~~~\n");
    diag_add(&d, SEVERITY_ERROR, (struct span){0, 1}, "x");
    expect("", &d, "filter:1:1: error: x\n1 | \n  | ~\n");
}

Test(grammar_diag, nothing_reaches_the_terminal_as_control) {
    static const char text[] = "f \033[2J\001 <> \177";
    struct diagnostics d = {0};
    diag_add(&d, SEVERITY_ERROR, (struct span){0, 1}, "\033[2J\n%s", "\b");
    diag_hint(&d, "\r\033");
    char *out = said(text, &d, 0);
    for (const char *c = out; *c; c++) cr_expect((unsigned char)*c >= 32 || *c == '\n');
    cr_expect(!strchr(out, 127));
    free(out);
    diag_free(&d);
}

Test(grammar_diag, colours_only_if_asked_for) {
    static const char text[] = "f <> self";
    struct diagnostics d = {0};
    diag_add(&d, SEVERITY_ERROR, (struct span){0, 1}, "x");
    char *plain = said(text, &d, 0), *coloured = said(text, &d, 1);
    cr_expect(!strchr(plain, '\033') && strstr(coloured, "\033[1;31m"));
    free(plain);
    free(coloured);
    diag_free(&d);
}

/* Copies of a function, or each of its exits, say the same of the same place: once. */
Test(grammar_diag, repetitions_are_said_once) {
    static const char text[] = "f <> self";
    struct diagnostics d = {0};
    for (int i = 0; i < 3; i++) {
        diag_add(&d, SEVERITY_ERROR, (struct span){0, 1}, "x");
        diag_hint(&d, "h");
    }
    cr_expect_eq(d.errors, 3, "all count");
    expect(text, &d, "filter:1:1: error: x\n1 | f <> self\n  | ~\nhint: h\n");
}

/* A warning that several filters have is said once, with the other places; errors keep theirs. */
Test(grammar_diag, the_same_of_other_places) {
    static const char text[] = "f <> self\ng <> self\nhh <> self";
    struct diagnostics d = {0};
    diag_add(&d, SEVERITY_WARNING, (struct span){0, 1}, "w");
    diag_add(&d, SEVERITY_WARNING, (struct span){10, 11}, "w");
    diag_add(&d, SEVERITY_WARNING, (struct span){20, 22}, "w");
    diag_add(&d, SEVERITY_WARNING, (struct span){20, 22}, "another");
    diag_add(&d, SEVERITY_ERROR, (struct span){0, 1}, "e");
    diag_add(&d, SEVERITY_ERROR, (struct span){10, 11}, "e");
    expect(text, &d,
           "filter:1:1: warning: w\n1 | f <> self\n  | ~\nalso at filter:2:1, filter:3:1-2\n"
           "filter:1:1: error: e\n1 | f <> self\n  | ~\n"
           "filter:2:1: error: e\n2 | g <> self\n  | ~\n"
           "filter:3:1-2: warning: another\n3 | hh <> self\n  | ~~\n");
}

/* A long line is cut around the place. */
Test(grammar_diag, long_lines) {
    char text[3000];
    struct diagnostics d = {0};
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    diag_add(&d, SEVERITY_ERROR, (struct span){2000, 2003}, "x");
    char *out = said(text, &d, 0);
    cr_expect(strlen(out) < 300 && strstr(out, "filter:1:2001-2003:") && strstr(out, " ~~~\n"));
    free(out);
    diag_free(&d);
}
