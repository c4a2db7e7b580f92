// SPDX-License-Identifier: MIT
/*
 * lower.c: syntax tree to AST (see lower.h).
 *
 * Rule: the grammar is wider than the language of this version. What parses but cannot be done is
 * an error here, "not supported yet", at its own place. A line with a syntax error gives that one
 * error and no guesses about the rest of the line.
 */
#include "lower.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>
#include "rt/plan.h"

const TSLanguage *tree_sitter_loom(void);

struct lowering {
    const struct text *text;
    struct filters *filters;
    struct diagnostics *diagnostics;
};

/* ---- nodes ----------------------------------------------------------------------------------- */

static struct span span_of(TSNode node) {
    return (struct span){ts_node_start_byte(node), ts_node_end_byte(node)};
}

static int is(TSNode node, const char *type) {
    return !ts_node_is_null(node) && strcmp(ts_node_type(node), type) == 0;
}

static TSNode field(TSNode node, const char *name) {
    return ts_node_child_by_field_name(node, name, (uint32_t)strlen(name));
}

static const char *string_of(struct lowering *l, struct span span) {
    return arena_copy(&l->filters->arena, l->text->bytes + span.start, span.end - span.start);
}

static void error(struct lowering *l, struct span span, const char *message) {
    diag_add(l->diagnostics, SEVERITY_ERROR, span, "%s", message);
}

static void not_yet(struct lowering *l, TSNode node, const char *what) {
    diag_add(l->diagnostics, SEVERITY_ERROR, span_of(node), "not supported yet: %s", what);
    diag_hint(l->diagnostics, "this version knows `A <> self` and `A <> B <> C` on functions, "
                              "lines and event sets, `shared A <> B`, and `a > b > c` on events");
}

/* ---- syntax errors --------------------------------------------------------------------------- */

/* The word before a byte, among `blanks`: what the parser had just read. */
static struct span word_before(const struct text *text, uint32_t at, const char *blanks) {
    while (at && strchr(blanks, text->bytes[at - 1])) at--;
    struct span word = {at, at};
    while (word.start && strchr(" \t\n;,{}()", text->bytes[word.start - 1]) == NULL) word.start--;
    return word;
}

static int same(const struct text *text, struct span span, const char *word) {
    size_t size = span.end - span.start;
    return size == strlen(word) && memcmp(text->bytes + span.start, word, size) == 0;
}

static void hint_syntax(struct lowering *l, struct span span) {
    const struct text *text = l->text;
    struct span before = word_before(text, span.start, " \t");
    char next = span.start < text->size ? text->bytes[span.start] : 0;
    if (same(text, before, "within") || same(text, before, "for") || same(text, span, "within") ||
        same(text, span, "for"))
        diag_hint(l->diagnostics, "a duration has a unit: 2s, 500ms, 1m");
    else if (same(text, before, "name") || same(text, span, "name"))
        diag_hint(l->diagnostics, "a name stands in quotes on one line: name \"CVE-2026-1\"");
    else if (before.end == before.start && (next == '<' || next == '>'))
        diag_hint(l->diagnostics, "an operator stands at the end of a line that goes on");
    else if (next == ';')
        diag_hint(l->diagnostics, "filters stand on lines of their own; `;` separates entries from "
                                  "exits: {file.c:10; file.c:20}");
    else
        diag_hint(l->diagnostics, "a filter reads like `f <> self`, `cache.c:evict <> log.c:10-20` "
                                  "or `{log.c:10; log.c:20} <> self`");
}

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
    const char *wanted = ts_node_is_named(node) ? "a " : "`";
    if (same(l->text, before, "<>") || same(l->text, before, ">")) {
        error(l, before, no_right_side);
        return;
    }
    span.start = span.end = before.end; /* behind the last thing that was understood */
    diag_add(l->diagnostics, SEVERITY_ERROR, span, "%s%s%s is missing here", wanted,
             is(node, "identifier") ? "function name or line number" : ts_node_type(node),
             ts_node_is_named(node) ? "" : "`");
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
    hint_syntax(l, word);
}

/* All errors of a tree, at most one per line of text. Walks without recursion: trees of garbage are
 * deep. */
