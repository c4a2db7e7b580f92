// SPDX-License-Identifier: MIT
/* edit.c: see edit.h. */
#include "edit.h"
#include "mem.h"
#include <stdlib.h>

void edit_add(struct edits *edits, struct edit edit) {
    if (edits->count == edits->room) {
        edits->room = edits->room ? edits->room * 2 : 16;
        edits->list = mem_grow(edits->list, edits->room, sizeof *edits->list);
    }
    edit.order = edits->count;
    edits->list[edits->count++] = edit;
}

static int by_place(const void *x, const void *y) {
    const struct edit *a = x, *b = y;
    if (a->offset != b->offset) return a->offset < b->offset ? -1 : 1;
    if (a->close != b->close) return a->close ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

void edits_sort(struct edits *edits) {
    if (edits->count) qsort(edits->list, edits->count, sizeof *edits->list, by_place);
}

static bool same_edit(const struct edit *a, const struct edit *b) {
    if (a->kind != b->kind || a->offset != b->offset) return false;
    if (a->node && b->node)
        return a->node->kind == b->node->kind && a->node->stmt->begin == b->node->stmt->begin;
    return true;
}

static unsigned occurrences(const struct edits *edits, unsigned count, const struct edit *edit) {
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++) found += same_edit(&edits->list[i], edit);
    return found;
}

void edits_unite(struct edits *into, struct edits *more) {
    unsigned known = into->count; /* 0 for the first variant: nothing to compare */
    for (unsigned i = 0; i < more->count; i++)
        if (!known ||
            occurrences(more, i, &more->list[i]) >= occurrences(into, known, &more->list[i]))
            edit_add(into, more->list[i]);
    free(more->list);
    *more = (struct edits){0};
}

static void run_free(struct run *run) {
    if (!run) return;
    edits_free(&run->fast);
    edits_free(&run->slow);
    names_free(&run->labels);
    free(run);
}

void edits_free(struct edits *edits) {
    for (unsigned i = 0; i < edits->count; i++) run_free(edits->list[i].run);
    free(edits->list);
    *edits = (struct edits){0};
}
