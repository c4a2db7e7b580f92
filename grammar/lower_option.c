// SPDX-License-Identifier: MIT
/* lower_option.c: what stands behind the places of a filter. */
#include <ctype.h>
#include <stdlib.h>
#include "lowering.h"

#define DAY_MS 86400000u

static unsigned duration(struct lowering *l, TSNode node, unsigned most) {
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}};
    char *unit;
    double value = strtod(string_of(l, span_of(node)), &unit);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(unit, units[i].unit) == 0) value *= units[i].ms;
    if (value >= 1 && value <= most) return (unsigned)value;
    diag_add(l->diagnostics, SEVERITY_ERROR, span_of(node), "this duration is between 1ms and %ud",
             most / DAY_MS);
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

/* The beginning of what --status and --ps show as the build. */
static void lower_build(struct lowering *l, TSNode node, struct filter *filter) {
    struct span span = span_of(node);
    char *hash = arena_copy(&l->filters->arena, l->text->bytes + span.start, span.end - span.start);
    for (char *c = hash; *c; c++) *c = (char)tolower((unsigned char)*c);
    filter->build = hash;
    filter->build_span = span;
    if (strlen(hash) >= 8 && strlen(hash) <= 16) return;
    error(l, span, "a build has between 8 and 16 hexadecimal digits");
    diag_hint(l->diagnostics, "loom-pipe --ps shows them");
}

void lower_option(struct lowering *l, TSNode node, struct filter *filter, unsigned *seen) {
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
        filter->within_ms = duration(l, value, DAY_MS);
    } else if (is(node, "else_option") && once(l, node, seen, 4)) {
        filter->else_pass = 1;
    } else if (is(node, "each")) {
        filter->each = 1;
        if (!filter->order) error(l, span_of(node), "`each` belongs to an order: `a > b each`");
    } else if (is(node, "for_option") && once(l, node, seen, 8)) {
        filter->for_ms = duration(l, value, 30u * DAY_MS);
    } else if (is(node, "build_option") && once(l, node, seen, 16)) {
        lower_build(l, value, filter);
    }
}
