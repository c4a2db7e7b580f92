// SPDX-License-Identifier: MIT
/* keep.c: see keep.h. */
#include "keep.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "json.h"

static int cannot_write(const char *path, int error) {
    fprintf(stderr, "loom-pipe: %s: %s\n", path, strerror(error));
    return EXIT_USAGE;
}

static int is_too_large(const struct session *s) {
    size_t size = 0;
    for (unsigned i = 0; i < s->filters.count; i++) size += s->works[i].plan.size;
    return size > LOOM_PLAN_MAX || s->filters.count > LOOM_FILTERS_MAX;
}

/* 0 or an errno. */
static int write_plans(const struct session *s, FILE *file) {
    int wrong = 0;
    for (unsigned i = 0; i < s->filters.count && !wrong; i++) {
        const struct blob *plan = &s->works[i].plan;
        wrong = fwrite(plan->bytes, 1, plan->size, file) != plan->size ? errno : 0;
    }
    if (!wrong && (fflush(file) || fsync(fileno(file)))) wrong = errno;
    return fclose(file) && !wrong ? errno : wrong;
}

static void say(const struct session *s, const char *whole) {
    unsigned count = s->filters.count;
    if (s->options.json) {
        printf("{\"pid\":%d,\"build\":\"%016llx\",\"filters\":%u,\"file\":", (int)s->process.pid,
               (unsigned long long)s->process.modules_hash, count);
        json_string(stdout, whole);
        puts("}");
        return;
    }
    printf(
        "%s: %u filter%s for build %016llx\n    LOOM_FILTERS=%s in front of the program installs "
        "%s at its start\n",
        s->options.plan, count, count == 1 ? "" : "s", (unsigned long long)s->process.modules_hash,
        whole, count == 1 ? "it" : "them");
}

int pass_keep(struct session *s) {
    const char *path = s->options.plan;
    char beside[PATH_MAX], whole[PATH_MAX];
    FILE *file;
    int wrong;
    if (is_too_large(s)) {
        fprintf(stderr, "loom-pipe: %s: too many filters, or too large ones, to install at once\n",
                path);
        return EXIT_FILTER;
    }
    if (snprintf(beside, sizeof beside, "%s.%d", path, (int)getpid()) >= (int)sizeof beside)
        return cannot_write(path, ENAMETOOLONG);
    if (!(file = fopen(beside, "wxe"))) return cannot_write(beside, errno);
    wrong = write_plans(s, file);
    if (!wrong && rename(beside, path)) wrong = errno;
    if (wrong) {
        unlink(beside);
        return cannot_write(path, wrong);
    }
    say(s, realpath(path, whole) ? whole : path);
    return 0;
}
