// SPDX-License-Identifier: MIT
/* missing.c: see missing.h. */
#include "missing.h"
#include <string.h>
#include "lower.h"
#include "resolve.h"

int missing_analyse(const struct process *process, const struct filter_state *filter,
                    struct analysis *analysis) {
    struct text text = {"filter", filter->text, strlen(filter->text)};
    struct filters filters = {0};
    struct diagnostics diagnostics = {0};
    struct operations operations = {0};
    *analysis = (struct analysis){0};
    lower(&text, &filters, &diagnostics);
    if (!diagnostics.errors && filters.count == 1) {
        resolve(&process->program, &filters.items[0], 1, &operations, &diagnostics);
        if (!diagnostics.errors) analyse(&process->graph, &operations, analysis);
        operations_free(&operations);
    }
    filters_free(&filters);
    diag_free(&diagnostics);
    return analysis->nodes != NULL;
}

/* Why the filter cannot be taken up at a point: the UNSAFE_* that a user can do something about
 * first. */
static const char *why(const struct program *p, const struct missing_thread *thread,
                       const struct analysis *analysis) {
    uint32_t number = file_number(p, thread->file), node = NONE, call = NONE;
    int unsafe;
    if (!analysis || number == NONE || thread->point < 0) return "";
    find_point(p, number, (uint32_t)thread->point, &node, &call);
    if (node == NONE && call == NONE) return "";
    unsafe = call != NONE ? analysis->calls[call] : analysis->nodes[node];
    if (unsafe & UNSAFE_INSIDE) return "in the region ";
    if (unsafe & UNSAFE_OWN_SLOT) return "on the border of the region ";
    if (unsafe & (UNSAFE_STALE | UNSAFE_BELOW_STALE)) return "on a way back to the region ";
    if (unsafe & UNSAFE_CALLBACK) return "in a call that may call back ";
    if (unsafe & UNSAFE_HANDLER) return "where a signal handler may be ";
    return "";
}

/* Without the function, which stands in front of a line: `f src/a.c:4, in read`. */
static const char *line_of(const char *place) {
    size_t word = strcspn(place, " ,:");
    return place[word] == ' ' ? place + word + 1 : place;
}

static void print_time(FILE *out, long long ms) {
    if (ms < 0) return;
    if (ms < 1000)
        fprintf(out, ", for %lld ms", ms);
    else if (ms < 120000)
        fprintf(out, ", for %.1f s", (double)ms / 1000);
    else
        fprintf(out, ", for %lld min", ms / 60000);
}

void missing_print(FILE *out, const struct process *process, const struct status *status,
                   uint32_t id, const struct analysis *analysis) {
    char place[512];
    for (uint32_t i = 0; i < status->missing_count; i++) {
        const struct missing_thread *thread = &status->missing[i];
        if (id && thread->id != id) continue;
        fprintf(out, "    thread %lld (%s) ", thread->tid, thread->name);
        if (strcmp(thread->where, "inside") == 0) {
            fputs("runs, and has come by no place where it can take the filter up", out);
        } else {
            process_place(process, thread->file, thread->point, place, sizeof place);
            fprintf(out, "has been %sat %s", why(&process->program, thread, analysis),
                    line_of(place));
        }
        print_time(out, thread->since_ms);
        fputc('\n', out);
    }
}
