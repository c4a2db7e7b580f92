// SPDX-License-Identifier: MIT
/* session.c: the passes from text to plan (see session.h). publish and watch are in install.c. */
#include "session.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "await.h"
#include "check.h"
#include "lower.h"
#include "resolve.h"

/* ---- read ------------------------------------------------------------------------------------ */

static int cannot_read(const char *name, int error) {
    fprintf(stderr, "loom-pipe: %s: %s\n", name, strerror(error));
    return EXIT_FILTER;
}

/* Reads a little more than a filter may have, so that too long a text is seen as such. */
static int read_all(struct session *s, int fd, const char *name) {
    size_t room = 2 * LOOM_TEXT_MAX;
    s->bytes = take(room, 1);
    for (;;) {
        ssize_t size = read(fd, s->bytes + s->text.size, room - s->text.size);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return cannot_read(name, errno);
        s->text.size += (size_t)size;
        if (size == 0 || s->text.size == room) break;
    }
    s->text.bytes = s->bytes;
    return 0;
}

int pass_read(struct session *s) {
    const char *file = s->options.file;
    s->text.name = file ? file : "filter";
    if (s->options.text) {
        s->text.bytes = s->options.text;
        s->text.size = strlen(s->options.text);
        return 0;
    }
    if (!file) {
        if (isatty(0)) fputs("loom-pipe: filters, one per line; end with Ctrl-D\n", stderr);
        return read_all(s, 0, "standard input");
    }
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return cannot_read(file, errno);
    int code = read_all(s, fd, file);
    close(fd);
    return code;
}

/* ---- text to plan ---------------------------------------------------------------------------- */

int pass_lower(struct session *s) {
    lower(&s->text, &s->filters, &s->diagnostics);
    s->works = take(s->filters.count, sizeof *s->works);
    for (unsigned i = 0; i < s->filters.count; i++) s->works[i].filter = &s->filters.items[i];
    return s->diagnostics.errors ? EXIT_FILTER : 0;
}

static void forget_work(struct work *work) {
    operations_free(&work->operations);
    analysis_free(&work->analysis);
    free(work->plan.bytes);
    work->plan = (struct blob){0};
}

int pass_load(struct session *s) {
    for (unsigned i = 0; i < s->filters.count; i++) forget_work(&s->works[i]);
    return process_load(&s->process);
}

static int resolve_all(struct session *s) {
    diag_free(&s->diagnostics); /* a second round says its own */
    for (unsigned i = 0; i < s->filters.count; i++)
        resolve(&s->process.program, s->works[i].filter, s->options.force, &s->works[i].operations,
                &s->diagnostics);
    return s->diagnostics.errors ? EXIT_FILTER : 0;
}

/* How many filters are for another build. */
static unsigned check_builds(struct session *s) {
    unsigned others = 0;
    char build[17];
    snprintf(build, sizeof build, "%016llx", (unsigned long long)s->process.modules_hash);
    for (unsigned i = 0; i < s->filters.count; i++) {
        const struct filter *filter = &s->filters.items[i];
        if (!filter->build || strncmp(build, filter->build, strlen(filter->build)) == 0) continue;
        others++;
        diag_add(&s->diagnostics, SEVERITY_ERROR, filter->build_span,
                 "process %d runs build %s: this filter is for build %s", (int)s->process.pid,
                 build, filter->build);
        diag_hint(&s->diagnostics, "loom-pipe --ps shows the build of every process");
    }
    return others;
}

int pass_resolve(struct session *s) {
    int code = resolve_all(s);
    while (code == EXIT_FILTER && s->options.wait &&
           s->diagnostics.errors == s->diagnostics.absent) {
        if ((code = await_modules(s))) break;
        if ((code = pass_load(s))) break;
        code = resolve_all(s);
    }
    return check_builds(s) ? EXIT_FILTER : code;
}

int pass_analyse(struct session *s) {
    for (unsigned i = 0; i < s->filters.count; i++) {
        struct work *work = &s->works[i];
        analyse(&s->process.graph, &work->operations, &work->analysis);
        check(&s->process.graph, &work->operations, &work->analysis, s->options.force,
              &s->diagnostics);
    }
    return s->diagnostics.errors ? EXIT_FILTER : 0;
}

int pass_encode(struct session *s) {
    for (unsigned i = 0; i < s->filters.count; i++) {
        struct work *work = &s->works[i];
        if (encode(&s->process.program, work->filter, &work->operations, &work->analysis,
                   s->process.modules_hash, &work->plan)) {
            diag_add(&s->diagnostics, SEVERITY_ERROR, work->filter->span,
                     "the plan of this filter is too large");
            return EXIT_FILTER;
        }
    }
    return 0;
}

/* ---- the end --------------------------------------------------------------------------------- */

/* On a terminal that has colours, unless NO_COLOR (no-color.org) is not empty. */
static int wants_colour(void) {
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(2) && !(no && *no) && terminal && strcmp(terminal, "dumb") != 0;
}

int pass_report(struct session *s) {
    if (!s->diagnostics.count) return 0;
    if (s->options.json) {
        diag_print_json(stderr, &s->text, &s->diagnostics);
        fputc('\n', stderr);
    } else {
        diag_print(stderr, &s->text, &s->diagnostics, wants_colour());
    }
    diag_free(&s->diagnostics);
    return 0;
}

void session_close(struct session *s) {
    for (unsigned i = 0; i < s->filters.count; i++) forget_work(&s->works[i]);
    free(s->works);
    filters_free(&s->filters);
    diag_free(&s->diagnostics);
    process_close(&s->process);
    free(s->bytes);
}
