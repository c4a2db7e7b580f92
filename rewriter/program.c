// SPDX-License-Identifier: MIT
/* program.c: the merge stage; see program.h. */
#include "program.h"
#include "stages.h"
#include "calls.h"
#include "mem.h"
#include "rt/plan.h"
#include "report.h"
#include "values.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- index by name --------------------------------------------------------------------------- */

struct name_entry {
    char *name; /* a definition may have several, by macros */
    struct definition *definition;
    struct name_entry *next;
};

struct name_index {
    struct name_entry *bucket[1 << 14];
    struct definition **all;
    unsigned count;
};

static unsigned bucket_of(const char *name) {
    return (unsigned)(loom_hash64(LOOM_HASH64_START, name, strlen(name)) >> 7) & ((1u << 14) - 1);
}

static void index_name(struct program *p, struct definition *d, const char *name) {
    unsigned at = bucket_of(name);
    for (struct name_entry *e = p->index->bucket[at]; e; e = e->next)
        if (e->definition == d && !strcmp(e->name, name)) return;
    struct name_entry *entry = mem_zero(1, sizeof *entry);
    *entry = (struct name_entry){mem_copy(name), d, p->index->bucket[at]};
    p->index->bucket[at] = entry;
}

static void index_definition(struct program *p, struct definition *d) {
    index_name(p, d, d->variants[0]->name);
    p->index->all = mem_grow(p->index->all, p->index->count + 1, sizeof(struct definition *));
    d->number = p->index->count;
    p->index->all[p->index->count++] = d;
}

struct definition *program_callee(const struct program *p, const char *file,
                                  const struct call *call) {
    struct definition *outside = NULL, *header = NULL;
    if (!call->callee) return NULL;
    for (struct name_entry *e = p->index->bucket[bucket_of(call->callee)]; e; e = e->next) {
        struct function *f = e->definition->variants[0];
        if (strcmp(e->name, call->callee)) continue;
        if (call->file && !strcmp(f->file, call->file)) return e->definition;
        if (!(f->flags & FN_STATIC)) outside = e->definition;
        else if (!call->file && !strcmp(f->file, file)) header = e->definition;
    }
    return header ? header : outside;
}

bool program_has_rival(const struct program *p, const struct definition *d) {
    const char *name = d->variants[0]->name;
    for (struct name_entry *e = p->index->bucket[bucket_of(name)]; e; e = e->next)
        if (e->definition != d && e->definition->file == d->file && !strcmp(e->name, name)) return true;
    return false;
}

const char *program_class(const struct call *call) {
    const char *class = calls_class(call->callee);
    bool inlined = call->file && !strcmp(call->file, SYSTEM_HEADER);
    return inlined && !strcmp(class, CALLS_UNKNOWN) ? "" : class;
}

bool program_elsewhere(const struct program *p, const char *file, const struct call *call) {
    return p->main_file && call->callee && call->ours && !program_callee(p, file, call) &&
           !strcmp(calls_class(call->callee), CALLS_UNKNOWN);
}

/* 1: it waits itself; one more for each call on the way; 0: it does not, as far as that matters. */
static unsigned idle_depth(const struct program *p, const char *file, const struct call *call) {
    if (!call->callee || call->no_return) return 0;
    struct definition *d = program_callee(p, file, call);
    if (d) return d->idle_depth ? d->idle_depth + 1 : 0;
    return strchr(program_class(call), 'i') != NULL;
}

bool program_idles(const struct program *p, const char *file, const struct call *call) {
    return idle_depth(p, file, call) != 0;
}

struct definition *program_next(const struct program *p, unsigned *iterator) {
    return *iterator < p->index->count ? p->index->all[(*iterator)++] : NULL;
}

/* ---- uniting variants ------------------------------------------------------------------------ */

#define SHAPE_FLAGS (IN_TEXT | FROM_MACRO | TO_MACRO | BRACED)

