// SPDX-License-Identifier: MIT
/*
 * install.c: publish, watch, remove.
 *
 * Rule: all filters of a call or none: if the runtime refuses one, those that this call published
 * before it are removed. Once all are published, being late is no failure: they stay, unless
 * --all-or-nothing was given.
 */
#include "install.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "beside.h"
#include "json.h"
#include "missing.h"
#include "session.h"
#include "status.h"

/* ---- publish --------------------------------------------------------------------------------- */

static int is_going(const struct filter_state *filter) {
    return state_is(filter, "removing") || state_is(filter, "rolled-back");
}

/* Finds filters of this text that are there already; refuses names that are taken. */
static int find_installed(struct session *s, const struct status *status) {
    for (unsigned i = 0; i < s->filters.count; i++) {
        struct work *work = &s->works[i];
        for (uint32_t k = 0; k < status->filter_count; k++) {
            const struct filter_state *there = &status->filters[k];
            if (is_going(there) || work->published) continue;
            if (strcmp(there->text, work->filter->text) == 0) {
                work->already = 1;
                work->id = there->id;
            } else if (work->filter->name && strcmp(there->name, work->filter->name) == 0) {
                diag_add(&s->diagnostics, SEVERITY_ERROR, work->filter->span,
                         "another filter has the name \"%s\": %s", there->name, there->text);
                diag_hint(&s->diagnostics, "loom-pipe --remove '%s' %d takes it away", there->name,
                          (int)s->process.pid);
            }
        }
    }
    return s->diagnostics.errors ? EXIT_FILTER : 0;
}

static struct work *same_before(struct session *s, unsigned i) {
    for (unsigned k = 0; k < i; k++)
        if (strcmp(s->works[k].filter->text, s->works[i].filter->text) == 0) return &s->works[k];
    return NULL;
}

static void take_back(struct session *s) {
    for (unsigned i = s->filters.count; i-- > 0;) {
        if (!s->works[i].published) continue;
        s->works[i].published = 0;
        if (process_remove(&s->process, s->works[i].id)) continue;
        if (!s->options.json)
            fprintf(stderr, "loom-pipe: taken back: %s\n", s->works[i].filter->text);
    }
}

static void nap(int round) {
    long ms = round < 10 ? 1 : round < 40 ? 5 : 20;
    nanosleep(&(struct timespec){0, ms * 1000000}, NULL);
}

/* Another client's --stop may be under way: it ends soon. */
static int publish_when_free(struct session *s, struct work *work, uint32_t flags) {
    int64_t end = now_ms() + s->options.timeout_ms;
    for (int round = 0;; round++) {
        unsigned busy = now_ms() < end ? REFUSED_BUSY : 0;
        s->process.expected |= busy;
        int code = process_publish(&s->process, &work->plan, flags, (uint32_t)s->options.timeout_ms,
                                   &work->id);
        s->process.expected &= ~busy;
        if (!code || !(s->process.refusal & busy)) return code;
        nap(round);
    }
}

static int publish_one(struct session *s, unsigned i) {
    struct work *work = &s->works[i], *before = same_before(s, i);
    uint32_t flags = (s->options.stop ? LOOM_COMMIT_STOP : 0) |
                     (s->options.all_or_nothing ? LOOM_COMMIT_ALL_OR_NOTHING : 0);
    if (work->already) return 0;
    if (before) {
        work->already = 1;
        work->id = before->id;
        return 0;
    }
    int code = publish_when_free(s, work, flags);
    work->published = !code;
    return code;
}

static int publish_all(struct session *s) {
    struct status status;
    int code = status_get(&s->process, 0, &status);
    if (!code) code = find_installed(s, &status);
    status_free(&status);
    s->publish_us = now_us();
    for (unsigned i = 0; !code && i < s->filters.count; i++) code = publish_one(s, i);
    if (code) take_back(s);
    return code;
}

/* A module that is loaded or unloaded while we look makes the plan one for another program: look
 * again. */
