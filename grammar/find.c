// SPDX-License-Identifier: MIT
/* find.c: see find.h. */
#include "find.h"
#include <stdlib.h>
#include <string.h>

enum { CANDIDATES = 6, NEAREST = 3 };

int path_matches(const char *path, const char *suffix) {
    while (strncmp(suffix, "./", 2) == 0) suffix += 2;
    size_t all = strlen(path), part = strlen(suffix);
    if (part == 0 || part > all || strcmp(path + all - part, suffix) != 0) return 0;
    return part == all || path[all - part - 1] == '/' || suffix[0] == '/';
}

static const char *base(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- nearest --------------------------------------------------------------------------------- */

struct nearest {
    const char *wanted;
    uint32_t items[NEAREST];
    unsigned distances[NEAREST], count, limit;
};

static void consider(struct nearest *n, uint32_t item, const char *name) {
    unsigned distance = name_distance(n->wanted, name, n->limit), at = n->count;
    if (distance > n->limit) return;
    while (at > 0 && n->distances[at - 1] > distance) at--;
    if (at == NEAREST) return;
    for (unsigned i = (n->count < NEAREST ? n->count++ : NEAREST - 1); i > at; i--) {
        n->items[i] = n->items[i - 1];
        n->distances[i] = n->distances[i - 1];
    }
    n->items[at] = item;
    n->distances[at] = distance;
}

static struct nearest nearest_to(const char *wanted) {
    size_t size = strlen(wanted);
    return (struct nearest){.wanted = wanted, .limit = size < 4 ? 1 : size < 9 ? 2 : 4};
}

static void hint_functions(const struct program *p, const struct place *place,
                           struct diagnostics *d) {
    struct nearest n = nearest_to(place->function);
    for (uint32_t f = 0; f < p->function_count; f++)
        if (!place->file || path_matches(file_of(p, f)->path, place->file))
            consider(&n, f, function_name(p, f));
    for (unsigned i = 0; i < n.count; i++)
        diag_hint(d, "%s `%s` (%s:%u)", i ? "or" : "did you mean", function_name(p, n.items[i]),
                  file_of(p, n.items[i])->path, p->functions[n.items[i]].line);
    if (!n.count) diag_hint(d, "loom-pipe --slots lists the functions of the process");
}

static void hint_files(const struct program *p, const char *wanted, struct diagnostics *d) {
    struct nearest n = nearest_to(base(wanted));
    for (uint32_t f = 0; f < p->file_count; f++) consider(&n, f, base(p->files[f].path));
    for (unsigned i = 0; i < n.count; i++)
        diag_hint(d, "%s `%s`", i ? "or" : "did you mean", p->files[n.items[i]].path);
    if (!n.count) diag_hint(d, "loom-pipe --slots lists the files of the process");
}

/* ---- files ----------------------------------------------------------------------------------- */

static void ambiguous_file(const struct program *p, const struct place *place,
                           struct diagnostics *d) {
    unsigned shown = 0;
    diag_add(d, SEVERITY_ERROR, place->file_span, "`%s` means several files", place->file);
    for (uint32_t f = 0; f < p->file_count && shown < CANDIDATES; f++)
        if (path_matches(p->files[f].path, place->file))
            diag_hint(d, "%s %s", shown++ ? "or" : "name more of the path:", p->files[f].path);
}

uint32_t find_file(const struct program *p, const struct place *place, struct diagnostics *d) {
    uint32_t file = NONE, matches = 0;
    for (uint32_t f = 0; f < p->file_count; f++) {
        if (strcmp(p->files[f].path, place->file) == 0) return f;
        if (!path_matches(p->files[f].path, place->file)) continue;
        file = f;
        matches++;
    }
    if (matches == 1) return file;
    if (matches) {
        ambiguous_file(p, place, d);
    } else {
        diag_add(d, SEVERITY_ERROR, place->file_span, "no file `%s` in this process", place->file);
        hint_files(p, place->file, d);
    }
    return NONE;
}

/* ---- functions ------------------------------------------------------------------------------- */

static int named(const struct program *p, const struct place *place, uint32_t f, uint32_t name) {
    return p->functions[f].name == name &&
           (!place->file || path_matches(file_of(p, f)->path, place->file));
}

static void ambiguous_function(const struct program *p, const struct place *place, uint32_t name,
                               struct diagnostics *d) {
    unsigned shown = 0;
    diag_add(d, SEVERITY_ERROR, place->function_span, "`%s` means several functions",
             place->function);
    for (uint32_t f = 0; f < p->function_count && shown < CANDIDATES; f++)
        if (named(p, place, f, name) && !(p->functions[f].attributes & FUNCTION_LEFT))
            diag_hint(d, "%s %s:%s (line %u)",
                      shown++ ? "or" : "name the file:", file_of(p, f)->path, place->function,
                      p->functions[f].line);
}

static void no_function(const struct program *p, const struct place *place, uint32_t name,
                        struct diagnostics *d) {
    for (uint32_t f = 0; f < p->function_count; f++) {
        if (!named(p, place, f, name)) continue;
        diag_add(d, SEVERITY_ERROR, place->function_span,
                 "loom-rewrite left `%s` (%s:%u) alone: %s", place->function, file_of(p, f)->path,
                 p->functions[f].line, p->functions[f].reason);
        diag_hint(d, "name the lines in its callers instead");
        return;
    }
    diag_add(d, SEVERITY_ERROR, place->function_span, "no function `%s` in %s", place->function,
             place->file ? place->file : "this process");
    for (uint32_t f = 0; place->file && f < p->function_count; f++)
        if (p->functions[f].name == name) {
            diag_hint(d, "it is defined in %s:%u", file_of(p, f)->path, p->functions[f].line);
            return;
        }
    hint_functions(p, place, d);
}

/* A whole path wins: `a.c` and `sub/a.c` stay apart. */
static uint32_t whole_path(const struct program *p, const struct place *place) {
    for (uint32_t f = 0; place->file && f < p->file_count; f++)
        if (strcmp(p->files[f].path, place->file) == 0) return f;
    return NONE;
}

struct found find_function(const struct program *p, const struct place *place,
                           struct diagnostics *d) {
    struct found found = {0};
    uint32_t name = names_find(&p->names, place->function, strlen(place->function));
    uint32_t whole = whole_path(p, place);
    if (place->file && whole == NONE) {
        uint32_t matches = 0;
        for (uint32_t f = 0; f < p->file_count; f++)
            matches += (uint32_t)path_matches(p->files[f].path, place->file);
        if (!matches) {
            find_file(p, place, d);
            return found;
        }
    }
    for (uint32_t f = 0; f < p->function_count; f++) {
        if (!named(p, place, f, name) || p->functions[f].attributes & FUNCTION_LEFT) continue;
        if (whole != NONE && p->functions[f].file != whole) continue;
        if (found.count && p->functions[f].file != p->functions[found.items[0]].file) {
            ambiguous_function(p, place, name, d);
            free(found.items);
            return (struct found){0};
        }
        found.items = grow(found.items, found.count, sizeof *found.items);
        found.items[found.count++] = f;
    }
    if (!found.count) no_function(p, place, name, d);
    return found;
}