static bool same_shape(const struct stmt *a, const struct stmt *b) {
    if (a->kind != b->kind || a->begin != b->begin || a->end != b->end ||
        a->kid_count != b->kid_count || (a->flags ^ b->flags) & SHAPE_FLAGS)
        return false;
    for (unsigned i = 0; i < a->kid_count; i++)
        if (!same_shape(a->kids[i], b->kids[i])) return false;
    return true;
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && !strcmp(a, b));
}

static bool same_call(const struct call *a, const struct call *b) {
    return same_text(a->callee, b->callee) && same_text(a->type, b->type) && a->begin == b->begin &&
           a->end == b->end && a->macro_begin == b->macro_begin && a->named == b->named;
}

/* False: `from` is none of them. Units may include different files that define the callee, then both
 * calls are kept; not all need see a definition. */
static bool unite_calls(struct stmt *into, struct call *from) {
    bool found = false;
    for (unsigned i = 0; i < into->call_count; i++) {
        struct call *call = &into->calls[i];
        if (!same_call(call, from)) continue;
        call->defined &= from->defined;
        if (!call->file) call->file = from->file, from->file = NULL;
        if (!from->file || same_text(call->file, from->file)) found = true;
        else call->varies = from->varies = true;
    }
    return found;
}

/* A macro can be marked as a whole only if it can be in both. */
static void unite_macros(struct stmt *into, const struct call *from) {
    for (unsigned i = 0; i < into->call_count; i++) {
        struct call *call = &into->calls[i];
        if (call->from_macro && call->macro_begin == from->macro_begin &&
            (call->macro_end != from->macro_end || call->open != from->open))
            call->macro_end = 0;
    }
}

/* What permits something must hold in both variants, what forbids in either. */
static void unite_stmt(struct stmt *into, struct stmt *from) {
    const uint32_t permits = INSERT_LIST | INSERT_BODY | NO_EFFECT | PROGRESS | DECL_PLAIN |
                             PRIVATE |
                             COND_IN_TEXT | NEVER_TRUE | ALWAYS_TRUE;
    into->flags = ((into->flags | from->flags) & ~permits) | (into->flags & from->flags & permits);
    for (unsigned i = 0; i < from->call_count; i++) {
        if (from->calls[i].from_macro) unite_macros(into, &from->calls[i]);
        if (unite_calls(into, &from->calls[i])) continue;
        from->calls[i].inner = 0; /* theirs are elsewhere in the list now */
        into->calls = mem_grow(into->calls, into->call_count + 1, sizeof *into->calls);
        into->calls[into->call_count++] = from->calls[i];
        from->calls[i] = (struct call){0};
    }
    uses_keep(&into->uses, &from->uses);
    for (unsigned i = 0; i < into->kid_count; i++) unite_stmt(into->kids[i], from->kids[i]);
}

/* Static in one configuration only: others may call it from other files. */
static void unite_head(struct function *into, struct function *from) {
    const uint32_t permits = FN_STATIC | FN_SIMPLE_HEAD | FN_BODY_IN_TEXT;
    into->flags = ((into->flags | from->flags) & ~permits) | (into->flags & from->flags & permits);
    uses_keep(&into->uses, &from->uses);
    if (!into->pretty) into->pretty = from->pretty, from->pretty = NULL;
    if (!into->target) into->target = from->target, from->target = NULL;
}

/* A temporary for the value of a return would need a type that is right in all of them, a twin or a
 * boundary a name. */
static void compare_names(struct definition *d, struct function *f) {
    uint32_t flags = 0;
    if (strcmp(d->variants[0]->result, f->result)) flags |= FN_RESULT_VARIES;
    if (strcmp(d->variants[0]->name, f->name)) {
        flags |= FN_NAME_VARIES;
        report_note(f->file, f->line, "%s is %s in another configuration: filters know the first "
                                      "name only", d->variants[0]->name, f->name);
    }
    f->flags |= flags;
    for (unsigned i = 0; i < d->variant_count; i++) d->variants[i]->flags |= flags;
}

