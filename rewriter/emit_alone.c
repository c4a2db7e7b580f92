// SPDX-License-Identifier: MIT
/*
 * emit_alone.c: one unit alone, written beside its tree: its main file, each header in which
 * functions change, and each that leads to one of these. All others stay where they are.
 *
 * Rule: the #includes of what is written name the file that the compiler found, so that it does
 * not matter where they stand now; #line gives the names back.
 */
#include "emit.h"
#include "mem.h"
#include "report.h"
#include "rt/plan.h"
#include <stdlib.h>
#include <string.h>

static struct program_file *moved(const struct program *p, const char *path) {
    for (unsigned i = 0; path && i < p->file_count; i++)
        if (p->files[i]->moves && !strcmp(p->files[i]->path, path)) return p->files[i];
    return NULL;
}

static bool leads_to_moved(const struct program *p, const struct program_file *file) {
    for (unsigned i = 0; i < file->include_count; i++)
        if (moved(p, file->includes[i].target)) return true;
    return false;
}

static void find_moved(struct program *p) {
    for (unsigned i = 0; i < p->file_count; i++)
        p->files[i]->moves = p->files[i]->flags || !strcmp(p->files[i]->path, p->main_file);
    for (bool changed = true; changed;) {
        changed = false;
        for (unsigned i = 0; i < p->file_count; i++)
            if (!p->files[i]->moves && leads_to_moved(p, p->files[i]))
                changed = p->files[i]->moves = true;
    }
}

/* <...> is looked for in the same places from anywhere; what is beside a file, and
 * include_next, are not. */
void put_include(FILE *out, const struct program *p, const struct include *include,
                 const char *tree, const char *text) {
    const struct program_file *file = moved(p, include->target);
    const char *words = text + include->begin;
    size_t length = include->end - include->begin;
    if (file) fprintf(out, "include \"%s/%s\"", tree, file->path);
    else if (include->local || !strncmp(words, "include_next", 12))
        fprintf(out, "include \"%s\"", include->spelled);
    else fwrite(words, 1, length, out);
}

static const char *shown_as(const struct program *p, const struct program_file *file,
                            const char *main_shown) {
    if (!strcmp(file->path, p->main_file)) return main_shown;
    for (unsigned i = 0; i < p->file_count; i++)
        for (unsigned j = 0; j < p->files[i]->include_count; j++) {
            const struct include *include = &p->files[i]->includes[j];
            if (!include->target || strcmp(include->target, file->path)) continue;
            /* clang says ./x.h for a file beside x.c, where gcc says x.h */
            bool beside = include->local && !strchr(main_shown, '/');
            return include->shown + (beside && !strncmp(include->shown, "./", 2) ? 2 : 0);
        }
    return file->path;
}

static int emit_one(const struct program *p, const struct program_file *file, const char *tree,
                    const char *main_shown) {
    size_t size;
    char *text = emit_text(p, file, tree, shown_as(p, file, main_shown), &size);
    char *path = mem_format("%s/%s", tree, file->path);
    int error = emit_parents(path);
    if (!error) error = emit_write(path, text, size);
    if (error) report_error(error, "%s: cannot write: %s", path, strerror(-error));
    /* the folder of this unit is in the text, and means nothing */
    uint64_t hash = LOOM_HASH64_START;
    size_t skip = strlen(tree);
    for (char *at = text, *next; at; at = next) {
        next = strstr(at, tree);
        hash = loom_hash64(hash, at, next ? (size_t)(next - at) : strlen(at));
        if (next) next += skip;
    }
    if (!error && has_companion(p, file)) error = emit_companion(p, file, tree, hash);
    free(path);
    free(text);
    return error;
}

int stage_emit_alone(struct program *p, const char *tree, const char *main_shown,
                     const struct rewrite_options *options, struct rewrite_totals *totals) {
    *totals = (struct rewrite_totals){0};
    find_moved(p);
    int error = emit_support(tree, options);
    for (unsigned i = 0; i < p->file_count && !error; i++) {
        struct program_file *file = p->files[i];
        if (!file->moves) continue;
        error = emit_one(p, file, tree, main_shown);
        totals_add(totals, file);
    }
    return error;
}
