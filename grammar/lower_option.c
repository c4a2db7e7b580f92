// SPDX-License-Identifier: MIT
/* lower_option.c: what stands behind the places of a filter. */
#include <stdlib.h>
#include "lowering.h"

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