static void report_errors(struct lowering *l, TSNode root) {
    TSTreeCursor cursor = ts_tree_cursor_new(root);
    uint32_t line = UINT32_MAX;
    for (int more = 1; more;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        int bad = ts_node_is_missing(node) || is(node, "ERROR");
        if (bad && ts_node_start_point(node).row != line) {
            line = ts_node_start_point(node).row;
            report_syntax(l, node);
        }
        if (!bad && ts_node_has_error(node) && ts_tree_cursor_goto_first_child(&cursor)) continue;
        while (!(more = ts_tree_cursor_goto_next_sibling(&cursor)))
            if (!ts_tree_cursor_goto_parent(&cursor)) break;
    }
    ts_tree_cursor_delete(&cursor);
}

/* ---- places ---------------------------------------------------------------------------------- */

static unsigned number(struct lowering *l, TSNode node) {
    char *end;
    const char *digits = string_of(l, span_of(node));
    unsigned long value = strtoul(digits, &end, 10);
    if (*end || value == 0 || value > INT_MAX) {
        error(l, span_of(node), "this is not a line number");
        return 0;
    }
    return (unsigned)value;
}

static int lower_lines(struct lowering *l, TSNode node, struct place *place) {
    place->kind = PLACE_LINES;
    place->first = place->last = number(l, field(node, "first"));
    if (!ts_node_is_null(field(node, "last"))) place->last = number(l, field(node, "last"));
    if (!place->first || !place->last) return 0;
    if (place->last < place->first) {
        error(l, span_of(node), "the range ends before it begins");
        return 0;
    }
    return 1;
}

static int lower_edge(struct lowering *l, TSNode node, struct place *place) {
    struct span edge = span_of(field(node, "edge"));
    place->kind = PLACE_EDGE;
    place->at_exit = same(l->text, edge, "exit");
    if (place->at_exit || same(l->text, edge, "entry")) return 1;
    error(l, edge, "a function has the edges `entry` and `exit`");
    diag_hint(l->diagnostics, "a function of a file: file.c:function; the file needs its suffix");
    return 0;
}

/* What all simple places share. */
static void lower_names(struct lowering *l, TSNode node, struct place *place) {
    TSNode file = field(node, "file"), name = field(node, "name");
    place->span = span_of(node);
    if (!ts_node_is_null(file)) {
        place->file_span = span_of(file);
        place->file = string_of(l, place->file_span);
    }
    if (!ts_node_is_null(name)) {
        place->function_span = span_of(name);
        place->function = string_of(l, place->function_span);
    }
}

static int lower_event(struct lowering *l, TSNode node, struct place *place) {
    lower_names(l, node, place);
    if (is(node, "lines")) {
        if (!lower_lines(l, node, place)) return 0;
        if (place->first == place->last) return 1;
        error(l, place->span, "an event is one line");
        diag_hint(l->diagnostics, "lines are a region: %s:%u-%u <> self", place->file, place->first,
                  place->last);
        return 0;
    }
    if (is(node, "edge")) return lower_edge(l, node, place);
    error(l, place->span, "a function is not an event");
    diag_hint(l->diagnostics, "its edges are: %s:entry, %s:exit", place->function, place->function);
    return 0;
}

static int lower_events(struct lowering *l, TSNode node, struct place *place) {
    uint32_t count = ts_node_child_count(node);
    int good = 1, exits = 0;
    place->kind = PLACE_EVENTS;
    place->span = span_of(node);
    place->entries = arena_take(&l->filters->arena, count * sizeof *place->entries);
    place->exits = arena_take(&l->filters->arena, count * sizeof *place->exits);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_child(node, i);
        if (is(child, ";")) exits = 1;
        if (!is(child, "function") && !is(child, "lines") && !is(child, "edge")) continue;
        struct place *event =
            exits ? &place->exits[place->exit_count] : &place->entries[place->entry_count];
        if (!lower_event(l, child, event))
            good = 0;
        else if (exits)
            place->exit_count++;
        else
            place->entry_count++;
    }
    if (good && !exits) {
        error(l, place->span, "the region has no exit");
        diag_hint(l->diagnostics, "entries and exits: {file.c:10; file.c:20, file.c:25}");
        return 0;
    }
    return good;
}

