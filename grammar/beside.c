// SPDX-License-Identifier: MIT
/*
 * beside.c: see beside.h. The runtime knows installed filters by their text; it is resolved once
 * more, against the same tables.
 */
#include "beside.h"
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "lower.h"
#include "record.h"
#include "resolve.h"
#include "status.h"

/* An installed filter. */
struct installed {
    struct filters filters;
    struct operations operations;
    struct analysis analysis; /* its insides */
};

static void resolve_installed(const struct session *s, const struct filter_state *there,
                              struct installed *installed) {
    struct text text = {"installed", there->text, strlen(there->text)};
    struct diagnostics ignored = {0}; /* it was accepted once */
    *installed = (struct installed){0};
    lower(&text, &installed->filters, &ignored);
    if (!ignored.errors && installed->filters.count)
        resolve(&s->process.program, &installed->filters.items[0], 1, &installed->operations,
                &ignored);
    diag_free(&ignored);
}

static int is_mine(const struct session *s, const char *text) {
    for (unsigned i = 0; i < s->filters.count; i++)
        if (strcmp(s->filters.items[i].text, text) == 0) return 1;
    return 0;
}

static int is_there(const struct status *status, const char *text) {
    for (uint32_t i = 0; i < status->filter_count; i++)
        if (strcmp(status->filters[i].text, text) == 0) return 1;
    return 0;
}

/* Those of the process, then room for those of the text. */
static uint32_t find_others(const struct session *s, const struct status *status,
                            struct installed *installed, struct other *others) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < status->filter_count; i++) {
        const struct filter_state *there = &status->filters[i];
        if (state_is(there, "removing") || state_is(there, "rolled-back")) continue;
        if (is_mine(s, there->text)) continue;
        resolve_installed(s, there, &installed[count]);
        others[count] =
            (struct other){&installed[count].operations, &installed[count].analysis, there->text};
        count++;
    }
    return count;
}

static void check_filters(struct session *s, const struct status *status) {
    size_t room = status->filter_count + s->filters.count;
    struct installed *installed = take(room, sizeof *installed);
    struct other *others = take(room, sizeof *others);
    uint32_t there = find_others(s, status, installed, others), count = there;
    for (unsigned i = 0; i < s->filters.count; i++) {
        struct work *work = &s->works[i];
        if (!is_there(status, work->filter->text))
            check_beside(&s->process.graph, &work->operations, &work->analysis, others, count,
                         s->options.force, &s->diagnostics);
        others[count++] = (struct other){&work->operations, &work->analysis, work->filter->text};
    }
    for (uint32_t i = 0; i < there; i++) {
        analysis_free(&installed[i].analysis);
        operations_free(&installed[i].operations);
        filters_free(&installed[i].filters);
    }
    free(installed);
    free(others);
}

/* ---- threads --------------------------------------------------------------------------------- */

struct crowd {
    struct standing *threads;
    long long *ids;
    uint32_t count;
};

static int find_threads(struct session *s, struct crowd *crowd) {
    struct bytes answer;
    struct record record;
    int code = process_ask(&s->process, LOOM_THREADS, NULL, 0, &answer);
    if (code) return code;
    *crowd = (struct crowd){0};
    for (char *text = answer.bytes; record_next(&text, &record);) {
        struct standing *thread;
        if (!record_is(&record, "thread")) continue;
        crowd->threads = grow(crowd->threads, crowd->count, sizeof *crowd->threads);
        crowd->ids = grow(crowd->ids, crowd->count, sizeof *crowd->ids);
        crowd->ids[crowd->count] = record_number(&record, "tid", 0);
        thread = &crowd->threads[crowd->count++];
        *thread = (struct standing){NONE, NONE};
        long long point = record_number(&record, "point", -1);
        uint32_t file = file_number(&s->process.program, record_number(&record, "file", -1));
        int runs = strcmp(record_get(&record, "where"), "inside") == 0;
        if (!runs && file != NONE && point >= 0 && point < NONE)
            find_point(&s->process.program, file, (uint32_t)point, &thread->node, &thread->call);
    }
    free(answer.bytes);
    return 0;
}

static int same_threads(const struct crowd *one, const struct crowd *two) {
    return one->count == two->count &&
           (!one->count || memcmp(one->ids, two->ids, one->count * sizeof *one->ids) == 0);
}

static void crowd_free(struct crowd *crowd) {
    free(crowd->threads);
    free(crowd->ids);
}

/* Asked twice: a thread that was seen late the first time may have started one before. */
static int check_threads(struct session *s, const struct status *status) {
    struct crowd crowd = {0}, again = {0};
    int orders = 0, code = 0;
    for (unsigned i = 0; i < s->filters.count; i++) orders |= s->works[i].operations.order;
    if (!orders) return 0;
    code = find_threads(s, &crowd);
    if (!code) code = find_threads(s, &again);
    for (unsigned i = 0; !code && i < s->filters.count && same_threads(&crowd, &again); i++)
        if (!is_there(status, s->filters.items[i].text))
            check_past(&s->process.graph, &s->works[i].operations, &s->works[i].analysis,
                       again.threads, again.count, s->options.force, &s->diagnostics);
    crowd_free(&crowd);
    crowd_free(&again);
    return code;
}

int pass_beside(struct session *s) {
    struct status status;
    int code = status_get(&s->process, 0, &status);
    if (code) return code;
    check_filters(s, &status);
    code = check_threads(s, &status);
    status_free(&status);
    return code ? code : s->diagnostics.errors ? EXIT_FILTER : 0;
}
