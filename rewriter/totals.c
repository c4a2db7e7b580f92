// SPDX-License-Identifier: MIT
/*
 * totals.c: what was made of a file, in numbers. Of a function with variants the first one counts.
 */
#include "emit.h"
#include "report.h"

static bool is_in_run(const struct edits *edits, unsigned offset) {
    for (unsigned i = 0; i < edits->count; i++) {
        const struct run *run = edits->list[i].kind == EDIT_RUN ? edits->list[i].run : NULL;
        if (run && offset >= run->begin && offset < run->end) return true;
    }
    return false;
}

static void count_calls(const struct stmt *s, struct rewrite_totals *totals) {
    for (unsigned i = 0; i < s->call_count; i++) {
        totals->sites += s->calls[i].point > 0;
        totals->indirect += !s->calls[i].callee && !s->calls[i].at_scope_end;
    }
}

static void count_stmt(const struct definition *d, const struct stmt *s,
                       struct rewrite_totals *totals) {
    bool counts = s->kind != STMT_COMPOUND && s->kind != STMT_NULL && !is_label(s);
    totals->statements += counts;
    totals->copied += counts && s->flags & IN_TEXT && is_in_run(&d->edits, s->begin);
    if (is_loop(s)) {
        totals->skipped += s->place->skipped;
        totals->exempted += !s->place->polled && !s->place->skipped;
    }
    count_calls(s, totals);
    for (unsigned i = 0; i < s->kid_count; i++) count_stmt(d, s->kids[i], totals);
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
    for (unsigned i = 0; i < d->edits.count; i++) totals->runs += d->edits.list[i].kind == EDIT_RUN;
    count_stmt(d, f->body, totals);
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
