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

/* A slot among declarations in one variant may not be among them in the other. */
static enum edit_kind family(enum edit_kind kind) {
    if (kind == EDIT_SLOT_DECL) return EDIT_SLOT;
    return kind == EDIT_IF_SLOT_DECL ? EDIT_IF_SLOT : kind;
}

static bool same_edit(const struct edit *a, const struct edit *b) {
    if (family(a->kind) != family(b->kind) || a->offset != b->offset) return false;
    if (a->node && b->node)
        return a->node->kind == b->node->kind && a->node->stmt->begin == b->node->stmt->begin;
    return true;
}

static int by_kind(const void *x, const void *y) {
    const struct edit *a = x, *b = y;
    if (a->offset != b->offset) return a->offset < b->offset ? -1 : 1;
    if (family(a->kind) != family(b->kind)) return family(a->kind) < family(b->kind) ? -1 : 1;
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
        if (other->offset != edit->offset || family(other->kind) != family(edit->kind) ||
            other->order >= count)
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

static void run_free(struct run *run) {
    if (!run) return;
    edits_free(&run->fast);
    edits_free(&run->slow);
    names_free(&run->labels);
    free(run);
}

/* The body that is written twice in both variants. */
static void unite_runs(struct run *into, struct run *more) {
    if (!into || !more) return;
    edits_unite(&into->fast, &more->fast);
    edits_unite(&into->slow, &more->slow);
    run_free(more);
}

/* The first one like it from `from` on. */
static unsigned find_same(const struct edits *edits, unsigned from, const struct edit *edit) {
    while (from < edits->count && !same_edit(&edits->list[from], edit)) from++;
    return from;
}

static void unite_edit(struct edit *into, const struct edit *more) {
    if (more->kind == EDIT_SLOT_DECL || more->kind == EDIT_IF_SLOT_DECL) into->kind = more->kind;
    unite_runs(into->run, more->run);
}

/* What is in both is a frame for the rest: a new edit comes behind the same ones as in its variant, so
 * that an end slot stays within its braces. */
void edits_unite(struct edits *into, struct edits *more) {
    struct edits all = {.copy = into->copy};
    struct edits theirs = sorted_copy(more), ours = sorted_copy(into);
    unsigned taken = 0; /* of `into` */
    for (unsigned i = 0; i < more->count; i++) {
        struct edit *edit = &more->list[i];
        unsigned known = occurrences(&ours, into->count, edit);
        unsigned same = known ? find_same(into, taken, edit) : into->count;
        if (same < into->count) {
            while (taken <= same) edit_add(&all, into->list[taken++]);
            unite_edit(&all.list[all.count - 1], edit);
        } else if (occurrences(&theirs, i, edit) >= known) {
            edit_add(&all, *edit);
        }
    }
    while (taken < into->count) edit_add(&all, into->list[taken++]);
    free(theirs.list);
    free(ours.list);
    free(into->list);
    free(more->list);
    *into = all;
    *more = (struct edits){0};
}

void edits_free(struct edits *edits) {
    for (unsigned i = 0; i < edits->count; i++) run_free(edits->list[i].run);
    free(edits->list);
    *edits = (struct edits){0};
}
