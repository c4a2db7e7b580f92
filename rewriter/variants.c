// SPDX-License-Identifier: MIT
/*
 * variants.c: where text may be inserted into a function that configurations see differently.
 *
 * Rule: a slot in front of a statement, or braces around a body, must fit in every variant whose
 * configuration compiles that text: a macro that is one statement here may be two there.
 */
#include "place.h"

/* The innermost statement around the offset. */
static const struct stmt *around(const struct stmt *s, unsigned offset) {
    for (unsigned i = 0; i < s->kid_count; i++) {
        const struct stmt *kid = s->kids[i];
        if (kid->flags & IN_TEXT && kid->begin <= offset && offset < kid->end) return around(kid, offset);
    }
    return s;
}

/* A statement of the tree has the same place, and allows the same. */
static bool has_alike(const struct stmt *tree, const struct stmt *s, uint32_t flag) {
    if (tree->begin == s->begin && tree->flags & flag && (flag == INSERT_LIST || tree->end == s->end))
        return true;
    for (unsigned i = 0; i < tree->kid_count; i++)
        if (has_alike(tree->kids[i], s, flag)) return true;
    return false;
}

/* Where the other has a list and no statement of it, its configuration skips the text. */
static bool is_skipped(const struct stmt *tree, unsigned offset) {
    const struct stmt *s = around(tree, offset);
    return s->kind == STMT_COMPOUND && s->flags & BRACED && s->begin != offset;
}

static void keep_common(struct stmt *s, const struct stmt *other) {
    static const uint32_t flags[] = {INSERT_LIST, INSERT_BODY};
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++)
        if (s->flags & flags[i] && !has_alike(other, s, flags[i]) && !is_skipped(other, s->begin))
            s->flags &= ~flags[i];
    for (unsigned i = 0; i < s->kid_count; i++) keep_common(s->kids[i], other);
}

void agree_on_inserts(struct definition *d) {
    for (unsigned v = 0; v < d->variant_count; v++)
        for (unsigned w = 0; w < d->variant_count; w++)
            if (v != w) keep_common(d->variants[v]->body, d->variants[w]->body);
}