static int lower_place(struct lowering *l, TSNode node, struct place *place) {
    if (is(node, "events")) return lower_events(l, node, place);
    lower_names(l, node, place);
    if (is(node, "lines")) return lower_lines(l, node, place);
    if (is(node, "function")) {
        place->kind = PLACE_FUNCTION;
        return 1;
    }
    if (is(node, "end")) {
        error(l, place->span, "`end(f)` is an event of an order: `end(f) > g:entry`");
        return 0;
    }
    if (!lower_edge(l, node, place)) return 0;
    error(l, place->span, "an event alone is not a region");
    diag_hint(l->diagnostics,
              "the whole function: %s; from an event to an event: {%s:entry; "
              "file.c:20}",
              place->function, place->function);
    return 0;
}

/* ---- filters --------------------------------------------------------------------------------- */

static unsigned duration(struct lowering *l, TSNode node) {
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}};
    char *unit;
    double value = strtod(string_of(l, span_of(node)), &unit);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].unit) == 0) value *= units[i].ms;
    if (value >= 1 && value <= 86400e3) return (unsigned)value;
    error(l, span_of(node), "a duration is between 1ms and 1d");
    return 0;
}

/* A name in quotes, with \" and \\ taken off. */
static const char *quoted(struct lowering *l, TSNode node) {
    struct span span = span_of(node);
    char *name = arena_take(&l->filters->arena, span.end - span.start + 1), *to = name;
    for (uint32_t i = span.start + 1; i + 1 < span.end; i++) {
        if (l->text->bytes[i] == '\\' && i + 2 < span.end) i++;
        *to++ = l->text->bytes[i];
    }
    return name;
}

static int once(struct lowering *l, TSNode node, unsigned *seen, unsigned bit) {
    if (*seen & bit) error(l, span_of(node), "this option is given twice");
    *seen |= bit;
    return 1;
}

static void lower_option(struct lowering *l, TSNode node, struct filter *filter, unsigned *seen) {
    TSNode value = field(node, "value");
    if (is(node, "name_option") && once(l, node, seen, 1)) {
        filter->name = quoted(l, value);
        if (!*filter->name || strlen(filter->name) > 200)
            error(l, span_of(value), "a name has between 1 and 200 bytes");
        for (const char *c = filter->name; *c; c++)
            if (*c == 127 || (unsigned char)*c < 32) {
                error(l, span_of(value), "a name has no control characters");
                break;
            }
    } else if (is(node, "within_option") && once(l, node, seen, 2)) {
        filter->within_ms = duration(l, value);
    } else if (is(node, "else_option") && once(l, node, seen, 4)) {
        filter->else_pass = 1;
    } else if (is(node, "each")) {
        filter->each = 1;
        if (!filter->order) error(l, span_of(node), "`each` belongs to an order: `a > b each`");
    } else if (is(node, "for_option")) {
        not_yet(l, node, "`for` with a duration");
    } else if (is(node, "build_option")) {
        not_yet(l, node, "`for build`");
    }
}

/* `e{4}`: a constant so far. */
static unsigned times(struct lowering *l, TSNode count) {
    TSNode value;
    char *end;
    unsigned long number;
    if (ts_node_is_null(count)) return 1;
    value = field(count, "value");
    if (!is(value, "number")) {
        not_yet(l, count, "a count that is not a number");
        return 1;
    }
    number = strtoul(string_of(l, span_of(value)), &end, 0);
    if (number >= 1 && number <= LOOM_COUNT_MAX) return (unsigned)number;
    diag_add(l->diagnostics, SEVERITY_ERROR, span_of(value), "a count is between 1 and %u",
             LOOM_COUNT_MAX);
    return 1;
}

/* `end(f)`: a thread that ends waits for nobody. */
static int lower_end(struct lowering *l, TSNode node, const struct filter *filter,
                     struct place *place) {
    TSNode count = field(ts_node_parent(node), "count");
    lower_names(l, node, place);
    place->kind = PLACE_END;
    if (!ts_node_is_null(count)) not_yet(l, count, "a count of `end(f)`");
    if (filter->region_count == 0) return 1;
    error(l, place->span, "`end(f)` stands first in an order: a thread that ends waits for nobody");
    return 0;
}