int pass_publish(struct session *s) {
    enum { ROUNDS = 3 };
    static int (*const again[])(struct session *) = {pass_load, pass_resolve, pass_analyse,
                                                     pass_beside, pass_encode};
    int code = 0;
    for (int round = 1; round <= ROUNDS; round++) {
        s->process.expected = round < ROUNDS ? REFUSED_STALE : 0;
        code = publish_all(s);
        s->process.expected = 0;
        if (!code || s->process.refusal != REFUSED_STALE) return code;
        for (size_t i = 0; round < ROUNDS && i < sizeof again / sizeof *again; i++)
            if ((code = again[i](s))) return code;
    }
    return code;
}

/* ---- watch ----------------------------------------------------------------------------------- */

enum progress { WAITING, IN_FORCE, GONE };

static enum progress progress_of(const struct filter_state *filter) {
    if (!filter || is_going(filter)) return GONE;
    return state_is(filter, "in-force") || state_is(filter, "suspended") ? IN_FORCE : WAITING;
}

/* Waits until no filter is on its way or the time is over. `late`: the last status that named a
 * missing thread; the runtime forgets them when it takes a filter back. */
static int wait_for_all(struct session *s, struct status *status, struct status *late,
                        unsigned *waiting, unsigned *gone) {
    int64_t grace = s->options.all_or_nothing ? 1000 : 0; /* for the runtime to take it back */
    int64_t end = now_ms() + s->options.timeout_ms + grace;
    for (int round = 0;; round++) {
        int code = status_get(&s->process, 0, status);
        if (code) return code;
        *waiting = *gone = 0;
        for (unsigned i = 0; i < s->filters.count; i++) {
            enum progress progress = progress_of(status_find(status, s->works[i].id));
            *waiting += progress == WAITING;
            *gone += progress == GONE;
        }
        if (!*waiting || now_ms() >= end) return 0;
        if (status->missing_count) {
            status_free(late);
            *late = *status;
        } else {
            status_free(status);
        }
        nap(round);
    }
}

static void say_one(struct session *s, const struct work *work, const struct status *status,
                    const struct status *before) {
    const struct filter_state *filter = status_find(status, work->id);
    double total = (double)(now_us() - s->start_us - s->waited_us) / 1000;
    printf("%u  %s\n    ", work->id, work->filter->text);
    int late = filter && progress_of(filter) == WAITING;
    if (!filter || is_going(filter) || (late && s->options.all_or_nothing)) {
        puts(s->options.all_or_nothing ? "not in force in time: taken back" : "removed meanwhile");
        missing_print(stdout, &s->process, status->missing_count ? status : before, work->id,
                      &work->analysis);
    } else if (late) {
        printf("published; after %d ms in force for %lld of %lld threads; it stays\n",
               s->options.timeout_ms, filter->active, filter->threads);
        missing_print(stdout, &s->process, status, work->id, &work->analysis);
        puts(
            "    a missing thread may be in the region, or on a way back into it; it obeys as soon "
            "as it is\n    seen elsewhere");
    } else if (filter->suspended || state_is(filter, "suspended")) {
        puts("in force, but suspended: a wait was too long (see --events)");
    } else if (work->already) {
        puts("already in force");
    } else {
        printf("in force after %lld ms, %.1f ms with analysis; %lld threads\n", filter->force_ms,
               total, filter->threads);
    }
}

static void say_json(struct session *s, const struct status *status) {
    static const char *const words[] = {"published", "in-force", "removed"};
    int64_t now = now_us();
    printf("{\"pid\":%d,\"total_ms\":%.3f,\"publish_ms\":%.3f,\"filters\":[", (int)s->process.pid,
           (double)(now - s->start_us - s->waited_us) / 1000, (double)(now - s->publish_us) / 1000);
    for (unsigned i = 0; i < s->filters.count; i++) {
        const struct work *work = &s->works[i];
        const struct filter_state *filter = status_find(status, work->id);
        printf("%s{\"id\":%u,\"text\":", i ? "," : "", work->id);
        json_string(stdout, work->filter->text);
        printf(",\"state\":\"%s\",\"already\":%s,\"force_ms\":%lld,\"threads\":%lld,"
               "\"active\":%lld}",
               words[progress_of(filter)], work->already ? "true" : "false",
               filter ? filter->force_ms : -1, filter ? filter->threads : 0,
               filter ? filter->active : 0);
    }
    puts("]}");
}

