// SPDX-License-Identifier: MIT
/* update.c: see update.h. */
#include "update.h"
#include "cache.h"
#include "emit.h"
#include "mem.h"
#include "paths.h"
#include "report.h"
#include "rt/plan.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MADE ".loom/made"

/* What a run made: hash by path. */
struct made {
    struct names paths;
    uint64_t *hashes;
};

/* nftw takes no context. */
static struct update *update;
static struct made last, present;
static int walk_error;

static int fail(const char *path, const char *what) {
    walk_error = report_error(-errno, "%s: %s: %m", path, what);
    return FTW_STOP;
}

/* ---- the list -------------------------------------------------------------------------------- */

static void made_add(struct made *made, const char *path, uint64_t hash) {
    unsigned at = names_add(&made->paths, path, NULL);
    made->hashes = mem_grow(made->hashes, made->paths.count, sizeof *made->hashes);
    made->hashes[at] = hash;
}

static void made_free(struct made *made) {
    names_free(&made->paths);
    free(made->hashes);
    *made = (struct made){0};
}

/* Calls add for each entry. False: there is no list. */
static bool read_list(const char *out, void (*add)(const char *path, uint64_t hash, void *context),
                      void *context) {
    char *path = mem_format("%s/" MADE, out), *entry = NULL, *end;
    size_t room = 0;
    FILE *list = fopen(path, "re");
    free(path);
    while (list && getdelim(&entry, &room, 0, list) > 0) {
        uint64_t hash = strtoull(entry, &end, 16);
        if (*end == ' ') add(end + 1, hash, context);
    }
    free(entry);
    if (list) fclose(list);
    return list != NULL;
}

static void add_last(const char *path, uint64_t hash, void *context) {
    (void)context;
    made_add(&last, path, hash);
}

static void take_first(const char *path, uint64_t hash, void *context) {
    char **first = context;
    (void)hash;
    if (!*first) *first = mem_copy(path);
}

char *update_source(const char *out) {
    char *source = NULL;
    read_list(out, take_first, &source);
    return source;
}

static int write_list(void) {
    char *text = NULL, *path = mem_format("%s/" MADE, update->tree);
    size_t size = 0;
    FILE *list = open_memstream(&text, &size);
    fprintf(list, "0 %s%c", update->root, 0);
    for (unsigned i = 0; i < present.paths.count; i++)
        fprintf(list, "%llx %s%c", (unsigned long long)present.hashes[i], present.paths.list[i], 0);
    fclose(list);
    int error = emit_write(path, text, size);
    if (error) report_error(error, "%s: cannot write: %s", path, strerror(-error));
    free(text);
    free(path);
    return error;
}

/* ---- what is made now ------------------------------------------------------------------------ */

static uint64_t hash_of(const char *path, const struct stat *status) {
    uint64_t hash = cache_hash(path);
    return loom_hash64(hash, &status->st_mode, sizeof status->st_mode) | 1;
}

static int list_one(const char *path, const struct stat *status, int kind, struct FTW *level) {
    if (!level->level) return 0;
    bool file = kind == FTW_F && S_ISREG(status->st_mode);
    made_add(&present, paths_below(path, update->tree), file ? hash_of(path, status) : 0);
    return 0;
}

/* ---- taking over ----------------------------------------------------------------------------- */

static bool same_in(const char *path) {
    unsigned now = names_find(&present.paths, path), then = names_find(&last.paths, path);
    if (now == NO_NAME || then == NO_NAME) return now == then;
    return present.hashes[now] == last.hashes[then];
}

static bool same_support(void) {
    bool same = same_in(".loom/rt.h");
    for (unsigned i = 0; i < SUPPORT_HEADERS && same; i++) {
        char *path = mem_format(".loom/%s", support_headers[i]);
        same = same_in(path);
        free(path);
    }
    return same;
}

/* A rewritten file is as before if all that Loom includes into it is. */
static bool is_as_before(const char *path) {
    char *companion = mem_format(".loom/%s.h", path);
    bool rewritten = names_find(&present.paths, companion) != NO_NAME;
    bool same = same_in(path) && same_in(companion);
    free(companion);
    if (!rewritten) return same;
    return same && same_support();
}

/* Puts OUT/below into the tree. */
static int take_over(const char *below, const char *what) {
    char *from = mem_format("%s/%s", update->out, below);
    char *to = mem_format("%s/%s", update->tree, below);
    int error = emit_parents(to);
    if (!error && unlink(to) != 0 && errno != ENOENT) error = -errno;
    if (!error && link(from, to) != 0) error = -errno;
    if (error)
        walk_error = report_error(error,
                                  "%s: cannot keep this %s: %s; remove OUT for a run from the start",
                                  from, what, strerror(-error));
    else names_add(&update->kept, below, NULL);
    free(from);
    free(to);
    return error;
}

static int keep_made(const char *below) {
    struct stat status;
    char *old = mem_format("%s/%s", update->out, below);
    bool there = lstat(old, &status) == 0 && S_ISREG(status.st_mode);
    free(old);
    if (there && is_as_before(below)) return take_over(below, "file");
    update->changed += strncmp(below, ".loom/", 6) != 0;
    return 0;
}

static int keep_all_made(void) {
    for (unsigned i = 0; i < present.paths.count && !walk_error; i++)
        if (present.hashes[i]) keep_made(present.paths.list[i]);
    return walk_error;
}

static int keep_folder(const char *below, const struct stat *status) {
    char *path = mem_format("%s/%s", update->tree, below);
    int error = emit_parents(path);
    if (!error && mkdir(path, status->st_mode & 07777) != 0) error = -errno;
    if (error) walk_error = report_error(error, "%s: %s", path, strerror(-error));
    free(path);
    return error;
}

/* What no run made, this one nor the last. */
static int keep_product(const char *path, const struct stat *status, int kind, struct FTW *level) {
    if (!level->level) return FTW_CONTINUE;
    const char *below = paths_below(path, update->out);
    if (kind == FTW_DNR || kind == FTW_NS) {
        errno = EACCES;
        return fail(path, "cannot look at it");
    }
    if (names_find(&present.paths, below) != NO_NAME || names_find(&last.paths, below) != NO_NAME ||
        strcmp(below, MADE) == 0)
        return FTW_CONTINUE;
    if (kind == FTW_D) return keep_folder(below, status) ? FTW_STOP : FTW_CONTINUE;
    return take_over(below, "product of the build") ? FTW_STOP : FTW_CONTINUE;
}

static int walk(const char *from,
                int (*visit)(const char *, const struct stat *, int, struct FTW *)) {
    int stopped = nftw(from, visit, 64, FTW_PHYS | FTW_ACTIONRETVAL);
    if (stopped && !walk_error) walk_error = report_error(-errno, "%s: %m", from);
    return walk_error;
}

int update_tree(struct update *given) {
    update = given;
    walk_error = 0;
    int error = walk(update->tree, list_one);
    if (!error) error = write_list();
    if (!error && update->out) {
        read_list(update->out, add_last, NULL);
        error = keep_all_made();
        if (!error) error = walk(update->out, keep_product);
    }
    made_free(&last);
    made_free(&present);
    return error;
}
