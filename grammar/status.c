// SPDX-License-Identifier: MIT
/* status.c: see status.h. */
#include "status.h"
#include <stdlib.h>
#include <string.h>
#include "json.h"
#include "missing.h"
#include "record.h"

static void add_filter(struct status *s, const struct record *r) {
    s->filters = grow(s->filters, s->filter_count, sizeof *s->filters);
    s->filters[s->filter_count++] =
        (struct filter_state){.id = (uint32_t)record_number(r, "id", 0),
                              .name = record_get(r, "name"),
                              .text = record_get(r, "text"),
                              .state = record_get(r, "state"),
                              .since_ms = record_number(r, "since_ms", 0),
                              .force_ms = record_number(r, "force_ms", -1),
                              .threads = record_number(r, "threads", 0),
                              .active = record_number(r, "active", 0),
                              .enters = record_number(r, "enters", 0),
                              .waits = record_number(r, "waits", 0),
                              .timeouts = record_number(r, "timeouts", 0),
                              .skipped = record_number(r, "skipped", 0),
                              .left_ms = record_number(r, "for_ms", -1),
                              .suspended = record_number(r, "suspended", 0) != 0};
}

static void add_missing(struct status *s, const struct record *r) {
    s->missing = grow(s->missing, s->missing_count, sizeof *s->missing);
    s->missing[s->missing_count++] =
        (struct missing_thread){.id = (uint32_t)record_number(r, "id", 0),
                                .tid = record_number(r, "tid", 0),
                                .file = record_number(r, "file", -1),
                                .point = record_number(r, "point", -1),
                                .since_ms = record_number(r, "since_ms", 0),
                                .name = record_get(r, "name"),
                                .where = record_get(r, "where")};
}

int status_get(struct process *process, uint32_t id, struct status *status) {
    struct record record;
    *status = (struct status){0};
    int code = process_ask(process, LOOM_STATUS, &id, sizeof id, &status->answer);
    if (code) return code;
    for (char *text = status->answer.bytes; record_next(&text, &record);) {
        if (record_is(&record, "filter")) add_filter(status, &record);
        if (record_is(&record, "missing")) add_missing(status, &record);
    }
    return 0;
}

void status_free(struct status *status) {
    free(status->filters);
    free(status->missing);
    free(status->answer.bytes);
    *status = (struct status){0};
}

const struct filter_state *status_find(const struct status *status, uint32_t id) {
    for (uint32_t i = 0; i < status->filter_count; i++)
        if (status->filters[i].id == id) return &status->filters[i];
    return NULL;
}

int state_is(const struct filter_state *filter, const char *state) {
    return strcmp(filter->state, state) == 0;
}

int status_load_places(struct process *process, const struct status *status) {
    static unsigned char wanted[1 << 16];
    memset(wanted, 0, sizeof wanted);
    if (process->loaded) return 0; /* all of them, to install */
    for (uint32_t i = 0; i < status->missing_count; i++) {
        long long file = status->missing[i].file;
        if (file >= 0 && file < (long long)sizeof wanted) wanted[file] = 1;
    }
    return status->missing_count ? process_files(process, wanted, sizeof wanted) : 0;
}

static void print_since(FILE *out, long long ms) {
    if (ms < 0) return;
    if (ms < 1000)
        fprintf(out, ", for %lld ms", ms);
    else if (ms < 120000)
        fprintf(out, ", for %.1f s", (double)ms / 1000);
    else
        fprintf(out, ", for %lld min", ms / 60000);
}

/* ---- --list and --status --------------------------------------------------------------------- */

static void print_filter(const struct filter_state *filter) {
    printf("%u  %s", filter->id, filter->text);
    if (*filter->name && !strstr(filter->text, " name \"")) printf("  (%s)", filter->name);
    printf("\n    %s", filter->state);
    print_since(stdout, filter->since_ms);
    if (filter->force_ms >= 0) printf(", in force after %lld ms", filter->force_ms);
    printf(state_is(filter, "published") ? "; in force for %lld of %lld threads"
                                         : "; threads %lld of %lld",
           filter->active, filter->threads);
    printf("; entered %lld times, waited %lld, timed out %lld", filter->enters, filter->waits,
           filter->timeouts);
    if (filter->skipped) printf(", skipped %lld", filter->skipped);
    if (filter->left_ms >= 0) printf("; goes in %.1f s", (double)filter->left_ms / 1000);
    puts(filter->suspended ? "; suspended" : "");
}