static int lower_step(struct lowering *l, TSNode node, const struct filter *filter,
                      struct place *place) {
    if (is(node, "function") || is(node, "lines") || is(node, "edge"))
        return lower_event(l, node, place);
    if (is(node, "end")) return lower_end(l, node, filter, place);
    error(l, span_of(node), "an order has single events, not sets");
    return 0;
}

static void lower_operand(struct lowering *l, TSNode node, struct filter *filter) {
    struct place *place = &filter->regions[filter->region_count];
    TSNode shared = field(node, "shared"), key = field(node, "key"), count = field(node, "count");
    TSNode where = field(node, "place");
    int good = filter->order ? lower_step(l, where, filter, place) : lower_place(l, where, place);
    place->times = times(l, count);
    place->shared = !ts_node_is_null(shared);
    if (place->shared && filter->order)
        error(l, span_of(shared), "an order has events; `shared` belongs to a region");
    if (!ts_node_is_null(key)) not_yet(l, key, "keys");
    if (!ts_node_is_null(count) && !filter->order)
        error(l, span_of(count), "a count belongs to an event of an order: `e{4} > f`");
    if (good)
        filter->region_count++;
    else
        *place = (struct place){0};
}

/* White space and comments do not make another filter. */
static const char *tidy(struct lowering *l, struct span span) {
    char *text = arena_take(&l->filters->arena, span.end - span.start + 1), *to = text;
    int quotes = 0;
    for (uint32_t i = span.start; i < span.end; i++) {
        char byte = l->text->bytes[i];
        if (byte == '"' && (i == 0 || l->text->bytes[i - 1] != '\\')) quotes = !quotes;
        if (!quotes &&
            (byte == '#' || (byte == '/' && i + 1 < span.end && l->text->bytes[i + 1] == '/'))) {
            while (i < span.end && l->text->bytes[i] != '\n') i++;
            byte = ' ';
        }
        if (!quotes && byte == '\\') continue;
        if (!quotes && strchr(" \t\r\n\f\v", byte)) byte = ' ';
        if (byte != ' ' || quotes || (to > text && to[-1] != ' ')) *to++ = byte;
    }
    while (to > text && to[-1] == ' ') to--;
    *to = 0;
    return text;
}

static void check_shape(struct lowering *l, TSNode node, unsigned operators) {
    TSNode first = field(node, "operand");
    if (is(first, "self"))
        error(l, span_of(first), "`self` stands to the right of a region");
    else if (is(first, "everything"))
        error(l, span_of(first), "`*` stands to the right of `<>`");
    else if (!operators) {
        error(l, span_of(node), "a place alone says nothing about an interleaving");
        diag_hint(l->diagnostics, "one thread at a time: %s <> self",
                  tidy(l, span_of(field(first, "place"))));
    }
}

/* Those who share exclude those who do not: there must be some. */
static void check_shared(struct lowering *l, const struct filter *filter, int self) {
    unsigned shared = 0;
    for (unsigned i = 0; i < filter->region_count; i++) shared += filter->regions[i].shared != 0;
    if (!shared || (shared < filter->region_count && !self)) return;
    if (self)
        error(l, filter->span,
              "`self` excludes nobody from a shared region, and is said already of "
              "the others");
    else
        error(l, filter->span, "all regions are shared: nobody is excluded");
    diag_hint(l->diagnostics, "readers together, writers alone: shared reader <> writer");
}

/* The first operator says what the filter is; another kind behind it is an error. */
static int is_order(struct lowering *l, TSNode node) {
    TSNode first = field(node, "operator");
    if (ts_node_is_null(first)) return 0;
    int order = same(l->text, span_of(first), ">");
    for (uint32_t i = 0; i < ts_node_child_count(node); i++) {
        TSNode child = ts_node_child(node, i);
        if (!is(child, "operator") || same(l->text, span_of(child), ">") == order) continue;
        error(l, span_of(child), "a filter has either `<>` or `>`");
        diag_hint(l->diagnostics, "write two filters, on lines of their own");
        break;
    }
    return order;
}

