// SPDX-License-Identifier: MIT
/*
 * lower.c: syntax tree to AST (see lower.h).
 *
 * Rule: the grammar is wider than the language. What parses but has no meaning is an error here, at
 * its own place.
 */
#include "lower.h"
#include <stdlib.h>
#include "lowering.h"
#include "rt/plan.h"

const TSLanguage *tree_sitter_loom(void);

/* `e{4}`, `e{n}` */
static void lower_count(struct lowering *l, TSNode count, struct place *place) {
    const struct expression *e;
    place->times = 1;
    if (ts_node_is_null(count) || !(e = lower_expression(l, field(count, "value")))) return;
    if (e->kind != EXPRESSION_NUMBER)
        place->count = e;
    else if (e->number >= 1 && e->number <= LOOM_COUNT_MAX)
        place->times = (unsigned)e->number;
    else
        diag_add(l->diagnostics, SEVERITY_ERROR, e->span, "a count is between 1 and %u",
                 LOOM_COUNT_MAX);
}

/* What an order can do with an expression; names are resolve's business. */
static void check_step(struct lowering *l, const struct place *place) {
    int at_exit = place->kind == PLACE_EDGE && place->at_exit;
    if (place->key) {
        error(l, place->key->span, "an event of an order has no key");
        diag_hint(l->diagnostics, "a condition has a comparison: (n == 4)");
    }
    if (place->kind == PLACE_END && place->condition)
        error(l, place->condition->span, "`end(f)` has no condition: it waits for all threads");
    if (at_exit && place->condition) {
        error(l, place->condition->span, "no values are known where a function returns");
        diag_hint(l->diagnostics,
                  "they are at its entry, `%s:entry`, and at its statements: `file.c:LINE`",
                  place->function);
    }
}

static void lower_operand(struct lowering *l, TSNode node, struct filter *filter) {
    struct place *place = &filter->regions[filter->region_count];
    TSNode shared = field(node, "shared"), key = field(node, "key"), count = field(node, "count");
    TSNode where = field(node, "place");
    int good = filter->order ? lower_step(l, where, filter->region_count, place)
                             : lower_place(l, where, place);
    lower_count(l, count, place);
    lower_key(l, key, place);
    place->shared = !ts_node_is_null(shared);
    if (place->shared && filter->order)
        error(l, span_of(shared), "an order has events; `shared` belongs to a region");
    if (filter->order && good) check_step(l, place);
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
    char quote = 0; /* the text is in quotes of this kind */
    for (uint32_t i = span.start; i < span.end; i++) {
        char byte = l->text->bytes[i];
        if (quote || byte == '"' || byte == '\'') {
            if (quote && byte == '\\' && i + 1 < span.end)
                *to++ = l->text->bytes[i++];
            else if (!quote || quote == byte)
                quote = quote ? 0 : byte;
            *to++ = l->text->bytes[i];
            continue;
        }
        if (byte == '#' || (byte == '/' && i + 1 < span.end && l->text->bytes[i + 1] == '/')) {
            while (i < span.end && l->text->bytes[i] != '\n') i++;
            byte = ' ';
        }
        if (byte == '\\') continue;
        if (strchr(" \t\r\n\f\v", byte)) byte = ' ';
        if (byte != ' ' || (to > text && to[-1] != ' ')) *to++ = byte;
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

/* One lock per value: what has no value would be beside all of them. */
static void check_keys(struct lowering *l, const struct filter *filter) {
    const struct place *with = NULL, *without = NULL;
    for (unsigned i = 0; i < filter->region_count; i++)
        *(filter->regions[i].key ? &with : &without) = &filter->regions[i];
    if (!with || !without) return;
    diag_add(l->diagnostics, SEVERITY_ERROR, without->span,
             "this region has no key, and `%s` has one", tidy(l, with->span));
    diag_hint(l->diagnostics, "a key of all of them: %s(...); or write two filters",
              tidy(l, without->span));
}

/* `r <> *` */
static void check_alone(struct lowering *l, const struct filter *filter, struct span everything,
                        int self) {
    const struct place *place = &filter->regions[0];
    if (filter->region_count > 1 || self) {
        error(l, everything, "one region excludes everybody: `r <> *`");
        diag_hint(l->diagnostics, "write two filters, on lines of their own");
    }
    if (!filter->region_count) return;
    if (place->key) {
        error(l, place->key->span, "everybody has no key");
        diag_hint(l->diagnostics, "a condition has a comparison: (n == 4)");
    }
    if (place->shared)
        error(l, place->span, "who excludes everybody shares with nobody: leave `shared` out");
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
    struct span everything = {0, 0};
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
            if (filter->alone) error(l, span_of(child), "`*` is said already");
            filter->alone = 1;
            everything = span_of(child);
        } else if (is(child, "operand")) {
            lower_operand(l, child, filter);
        } else {
            lower_option(l, child, filter, &seen);
        }
    }
    check_shape(l, node, operators);
    if (filter->order)
        check_order(l, node, filter);
    else if (filter->alone)
        check_alone(l, filter, everything, self);
    else
        check_shared(l, filter, self);
    if (!filter->order && !filter->alone) check_keys(l, filter);
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
            lower_errors(&l, ts_tree_root_node(tree));
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