static void json_filter(const struct filter_state *filter) {
    printf("{\"id\":%u,\"name\":", filter->id);
    json_string(stdout, filter->name);
    printf(",\"text\":");
    json_string(stdout, filter->text);
    printf(",\"state\":");
    json_string(stdout, filter->state);
    printf(",\"since_ms\":%lld,\"force_ms\":%lld,\"threads\":%lld,\"active\":%lld,\"enters\":%lld,"
           "\"waits\":%lld,\"timeouts\":%lld,\"skipped\":%lld,\"left_ms\":%lld,\"suspended\":%s",
           filter->since_ms, filter->force_ms, filter->threads, filter->active, filter->enters,
           filter->waits, filter->timeouts, filter->skipped, filter->left_ms,
           filter->suspended ? "true" : "false");
}

static void json_missing(const struct process *process, const struct status *status, uint32_t id) {
    const char *comma = "";
    char place[512];
    printf(",\"missing\":[");
    for (uint32_t i = 0; i < status->missing_count; i++) {
        const struct missing_thread *thread = &status->missing[i];
        if (thread->id != id) continue;
        process_place(process, thread->file, thread->point, place, sizeof place);
        printf("%s{\"tid\":%lld,\"name\":", comma, thread->tid);
        json_string(stdout, thread->name);
        printf(",\"where\":");
        json_string(stdout, thread->where);
        printf(",\"place\":");
        json_string(stdout, place);
        printf(",\"since_ms\":%lld}", thread->since_ms);
        comma = ",";
    }
    putchar(']');
}

static void print_missing(const struct process *process, const struct status *status,
                          const struct filter_state *filter) {
    struct analysis analysis = {0};
    int known = process->graph.program && missing_analyse(process, filter, &analysis);
    missing_print(stdout, process, status, filter->id, known ? &analysis : NULL);
    if (known) analysis_free(&analysis);
}

static void print_json(const struct process *process, const struct status *status) {
    printf("{\"pid\":%d,\"build\":\"%016llx\",\"threads\":%u,\"fast\":%s,"
           "\"slow_functions\":%u,\"filters\":[",
           (int)process->pid, (unsigned long long)process->modules_hash, process->thread_count,
           process->fast ? "true" : "false", process->slow_count);
    for (uint32_t i = 0; i < status->filter_count; i++) {
        if (i) putchar(',');
        json_filter(&status->filters[i]);
        json_missing(process, status, status->filters[i].id);
        putchar('}');
    }
    puts("]}");
}

int print_list(struct process *process, int with_missing, int json) {
    struct status status;
    int code = status_get(process, 0, &status);
    if (!code && with_missing && status.missing_count)
        code = json ? status_load_places(process, &status) : process_load(process);
    if (!code && json) {
        print_json(process, &status);
    } else if (!code) {
        for (uint32_t i = 0; i < status.filter_count; i++) {
            print_filter(&status.filters[i]);
            if (with_missing && status.missing_count)
                print_missing(process, &status, &status.filters[i]);
        }
        if (with_missing)
            printf("process %d: build %016llx, %u threads, %u filters, %s\n", (int)process->pid,
                   (unsigned long long)process->modules_hash, process->thread_count,
                   process->filter_count,
                   process->fast ? "on fast copies" : "some functions on slow copies");
        else if (!status.filter_count)
            printf("no filters in process %d\n", (int)process->pid);
    }
    status_free(&status);
    return code;
}

/* ---- --events -------------------------------------------------------------------------------- */

int print_events(struct process *process, int json) {
    struct bytes answer;
    struct record record;
    const char *comma = "";
    int code = process_ask(process, LOOM_EVENTS, NULL, 0, &answer);
    if (code) return code;
    if (json) putchar('[');
    for (char *text = answer.bytes; record_next(&text, &record);) {
        if (!record_is(&record, "event")) continue;
        if (!json) {
            printf("%10.3f s  filter %lld  %s  %s\n",
                   (double)record_number(&record, "ms", 0) / 1000,
                   record_number(&record, "filter", 0), record_get(&record, "kind"),
                   record_get(&record, "text"));
            continue;
        }
        printf("%s{\"seq\":%lld,\"ms\":%lld,\"filter\":%lld,\"kind\":", comma,
               record_number(&record, "seq", 0), record_number(&record, "ms", 0),
               record_number(&record, "filter", 0));
        json_string(stdout, record_get(&record, "kind"));
        printf(",\"text\":");
        json_string(stdout, record_get(&record, "text"));
        putchar('}');
        comma = ",";
    }
    if (json) puts("]");
    free(answer.bytes);
    return 0;
}
