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

void found_add(struct found *found, uint32_t item) {
    found->items = grow(found->items, found->count, sizeof *found->items);
    found->items[found->count++] = item;
}

int are_copies(const struct program *p, uint32_t file, uint32_t other) {
    return file == other || (p->files[file].hash == p->files[other].hash &&
                             strcmp(p->files[file].path, p->files[other].path) == 0);
}

int is_same_function(const struct program *p, uint32_t function, uint32_t other) {
    const struct function *one = &p->functions[function], *two = &p->functions[other];
    return function == other || (one->name == two->name && one->line == two->line &&
                                 one->column == two->column && are_copies(p, one->file, two->file));
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

/* Copies count once. */
static int is_first_copy(const struct program *p, uint32_t file) {
    for (uint32_t f = 0; f < file; f++)
        if (are_copies(p, f, file)) return 0;
    return 1;
}

static void hint_functions(const struct program *p, const struct place *place,
                           struct diagnostics *d) {
    struct nearest n = nearest_to(place->function);
    for (uint32_t f = 0; f < p->function_count; f++)
        if ((!place->file || path_matches(file_of(p, f)->path, place->file)) &&
            is_first_copy(p, p->functions[f].file))
            consider(&n, f, function_name(p, f));
    for (unsigned i = 0; i < n.count; i++)
        diag_hint(d, "%s `%s` (%s:%u)", i ? "or" : "did you mean", function_name(p, n.items[i]),
                  file_of(p, n.items[i])->path, p->functions[n.items[i]].line);
    if (!n.count) diag_hint(d, "loom-pipe --slots lists the functions of the process");
}

static void hint_files(const struct program *p, const char *wanted, struct diagnostics *d) {
    struct nearest n = nearest_to(base(wanted));
    for (uint32_t f = 0; f < p->file_count; f++)
        if (is_first_copy(p, f)) consider(&n, f, base(p->files[f].path));
    for (unsigned i = 0; i < n.count; i++)
        diag_hint(d, "%s `%s`", i ? "or" : "did you mean", p->files[n.items[i]].path);
    if (!n.count) diag_hint(d, "loom-pipe --slots lists the files of the process");
}

/* ---- files ----------------------------------------------------------------------------------- */

/* What a place says about files; a whole path wins: `a.c` and `sub/a.c` stay apart. */
struct wanted_file {
    const char *path; /* null: any file */
    int whole;
};

static struct wanted_file wanted_file(const struct program *p, const struct place *place) {
    struct wanted_file wanted = {place->file, 0};
    for (uint32_t f = 0; place->file && f < p->file_count; f++)
        if (strcmp(p->files[f].path, place->file) == 0) wanted.whole = 1;
    return wanted;
}

static int is_wanted(const struct program *p, const struct wanted_file *wanted, uint32_t file) {
    if (!wanted->path) return 1;
    return wanted->whole ? strcmp(p->files[file].path, wanted->path) == 0
                         : path_matches(p->files[file].path, wanted->path);
}

/* Is there another file of this path, with another content? Then the path alone says too little. */
static int has_rival(const struct program *p, uint32_t file) {
    for (uint32_t f = 0; f < p->file_count; f++)
        if (strcmp(p->files[f].path, p->files[file].path) == 0 && !are_copies(p, f, file)) return 1;
    return 0;
}

static void hint_more(struct diagnostics *d, unsigned count) {
    if (count > CANDIDATES) diag_hint(d, "and %u more", count - CANDIDATES);
}

static void ambiguous_file(const struct program *p, const struct place *place,
                           const struct wanted_file *wanted, struct diagnostics *d) {
    unsigned count = 0;
    diag_add(d, SEVERITY_ERROR, place->file_span, "`%s` means several files", place->file);
    for (uint32_t f = 0; f < p->file_count; f++) {
        if (!is_wanted(p, wanted, f) || !is_first_copy(p, f) || count++ >= CANDIDATES) continue;
        if (has_rival(p, f))
            diag_hint(d, "one %s has the content %016llx, and is of another module",
                      p->files[f].path, (unsigned long long)p->files[f].hash);
        else
            diag_hint(d, "%s %s", count > 1 ? "or" : "name more of the path:", p->files[f].path);
    }
    hint_more(d, count);
}

struct found find_files(const struct program *p, const struct place *place, struct diagnostics *d) {
    struct wanted_file wanted = wanted_file(p, place);
    struct found found = {0};
    for (uint32_t f = 0; f < p->file_count; f++) {
        if (!is_wanted(p, &wanted, f)) continue;
        if (found.count && !are_copies(p, f, found.items[0])) {
            ambiguous_file(p, place, &wanted, d);
            free(found.items);
            return (struct found){0};
        }
        found_add(&found, f);
    }
    if (found.count) return found;
    diag_add(d, SEVERITY_ERROR, place->file_span, "no file `%s` in this process", place->file);
    diag_absent(d);
    hint_files(p, place->file, d);
    return found;
}

/* ---- functions ------------------------------------------------------------------------------- */

struct search {
    const struct program *program;
    const struct place *place;
    struct wanted_file file;
    uint32_t name;
    struct diagnostics *diagnostics;
};

static int named(const struct search *s, uint32_t f) {
    const struct function *function = &s->program->functions[f];
    return function->name == s->name && is_wanted(s->program, &s->file, function->file);
}

static int is_left(const struct search *s, uint32_t f) {
    return (s->program->functions[f].attributes & FUNCTION_LEFT) != 0;
}

static void ambiguous_function(const struct search *s) {
    const struct program *p = s->program;
    struct diagnostics *d = s->diagnostics;
    unsigned count = 0;
    diag_add(d, SEVERITY_ERROR, s->place->function_span, "`%s` means several functions",
             s->place->function);
    for (uint32_t f = 0; f < p->function_count; f++) {
        const struct program_file *file = file_of(p, f);
        if (!named(s, f) || !is_first_copy(p, p->functions[f].file)) continue;
        if (count++ >= CANDIDATES) continue;
        diag_hint(d, "%s %s:%s (%s:%u%s)", count > 1 ? "or" : "name the file:", file->path,
                  s->place->function, file->path, p->functions[f].line,
                  is_left(s, f) ? ", left alone" : "");
        if (has_rival(p, p->functions[f].file))
            diag_hint(d, "    of the %s with the content %016llx: another module has another one",
                      base(file->path), (unsigned long long)file->hash);
    }
    hint_more(d, count);
}

static void hint_elsewhere(const struct search *s) {
    const struct program *p = s->program;
    for (uint32_t f = 0; s->place->file && f < p->function_count; f++) {
        if (p->functions[f].name != s->name) continue;
        diag_hint(s->diagnostics, "it is defined in %s:%u", file_of(p, f)->path,
                  p->functions[f].line);
        return;
    }
    hint_functions(p, s->place, s->diagnostics);
}

static void no_function(const struct search *s) {
    const struct place *place = s->place;
    struct wanted_file any = {place->file, 0};
    for (uint32_t f = 0; place->file; f++) {
        if (f == s->program->file_count) { /* the file comes first */
            struct found none = find_files(s->program, place, s->diagnostics);
            free(none.items);
            return;
        }
        if (is_wanted(s->program, &any, f)) break;
    }
    diag_add(s->diagnostics, SEVERITY_ERROR, place->function_span, "no function `%s` in %s",
             place->function, place->file ? place->file : "this process");
    diag_absent(s->diagnostics);
    hint_elsewhere(s);
}

static void left_alone(const struct search *s, uint32_t f, enum severity severity) {
    const struct program *p = s->program;
    diag_add(s->diagnostics, severity, s->place->function_span,
             "loom-rewrite left %s`%s` (%s:%u) alone: %s",
             severity == SEVERITY_ERROR ? "" : "a variant of ", s->place->function,
             file_of(p, f)->path, p->functions[f].line, p->functions[f].reason);
    if (severity == SEVERITY_ERROR)
        diag_hint(s->diagnostics, "name the lines in its callers instead");
}

/* Can one of several files be meant? One left alone counts: it may be the one. */
static int is_ambiguous(const struct search *s, uint32_t first) {
    const struct function *functions = s->program->functions;
    int instrumented = 0, elsewhere = 0;
    for (uint32_t f = first; f < s->program->function_count; f++) {
        if (!named(s, f)) continue;
        instrumented |= !is_left(s, f);
        elsewhere |= !are_copies(s->program, functions[f].file, functions[first].file);
    }
    return instrumented && elsewhere;
}

struct found find_function(const struct program *p, const struct place *place,
                           struct diagnostics *d) {
    struct search s = {p, place, wanted_file(p, place), 0, d};
    struct found found = {0};
    uint32_t first = 0;
    s.name = names_find(&p->names, place->function, strlen(place->function));
    while (first < p->function_count && !named(&s, first)) first++;
    if (first == p->function_count) {
        no_function(&s);
        return found;
    }
    if (is_ambiguous(&s, first)) {
        ambiguous_function(&s);
        return found;
    }
    for (uint32_t f = first; f < p->function_count; f++)
        if (named(&s, f) && !is_left(&s, f)) found_add(&found, f);
    for (uint32_t f = first; f < p->function_count; f++)
        if (named(&s, f) && is_left(&s, f))
            left_alone(&s, f, found.count ? SEVERITY_WARNING : SEVERITY_ERROR);
    return found;
}
