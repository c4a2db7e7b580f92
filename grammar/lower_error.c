// SPDX-License-Identifier: MIT
/* lower_error.c: what the parser did not understand. A line with a syntax error gives that one
 * error and no guesses about the rest of the line. */
#include "lowering.h"

/* The first word of what was not understood: the rest is the parser's trouble, not the user's. */
static struct span first_word(const struct text *text, struct span span) {
    while (span.start < span.end && strchr(" \t\r\n", text->bytes[span.start])) span.start++;
    if (span.start >= span.end) return (struct span){span.start, span.start + 1};
    uint32_t end = span.start + 1;
    while (end < span.end && !strchr(" \t\r\n", text->bytes[end])) end++;
    return (struct span){span.start, end};
}

/* An error that begins with its line has often swallowed a good part: the trouble is behind it. */
static struct span where_it_went_wrong(const struct text *text, TSNode node) {
    struct span span = span_of(node);
    TSNode first = ts_node_named_child(node, 0);
    int at_line = span.start == 0 || text->bytes[span.start - 1] == '\n';
    if (at_line && !ts_node_is_null(first) && ts_node_start_byte(first) == span.start &&
        !ts_node_has_error(first) && !is(first, "operator") && ts_node_end_byte(first) < span.end)
        span.start = ts_node_end_byte(first);
    return span;
}

static int dangling_operator(const struct text *text, struct span word, uint32_t end) {
    if (!same(text, word, "<>") && !same(text, word, ">")) return 0;
    for (uint32_t at = word.end; at < end || at < text->size; at++)
        if (!strchr(" \t\r\n", text->bytes[at])) return 0;
    return 1;
}

static const char no_right_side[] = "nothing stands to the right of the operator";

static void report_missing(struct lowering *l, TSNode node) {
    struct span span = span_of(node), before = word_before(l->text, span.start, " \t\r\n");
    const char *name = lower_is_inside(l, span) ? "name" : "function name or line number";
    const char *wanted = ts_node_is_named(node) ? "a " : "`";
    if (same(l->text, before, "<>") || same(l->text, before, ">")) {
        error(l, before, no_right_side);
        return;
    }
    span.start = span.end = before.end; /* behind the last thing that was understood */
    diag_add(l->diagnostics, SEVERITY_ERROR, span, "%s%s%s is missing here", wanted,
             is(node, "identifier") ? name : ts_node_type(node), ts_node_is_named(node) ? "" : "`");
    lower_hint_missing(l, span);
}

static void report_syntax(struct lowering *l, TSNode node) {
    struct span span = span_of(node), word;
    if (ts_node_is_missing(node)) {
        report_missing(l, node);
        return;
    }
    word = first_word(l->text, where_it_went_wrong(l->text, node));
    if (word.start >= l->text->size)
        error(l, word, "the text ends in the middle of a filter");
    else if (dangling_operator(l->text, word, span.end))
        error(l, word, no_right_side);
    else
        diag_add(l->diagnostics, SEVERITY_ERROR, word, "`%.*s` is not understood here",
                 (int)(word.end - word.start < 40 ? word.end - word.start : 40),
                 l->text->bytes + word.start);
    lower_hint(l, word);
}

/* What is missing is missing behind the last thing that was understood, on its line. */
static uint32_t row_of(const struct text *text, TSNode node) {
    uint32_t row = ts_node_start_point(node).row, at = ts_node_start_byte(node);
    if (!ts_node_is_missing(node)) return row;
    for (; at && strchr(" \t\r\n", text->bytes[at - 1]); at--) row -= text->bytes[at - 1] == '\n';
    return row;
}

/* Walks without recursion: trees of garbage are deep. */
void lower_errors(struct lowering *l, TSNode root) {
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    uint32_t line = UINT32_MAX;
    for (int more = 1; more;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        int bad = ts_node_is_missing(node) || is(node, "ERROR");
        if (bad && row_of(l->text, node) != line) {
            line = row_of(l->text, node);
            report_syntax(l, node);
        }
        if (!bad && ts_node_has_error(node) && ts_tree_cursor_goto_first_child(&cursor)) continue;
        while (!(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor)) break;
    }
    ts_tree_cursor_delete(&cursor);
}
