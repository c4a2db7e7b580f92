// SPDX-License-Identifier: MIT
/*
 * variants.c: where text may be inserted into a function that configurations see differently.
 *
 * Rule: a slot in front of a statement, or braces around a body, must fit in every variant whose
 * configuration compiles that text: a macro that is one statement here may be two there.
 */
#include "place.h"
#include "mem.h"
#include <stdlib.h>

/* All statements of a body, by where they begin. */
struct places {
    const struct stmt **list;
    unsigned count;
};

static void collect(struct places *all, const struct stmt *s) {
    all->list = mem_grow(all->list, all->count + 1, sizeof *all->list);
    all->list[all->count++] = s;
    for (unsigned i = 0; i < s->kid_count; i++) collect(all, s->kids[i]);
}

static int by_begin(const void *x, const void *y) {
    const struct stmt *a = *(struct stmt *const *)x, *b = *(struct stmt *const *)y;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

static struct places places_of(const struct stmt *body) {
    struct places all = {0};
    collect(&all, body);
    qsort(all.list, all.count, sizeof *all.list, by_begin);
    return all;
}

/* The innermost statement around the offset. */
static const struct stmt *around(const struct stmt *s, unsigned offset) {
    for (unsigned i = 0; i < s->kid_count; i++) {
        const struct stmt *kid = s->kids[i];
        if (kid->flags & IN_TEXT && kid->begin <= offset && offset < kid->end) return around(kid, offset);
    }
    return s;
}

/* A statement has the same place, and allows the same. */
static bool has_alike(const struct places *all, const struct stmt *s, uint32_t flag) {
    unsigned low = 0, high = all->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (all->list[middle]->begin < s->begin) low = middle + 1;
        else high = middle;
    }
    for (; low < all->count && all->list[low]->begin == s->begin; low++)
        if (all->list[low]->flags & flag && (flag == INSERT_LIST || all->list[low]->end == s->end))
            return true;
    return false;
}

/* Where the other has a list and no statement of it, its configuration skips the text. */
static bool is_skipped(const struct stmt *tree, unsigned offset) {
    const struct stmt *s = around(tree, offset);
    return s->kind == STMT_COMPOUND && s->flags & BRACED && s->begin != offset;
}

static void keep_common(struct stmt *s, const struct stmt *other, const struct places *all) {
    static const uint32_t flags[] = {INSERT_LIST, INSERT_BODY};
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++)
        if (s->flags & flags[i] && !has_alike(all, s, flags[i]) && !is_skipped(other, s->begin))
            s->flags &= ~flags[i];
    for (unsigned i = 0; i < s->kid_count; i++) keep_common(s->kids[i], other, all);
}

void agree_on_inserts(struct definition *d) {
    for (unsigned w = 0; w < d->variant_count && d->variant_count > 1; w++) {
        struct places all = places_of(d->variants[w]->body);
        for (unsigned v = 0; v < d->variant_count; v++)
            if (v != w) keep_common(d->variants[v]->body, d->variants[w]->body, &all);
        free(all.list);
    }
}