static void add_variant(struct definition *d, struct function *f) {
    for (unsigned i = 0; i < d->variant_count; i++)
        if (d->variants[i]->hash == f->hash) return function_free(f);
    struct function *first = d->variants[0];
    compare_names(d, f);
    if (d->variant_count == 1 && first->body && f->body && same_shape(first->body, f->body)) {
        unite_head(first, f);
        unite_stmt(first->body, f->body);
        return function_free(f);
    }
    d->variants = mem_grow(d->variants, d->variant_count + 1, sizeof *d->variants);
    d->variants[d->variant_count++] = f;
    d->single = true;
}

/* ---- files ----------------------------------------------------------------------------------- */

static struct program_file *file_of(struct program *p, const char *path) {
    for (unsigned i = p->file_count; i-- > 0;)
        if (!strcmp(p->files[i]->path, path)) return p->files[i];
    struct program_file *file = mem_zero(1, sizeof *file);
    file->path = mem_copy(path);
    p->files = mem_grow(p->files, p->file_count + 1, sizeof *p->files);
    return p->files[p->file_count++] = file;
}

/* Functions out of one macro expansion stand at the same place; otherwise the place says that it is
 * the same function, whatever a macro makes of its name (xxhash.h). */
static bool same_function(const struct function *a, const struct function *b) {
    return a->body_begin == b->body_begin &&
           (a->flags & b->flags & FN_BODY_IN_TEXT || !strcmp(a->name, b->name));
}

static void add_function(struct program *p, struct function *f, const char *main_file) {
    struct program_file *file = file_of(p, f->file);
    file->givens.included |= strcmp(f->file, main_file) != 0;
    for (unsigned i = 0; i < file->definition_count; i++) {
        struct definition *known = file->definitions[i];
        if (!same_function(known->variants[0], f)) continue;
        index_name(p, known, f->name);
        add_variant(known, f);
        return;
    }
    struct definition *d = mem_zero(1, sizeof *d);
    d->variants = mem_grow(NULL, 1, sizeof *d->variants);
    d->variants[d->variant_count++] = f;
    d->file = file;
    file->definitions = mem_grow(file->definitions, file->definition_count + 1,
                                 sizeof *file->definitions);
    file->definitions[file->definition_count++] = d;
    index_definition(p, d);
}

/* ---- mentions -------------------------------------------------------------------------------- */

static void add_enumerator(struct program_file *file, const struct mention *m) {
    bool fresh;
    unsigned at = names_add(&file->enumerators, m->name, &fresh);
    if (!fresh) return;
    file->enumerator_values = mem_grow(file->enumerator_values, file->enumerators.count,
                                       sizeof *file->enumerator_values);
    file->enumerator_values[at] = m->number;
}

static void add_member(struct program_file *file, const struct mention *m) {
    char *key = mem_format("%s %s", m->place, m->name);
    names_add(&file->members, m->place, NULL);
    names_add(&file->members, key, NULL);
    free(key);
}

static struct program_file *known_file(const struct program *p, const char *path) {
    for (unsigned i = p->file_count; path && i-- > 0;)
        if (!strcmp(p->files[i]->path, path)) return p->files[i];
    return NULL;
}

static void add_mentions(struct program *p, const struct unit_facts *unit) {
    struct program_file *file = NULL, *main = known_file(p, unit->main_file);
    for (unsigned i = 0; i < unit->mention_count; i++) {
        const struct mention *m = &unit->mentions[i];
        if (m->kind == MENTION_GLOBAL) continue;
        if (!file || strcmp(file->path, m->file)) file = known_file(p, m->file);
        if (file && m->kind == MENTION_MEMBER) add_member(file, m);
        if (file && m->kind == MENTION_ENUMERATOR) add_enumerator(file, m);
    }
    if (main) givens_add(&main->givens, unit);
}

static int by_offset(const void *x, const void *y) {
    const struct definition *a = *(struct definition *const *)x, *b = *(struct definition *const *)y;
    if (a->variants[0]->begin != b->variants[0]->begin)
        return a->variants[0]->begin < b->variants[0]->begin ? -1 : 1;
    return strcmp(a->variants[0]->name, b->variants[0]->name);
}

