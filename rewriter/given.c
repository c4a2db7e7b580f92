// SPDX-License-Identifier: MIT
/* given.c: see given.h. */
#include "given.h"
#include "mem.h"
#include "program.h"
#include "values.h"
#include <stdlib.h>
#include <string.h>

/* ---- units ----------------------------------------------------------------------------------- */

static struct given *given_of(struct givens *g, const struct mention *m,
                              const struct unit_types *types) {
    bool fresh;
    unsigned at = names_add(&g->names, m->name, &fresh);
    if (fresh) {
        g->list = mem_grow(g->list, ++g->count, sizeof *g->list);
        g->list[at] = (struct given){mem_copy(m->name), mem_copy(m->place), types, 0, NULL, 0, 0};
    }
    return &g->list[at];
}

void givens_add(struct givens *g, const struct unit_facts *unit) {
    g->units++;
    for (unsigned i = 0; i < unit->mention_count; i++) {
        const struct mention *m = &unit->mentions[i];
        if (m->kind != MENTION_GLOBAL) continue;
        struct given *given = given_of(g, m, unit->types);
        if (!types_agree(given->type, given->types, m->place, unit->types)) continue;
        if (given->units == g->units - 1) given->units++; /* once per unit */
        given->mentions = mem_grow(given->mentions, given->mention_count + 1, sizeof(unsigned));
        given->mentions[given->mention_count++] = (unsigned)m->number;
    }
}

/* ---- places ---------------------------------------------------------------------------------- */

static int by_first(const void *x, const void *y) {
    const struct given *a = x, *b = y;
    return a->first < b->first ? -1 : a->first > b->first;
}

static void given_free(struct given *given) {
    free(given->name);
    free(given->type);
    free(given->mentions);
}

/* A mention counts if it stands in exactly this branch. */
static bool counts(struct given *given, const struct text *text, unsigned base) {
    bool found = false;
    for (unsigned i = 0; i < given->mention_count; i++) {
        if (text_branch(text, given->mentions[i]) != base) continue;
        if (!found || given->mentions[i] < given->first) given->first = given->mentions[i];
        found = true;
    }
    return found;
}

void givens_choose(struct givens *g, const struct text *text, struct definition *const *definitions,
                   unsigned count) {
    unsigned kept = 0, base = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned here = text_branch(text, definitions[i]->variants[0]->begin);
        base = i ? text_common_branch(text, base, here) : here;
    }
    for (unsigned i = 0; i < g->count; i++) {
        bool fits = !g->included && count && g->list[i].units == g->units &&
                    counts(&g->list[i], text, base);
        if (fits) g->list[kept++] = g->list[i];
        else given_free(&g->list[i]);
    }
    g->count = kept;
    if (kept) qsort(g->list, kept, sizeof *g->list, by_first);
    g->place = text->branches[base].end;
}

void givens_free(struct givens *g) {
    for (unsigned i = 0; i < g->count; i++) given_free(&g->list[i]);
    free(g->list);
    names_free(&g->names);
}
