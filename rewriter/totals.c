// SPDX-License-Identifier: MIT
/*
 * totals.c: what was made of a file, in numbers. Of a function with variants the first one counts.
 */
#include "emit.h"
#include "mem.h"
#include "report.h"
#include <stdlib.h>

/* The runs of a definition, in order of the text: they do not overlap. */
struct runs {
    const struct run **list;
    unsigned count;
};

static int by_begin(const void *x, const void *y) {
    const struct run *const *a = x, *const *b = y;
    return (*a)->begin < (*b)->begin ? -1 : (*a)->begin > (*b)->begin;
}

static struct runs runs_of(const struct edits *edits) {
    struct runs runs = {0};
    for (unsigned i = 0; i < edits->count; i++) runs.count += edits->list[i].kind == EDIT_RUN;
    runs.list = mem_zero(runs.count + 1, sizeof *runs.list);
    runs.count = 0;
    for (unsigned i = 0; i < edits->count; i++)
        if (edits->list[i].kind == EDIT_RUN) runs.list[runs.count++] = edits->list[i].run;
    qsort(runs.list, runs.count, sizeof *runs.list, by_begin);
    return runs;
}

static bool is_in_run(const struct runs *runs, unsigned offset) {
    unsigned low = 0, high = runs->count; /* the last run that begins at or before it */
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (runs->list[middle]->begin <= offset) low = middle + 1;
        else high = middle;
    }
    return low && offset < runs->list[low - 1]->end;
}

static void count_calls(const struct stmt *s, struct rewrite_totals *totals) {
    for (unsigned i = 0; i < s->call_count; i++) {
        totals->sites += s->calls[i].point > 0;
        totals->indirect += !s->calls[i].callee && !s->calls[i].at_scope_end;
    }
}

static void count_stmt(const struct runs *runs, const struct stmt *s,
                       struct rewrite_totals *totals) {
    bool counts = s->kind != STMT_COMPOUND && s->kind != STMT_NULL && !is_label(s);
    totals->statements += counts;
    totals->copied += counts && s->flags & IN_TEXT && is_in_run(runs, s->begin);
    if (is_loop(s)) {
        totals->skipped += s->place->skipped;
        totals->exempted += !s->place->polled && !s->place->skipped;
    }
    count_calls(s, totals);
    for (unsigned i = 0; i < s->kid_count; i++) count_stmt(runs, s->kids[i], totals);
}

static void count_definition(const struct definition *d, struct rewrite_totals *totals) {
    const struct function *f = d->variants[0];
    totals->functions += !d->alone;
    totals->left_alone += d->alone;
    if (d->alone) return;
    for (unsigned i = 0; i < f->cfg->count; i++) {
        totals->slots += f->cfg->nodes[i].slot;
        totals->polls += f->cfg->nodes[i].kind == NODE_POLL && f->cfg->nodes[i].reachable;
    }
    struct runs runs = runs_of(&d->edits);
    totals->runs += runs.count;
    count_stmt(&runs, f->body, totals);
    free(runs.list);
}

void totals_add(struct rewrite_totals *totals, const struct program_file *file) {
    totals->files++;
    for (unsigned i = 0; i < file->definition_count; i++)
        count_definition(file->definitions[i], totals);
}

void totals_report(const struct rewrite_totals *totals) {
    report_count("files rewritten", totals->files);
    report_count("functions rewritten", totals->functions);
    report_count("functions left alone", totals->left_alone);
    report_count("statements", totals->statements);
    report_count("slots", totals->slots);
    report_count("runs", totals->runs);
    report_count("statements in runs", totals->copied);
    report_count("polls", totals->polls);
    report_count("loops exempted", totals->exempted);
    report_count("loops skipped", totals->skipped);
    report_count("blocking sites", totals->sites);
    report_count("indirect calls", totals->indirect);
}