static int by_path(const void *x, const void *y) {
    return strcmp((*(struct program_file *const *)x)->path, (*(struct program_file *const *)y)->path);
}

/* src/items.c: in_items_c, a second items.c: in_items_c_2. The prefix keeps clear of the program's
 * own macros (Lua defines lapi_c in lapi.c). */
static char *make_tag(const struct program *p, unsigned index) {
    const char *path = p->files[index]->path, *name = strrchr(path, '/');
    char *tag = mem_format("in_%s", name ? name + 1 : path);
    for (char *c = tag; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9')))
            *c = '_';
    unsigned same = 1;
    size_t length = strlen(tag);
    for (unsigned i = 0; i < index; i++)
        same += !strncmp(p->files[i]->tag, tag, length) &&
                (!p->files[i]->tag[length] || p->files[i]->tag[length] == '_');
    if (same == 1) return tag;
    char *numbered = mem_format("%s_%u", tag, same);
    free(tag);
    return numbered;
}

static int load_files(struct program *p) {
    qsort(p->files, p->file_count, sizeof *p->files, by_path);
    for (unsigned i = 0; i < p->file_count; i++) {
        struct program_file *file = p->files[i];
        char *path = mem_format("%s/%s", p->root, file->path);
        int error = text_load(path, &file->text);
        free(path);
        if (error) return report_error(error, "%s: cannot read: %s", file->path, strerror(-error));
        file->tag = make_tag(p, i);
        qsort(file->definitions, file->definition_count, sizeof *file->definitions, by_offset);
    }
    return 0;
}

/* ---- properties of the whole program --------------------------------------------------------- */

static void mark_addresses(struct program *p) {
    for (unsigned i = 0; i < p->address_count; i += 3) {
        const char *name = p->addresses[i], *file = p->addresses[i + 1];
        const char *type = p->addresses[i + 2];
        for (struct name_entry *e = p->index->bucket[bucket_of(name)]; e; e = e->next) {
            struct function *f = e->definition->variants[0];
            if (!strcmp(e->name, name) && (!file || !strcmp(f->file, file) ||
                                           !(f->flags & FN_STATIC))) {
                e->definition->address = true;
                if (type && !strcmp(type, ADDRESS_STARTS)) continue;
                e->definition->elsewhere = true;
                e->definition->any_type |= !type || !f->type || strcmp(type, f->type);
            }
        }
    }
}

/* Calls what waits in less than `level` calls. */
static bool stmt_idles(const struct program *p, const char *file, const struct stmt *s,
                       unsigned level) {
    for (unsigned i = 0; i < s->call_count; i++) {
        unsigned depth = idle_depth(p, file, &s->calls[i]);
        if (depth && depth <= level) return true;
    }
    for (unsigned i = 0; i < s->kid_count; i++)
        if (stmt_idles(p, file, s->kids[i], level)) return true;
    return false;
}

/* Level by level, so that each function gets its shortest way. A wait that lies deeper is no matter
 * of the frame: one join deep in sqlite's sorter made all of its statements end a run. */
static void mark_idle(struct program *p) {
    enum { DEEPEST = 4 }; /* main, aeMain, aeProcessEvents, aeApiPoll; loom-pipe knows of the others */
    struct definition *d;
    for (unsigned level = 1; level <= DEEPEST; level++)
        for (unsigned it = 0; (d = program_next(p, &it));)
            for (unsigned i = 0; i < d->variant_count && !d->idle_depth; i++)
                if (stmt_idles(p, d->variants[i]->file, d->variants[i]->body, level))
                    d->idle_depth = level;
}

/* Takes the unit. */
static void add_unit(struct program *p, struct unit_facts *unit) {
    for (unsigned i = 0; i < unit->function_count; i++)
        add_function(p, unit->functions[i], unit->main_file);
    add_mentions(p, unit);
    p->types = mem_grow(p->types, p->type_count + 1, sizeof(struct unit_types *));
    p->types[p->type_count++] = unit->types;
    p->addresses = mem_grow(p->addresses, p->address_count + unit->address_count + 1, sizeof(char *));
    for (unsigned i = 0; i < unit->address_count; i++)
        p->addresses[p->address_count++] = unit->addresses[i];
    unit->address_count = 0;
    unit_facts_free(unit);
}

static int read_unit(struct program *p, const char *path) {
    struct unit_facts *unit = facts_read(path);
    if (!unit) return report_error(-errno, "%s: cannot read facts: %s", path, strerror(errno));
    add_unit(p, unit);
    return 0;
}

/* Files without functions count, too: they lead to others. */
static void take_includes(struct program *p, struct unit_facts *unit) {
    p->main_file = mem_copy(unit->main_file);
    file_of(p, unit->main_file);
    for (unsigned i = 0; i < unit->include_count; i++) {
        struct program_file *file = file_of(p, unit->includes[i].file);
        file->includes = mem_grow(file->includes, file->include_count + 1, sizeof *file->includes);
        file->includes[file->include_count++] = unit->includes[i];
    }
    unit->include_count = 0;
}

static int by_begin(const void *x, const void *y) {
    const struct include *a = x, *b = y;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

int stage_alone(const char *root, const char *facts_path, struct program **out) {
    struct program *p = *out = mem_zero(1, sizeof *p);
    p->root = mem_copy(root);
    p->index = mem_zero(1, sizeof *p->index);
    struct unit_facts *unit = facts_read(facts_path);
    if (!unit) return report_error(-errno, "%s: cannot read facts: %m", facts_path);
    take_includes(p, unit);
    add_unit(p, unit);
    int error = load_files(p);
    for (unsigned i = 0; i < p->file_count && !error; i++)
        if (p->files[i]->include_count)
            qsort(p->files[i]->includes, p->files[i]->include_count, sizeof(struct include),
                  by_begin);
    if (error) return error;
    mark_addresses(p);
    mark_idle(p);
    return 0;
}

int stage_merge(const char *root, char *const *facts_paths, size_t count, struct program **out) {
    struct program *p = *out = mem_zero(1, sizeof *p);
    p->root = mem_copy(root);
    p->index = mem_zero(1, sizeof *p->index);
    for (size_t i = 0; i < count; i++) {
        int error = read_unit(p, facts_paths[i]);
        if (error) return error;
    }
    int error = load_files(p);
    if (error) return error;
    mark_addresses(p);
    mark_idle(p);
    return 0;
}

static void definition_free(struct definition *d) {
    for (unsigned i = 0; i < d->variant_count; i++) {
        cfg_free(d->variants[i]->cfg);
        function_free(d->variants[i]);
    }
    edits_free(&d->edits);
    names_free(&d->renamed);
    names_free(&d->forwards);
    names_free(&d->shortcuts);
    free(d->variants);
    free(d);
}

void program_free(struct program *p) {
    if (!p) return;
    for (unsigned i = 0; i < p->file_count; i++) {
        struct program_file *file = p->files[i];
        for (unsigned j = 0; j < file->definition_count; j++) definition_free(file->definitions[j]);
        free(file->definitions);
        givens_free(&file->givens);
        names_free(&file->members);
        names_free(&file->enumerators);
        free(file->enumerator_values);
        for (unsigned j = 0; j < file->include_count; j++) include_free(&file->includes[j]);
        free(file->includes);
        text_free(&file->text);
        free(file->path);
        free(file->tag);
        free(file);
    }
    for (unsigned i = 0; i < 1u << 14; i++)
        for (struct name_entry *e = p->index->bucket[i], *next; e; e = next)
            next = e->next, free(e->name), free(e);
    for (unsigned i = 0; i < p->address_count; i++) free(p->addresses[i]);
    free(p->addresses);
    for (unsigned i = 0; i < p->type_count; i++) unit_types_free(p->types[i]);
    free(p->types);
    free(p->index->all);
    free(p->index);
    free(p->files);
    free(p->root);
    free(p->main_file);
    free(p);
}
