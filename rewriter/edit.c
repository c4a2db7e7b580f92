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

static int by_kind(const void *x, const void *y) {
    const struct edit *a = x, *b = y;
    if (a->offset != b->offset) return a->offset < b->offset ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* How many of the first `count` edits are the same. sorted: by kind. */
static unsigned occurrences(const struct edits *sorted, unsigned count, const struct edit *edit) {
    struct edit first = *edit;
    unsigned low = 0, high = sorted->count, found = 0;
    first.order = 0;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (by_kind(&sorted->list[middle], &first) < 0) low = middle + 1;
        else high = middle;
    }
    for (; low < sorted->count; low++) {
        const struct edit *other = &sorted->list[low];
        if (other->offset != edit->offset || other->kind != edit->kind || other->order >= count)
            break;
        found += same_edit(other, edit);
    }
    return found;
}

static struct edits sorted_copy(const struct edits *edits) {
    struct edits copy = {.list = mem_grow(NULL, edits->count, sizeof *copy.list)};
    copy.count = edits->count;
    for (unsigned i = 0; i < copy.count; i++) copy.list[i] = edits->list[i];
    if (copy.count) qsort(copy.list, copy.count, sizeof *copy.list, by_kind);
    return copy;
}

void edits_unite(struct edits *into, struct edits *more) {
    unsigned known = into->count; /* 0 for the first variant: nothing to compare */
    struct edits theirs = sorted_copy(more), ours = sorted_copy(into);
    for (unsigned i = 0; i < more->count; i++)
        if (!known ||
            occurrences(&theirs, i, &more->list[i]) >= occurrences(&ours, known, &more->list[i]))
            edit_add(into, more->list[i]);
    free(theirs.list);
    free(ours.list);
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