int pass_watch(struct session *s) {
    struct status status = {0}, late = {0};
    unsigned waiting, gone;
    int code = wait_for_all(s, &status, &late, &waiting, &gone);
    if (!code && s->options.json) say_json(s, &status);
    for (unsigned i = 0; !code && !s->options.json && i < s->filters.count; i++)
        say_one(s, &s->works[i], &status, &late);
    if (!code && waiting && s->options.all_or_nothing) take_back(s);
    status_free(&status);
    status_free(&late);
    return code ? code : waiting || gone ? EXIT_LATE : 0;
}

/* ---- remove ---------------------------------------------------------------------------------- */

static int is_meant(const struct filter_state *filter, const char *word) {
    char number[16];
    snprintf(number, sizeof number, "%u", filter->id);
    return strcmp(word, "all") == 0 || strcmp(word, number) == 0 ||
           (*filter->name && strcmp(word, filter->name) == 0) || strcmp(word, filter->text) == 0;
}

/* A rolled-back filter is listed for a while to tell of it; it is not there any more. */
static int is_gone(const struct filter_state *filter) {
    return !filter || state_is(filter, "rolled-back");
}

static int no_such_filter(const struct status *status, const char *word) {
    if (strcmp(word, "all") == 0) {
        puts("no filters to remove");
        return 0;
    }
    fprintf(stderr, "loom-pipe: no filter `%s`\n", word);
    for (uint32_t i = 0; i < status->filter_count; i++)
        if (!is_gone(&status->filters[i]))
            fprintf(stderr, "    %u  %s\n", status->filters[i].id, status->filters[i].text);
    return EXIT_FILTER;
}

/* Waits until none of the filters is listed any more. */
static int wait_until_gone(struct process *process, const unsigned char *meant,
                           const struct status *before, int timeout_ms) {
    int64_t end = now_ms() + timeout_ms;
    for (int round = 0;; round++) {
        struct status now;
        unsigned left = 0;
        int code = status_get(process, 0, &now);
        if (code) return code;
        for (uint32_t i = 0; i < before->filter_count; i++)
            left += meant[i] && !is_gone(status_find(&now, before->filters[i].id));
        if (left && now_ms() >= end && !status_load_places(process, &now))
            missing_print(stderr, process, &now, 0, NULL);
        status_free(&now);
        if (!left) return 0;
        if (now_ms() >= end) return EXIT_LATE;
        nap(round);
    }
}

static int remove_meant(struct process *process, const struct options *options,
                        const struct status *status, unsigned char *meant) {
    uint32_t count = 0;
    int64_t start = now_us();
    int code = 0;
    for (uint32_t i = 0; !code && i < status->filter_count; i++) {
        meant[i] = !is_gone(&status->filters[i]) && is_meant(&status->filters[i], options->removed);
        if (!meant[i]) continue;
        count++;
        if (!is_going(&status->filters[i])) code = process_remove(process, status->filters[i].id);
    }
    if (code) return code;
    if (!count) return no_such_filter(status, options->removed);
    code = options->later ? 0 : wait_until_gone(process, meant, status, options->timeout_ms);
    if (code == EXIT_LATE)
        fprintf(stderr, "loom-pipe: no thread enters any more, but some are still inside: the "
                        "filter goes when they leave\n");
    if (code) return code;
    if (options->json)
        printf("{\"removed\":%u}\n", count);
    else if (options->later)
        printf("%u filters on their way out\n", count);
    else
        printf("%u filter%s removed after %.1f ms\n", count, count == 1 ? "" : "s",
               (double)(now_us() - start) / 1000);
    return 0;
}

int install_remove(struct process *process, const struct options *options) {
    struct status status;
    int code = status_get(process, 0, &status);
    if (!code) {
        unsigned char *meant = take(status.filter_count, 1);
        code = remove_meant(process, options, &status, meant);
        free(meant);
    }
    status_free(&status);
    return code;
}