/* The end of an order: nothing waits for its last event. */
static void check_order(struct lowering *l, TSNode node, const struct filter *filter) {
    TSNode last = ts_node_child(node, 0), child;
    for (uint32_t i = 0; i < ts_node_child_count(node); i++)
        if (is(child = ts_node_child(node, i), "operand")) last = child;
    if (is(last, "operand") && !ts_node_is_null(field(last, "count")))
        error(l, span_of(field(last, "count")),
              "nothing waits for the last event: it needs no count");
    if (filter->region_count > LOOM_LINKS_MAX + 1)
        diag_add(l->diagnostics, SEVERITY_ERROR, filter->span, "an order has at most %u events",
                 LOOM_LINKS_MAX + 1);
}

static void lower_filter(struct lowering *l, TSNode node) {
    uint32_t count = ts_node_child_count(node);
    unsigned operators = 0, seen = 0;
    int self = 0;
    struct filter *filter = &l->filters->items[l->filters->count++];
    *filter = (struct filter){.span = span_of(node), .within_ms = LOOM_WITHIN_DEFAULT_MS};
    filter->text = tidy(l, filter->span);
    filter->regions = arena_take(&l->filters->arena, count * sizeof *filter->regions);
    filter->order = filter->else_pass = is_order(l, node);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_child(node, i);
        if (is(child, "operator")) {
            operators++;
        } else if (is(child, "self") && !filter->order) {
            self = 1;
        } else if (filter->order && (is(child, "everything") || is(child, "self"))) {
            error(l, span_of(child), "an order has events: `f:exit > g:entry`");
        } else if (is(child, "everything") && operators) {
            not_yet(l, child, "`<> *`, exclusion of everybody");
        } else if (is(child, "operand")) {
            lower_operand(l, child, filter);
        } else {
            lower_option(l, child, filter, &seen);
        }
    }
    check_shape(l, node, operators);
    if (filter->order)
        check_order(l, node, filter);
    else
        check_shared(l, filter, self);
}

static void lower_tree(struct lowering *l, TSNode root) {
    uint32_t count = ts_node_named_child_count(root);
    l->filters->items = arena_take(&l->filters->arena, (count + 1) * sizeof *l->filters->items);
    for (uint32_t i = 0; i < count; i++) {
        TSNode child = ts_node_named_child(root, i);
        if (is(child, "filter")) lower_filter(l, child);
    }
    if (!l->filters->count)
        error(l, (struct span){0, 1}, "the text is empty: there is no filter in it");
}

/* ---- the text as a whole --------------------------------------------------------------------- */

static int check_text(struct lowering *l) {
    const char *zero = l->text->size ? memchr(l->text->bytes, 0, l->text->size) : NULL;
    if (l->text->size > LOOM_TEXT_MAX) {
        diag_add(l->diagnostics, SEVERITY_ERROR, (struct span){0, 1},
                 "%zu bytes are not a filter: at most %u", l->text->size, LOOM_TEXT_MAX);
        return 0;
    }
    if (zero) {
        uint32_t at = (uint32_t)(zero - l->text->bytes);
        error(l, (struct span){at, at + 1}, "a NUL byte: this is not text");
        return 0;
    }
    return 1;
}

void lower(const struct text *text, struct filters *filters, struct diagnostics *diagnostics) {
    struct lowering l = {text, filters, diagnostics};
    *filters = (struct filters){0};
    if (!check_text(&l)) return;
    TSParser *parser = ts_parser_new();
    if (!parser || !ts_parser_set_language(parser, tree_sitter_loom())) {
        error(&l, (struct span){0, 1}, "this libtree-sitter cannot read the parser's tables");
    } else {
        ts_parser_set_timeout_micros(parser, 2000000);
        TSTree *tree = ts_parser_parse_string(parser, NULL, text->bytes, (uint32_t)text->size);
        if (!tree) {
            error(&l, (struct span){0, 1}, "the text cannot be understood within 2 seconds");
        } else if (ts_node_has_error(ts_tree_root_node(tree))) {
            report_errors(&l, ts_tree_root_node(tree));
            if (!diagnostics->errors) error(&l, (struct span){0, 1}, "the text is not a filter");
        } else {
            lower_tree(&l, ts_tree_root_node(tree));
        }
        ts_tree_delete(tree);
    }
    ts_parser_delete(parser);
}

void filters_free(struct filters *filters) {
    arena_free(&filters->arena);
    *filters = (struct filters){0};
}
