// SPDX-License-Identifier: MIT
/* lower_place.c: functions, lines, edges, event sets. */
#include <limits.h>
#include <stdlib.h>
#include "lowering.h"

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

int lower_place(struct lowering *l, TSNode node, struct place *place) {
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

/* ---- events of an order -----------------------------------------------------------------------
 */

/* `end(f)`: a thread that ends waits for nobody. */
static int lower_end(struct lowering *l, TSNode node, unsigned step, struct place *place) {
    TSNode count = field(ts_node_parent(node), "count");
    lower_names(l, node, place);
    place->kind = PLACE_END;
    if (!ts_node_is_null(count)) {
        error(l, span_of(count), "`end(f)` waits for all threads that were started in it");
        diag_hint(l->diagnostics, "so many of them: %s:exit{4}", place->function);
    }
    if (step == 0) return 1;
    error(l, place->span, "`end(f)` stands first in an order: a thread that ends waits for nobody");
    return 0;
}

int lower_step(struct lowering *l, TSNode node, unsigned step, struct place *place) {
    if (is(node, "function") || is(node, "lines") || is(node, "edge"))
        return lower_event(l, node, place);
    if (is(node, "end")) return lower_end(l, node, step, place);
    error(l, span_of(node), "an order has single events, not sets");
    return 0;
}
