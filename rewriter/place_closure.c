// SPDX-License-Identifier: MIT
/*
 * place_closure.c: which functions need no flag test of their own (design 2, closure).
 *
 * A quiet static function (its only read point is its entry) whose address is not taken can leave
 * the test to its callers: the caller's flag decides which copy is called, and a filter on the
 * function flags its callers. This holds only if no call of it runs the fast copy for good: each
 * one is in a function that is instrumented, and either its name is in the text, or (bodies of macros, and
 * arguments of those that make a string of them) the function's slow copy is a function of its own: there
 * the name is a macro.
 *
 * Closures never call each other in a circle: a recursion without a test could run for long before
 * it comes to a read point.
 *
 * A caller in front of the definition gets a declaration of the slow copy.
 *
 * Where the definition stands in an #if with an #else and a caller does not, the compiler may choose
 * otherwise than libclang (__GNUC__ is 4 in it), and the other choice has no slow copy. So the slow
 * copy's name is a macro behind it, that means itself, and behind the #endif, where it is none, it
 * becomes one that means the function: a substitute.
 */
#include "place.h"
#include "mem.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool can_be_closure(const struct program *program, const struct definition *d) {
    for (unsigned i = 0; i < d->variant_count; i++)
        if (!(d->variants[i]->flags & FN_STATIC)) return false;
    return d->twin && !d->address && !d->alone && !d->file->mixed && !program_has_rival(program, d);
}

/* ---- a name that can be a macro in a slow copy ----------------------------------------------- */

static bool is_word(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

static bool behind(const struct text *text, unsigned at, const char *word) {
    while (at && strchr(" \t", text->bytes[at - 1])) at--;
    size_t length = strlen(word);
    return at >= length && !memcmp(text->bytes + at - length, word, length);
}

static bool is_called_at(const struct text *text, unsigned begin, unsigned end) {
    static const char *const other[] = {".", "->", "struct", "union", "enum", "goto"};
    for (unsigned i = 0; i < sizeof other / sizeof *other; i++)
        if (behind(text, begin, other[i])) return false;
    while (end < text->size && strchr(" \t", text->bytes[end])) end++;
    return end < text->size && text->bytes[end] == '(';
}

/* The name as a word from `*at` on, up to `end`. */
static bool next_word(const struct text *text, const char *name, unsigned *at, unsigned end) {
    size_t length = strlen(name);
    for (; *at + length <= end; ++*at) {
        const char *found = memmem(text->bytes + *at, end - *at, name, length);
        if (!found) return false;
        *at = (unsigned)(found - text->bytes);
        if ((!*at || !is_word(found[-1])) && !is_word(found[length])) return true;
    }
    return false;
}

static bool only_called(const struct text *text, const char *name, unsigned begin, unsigned end) {
    unsigned length = (unsigned)strlen(name);
    for (unsigned at = begin; next_word(text, name, &at, end); at += length)
        if (!is_called_at(text, at, at + length)) return false;
    return true;
}

static bool is_macro(const struct text *text, const char *name) {
    for (unsigned at = 0; next_word(text, name, &at, text->size); at++)
        if (behind(text, at, "define")) return true;
    return false;
}

static bool is_member(const struct program_file *file, const char *name) {
    for (unsigned i = 0; i < file->members.count; i++) {
        const char *blank = strrchr(file->members.list[i], ' ');
        if (blank && !strcmp(blank + 1, name)) return true;
    }
    return false;
}

static bool is_local(const struct definition *d, const char *name) {
    for (unsigned v = 0; v < d->variant_count; v++)
        for (unsigned i = 0; i < d->variants[v]->value_count; i++)
            if (!strcmp(d->variants[v]->values[i].name, name)) return true;
    return false;
}

/* In the caller's slow copy `name` can mean name__slow, whatever macro it comes out of. */
static bool can_rename(const struct definition *caller, const struct definition *d) {
    const struct function *f = caller->variants[0];
    const char *name = d->variants[0]->name;
    const struct text *text = &caller->file->text;
    return caller->twin && !is_local(caller, name) && !is_member(caller->file, name) &&
           only_called(text, name, f->begin, f->body_end) && !is_macro(text, name) &&
           !is_macro(&d->file->text, name);
}

/* ---- substitutes ----------------------------------------------------------------------------- */

/* No #endif that a substitute goes behind stands inside a function. */
static bool can_substitute(const struct definition *d) {
    const struct text *text = &d->file->text;
    unsigned branch = text_branch(text, d->variants[0]->begin), end;
    for (; branch; branch = text->branches[branch].parent) {
        if (!(end = text_alternatives_end(text, branch))) continue;
        for (unsigned i = 0; i < d->file->definition_count; i++) {
            const struct function *f = d->file->definitions[i]->variants[0];
            if (f->begin < end && end < f->body_end) return false;
        }
    }
    return true;
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* The slow copy is not declared yet where the caller stands. */
bool needs_forward(const struct definition *caller, const struct definition *d,
                   const struct call *call) {
    if (caller->file != d->file) return !call->defined;
    return caller->variants[0]->begin < d->variants[0]->begin;
}

/* Wherever the caller is compiled, the callee is. */
static bool can_forward(const struct definition *caller, const struct definition *d) {
    const struct text *text = &d->file->text;
    return caller->file != d->file || text_branch(text, caller->variants[0]->begin) ==
                                          text_branch(text, d->variants[0]->begin);
}

/* What a header calls may be another function for each of those who include it. */
static bool is_always_that(const struct definition *caller, const struct definition *d,
                           const struct call *call) {
    if (caller->file == d->file || !caller->file->givens.included) return true;
    return d->file->givens.included && caller->variant_count == 1 && !call->varies;
}

bool has_alternative(const struct definition *caller, const struct definition *d,
                     const struct call *call) {
    unsigned from = call->named ? call->named : caller->variants[0]->begin;
    return text_has_alternative(&d->file->text, d->variants[0]->begin,
                                caller->file == d->file ? from : 0);
}

bool call_fits(const struct definition *caller, const struct definition *d, const struct call *call) {
    if (caller->alone || caller == d || call->at_scope_end || !is_always_that(caller, d, call))
        return false;
    bool forward = needs_forward(caller, d, call);
    if (forward && !can_forward(caller, d)) return false;
    if (has_alternative(caller, d, call) && (forward || !can_substitute(d))) return false;
    return call->named || can_rename(caller, d);
}

struct edge {
    struct definition *caller, *callee;
};

struct edges {
    struct edge *list;
    unsigned count;
};

static void look_at_calls(const struct program *program, struct definition *caller,
                          const struct stmt *s, struct edges *edges) {
    for (unsigned i = 0; i < s->call_count; i++) {
        struct definition *d = program_callee(program, caller->file->path, &s->calls[i]);
        if (!d || !d->closure) continue;
        if (!call_fits(caller, d, &s->calls[i])) {
            d->closure = false;
            continue;
        }
        if (has_alternative(caller, d, &s->calls[i])) d->substitute = true;
        edges->list = mem_grow(edges->list, edges->count + 1, sizeof *edges->list);
        edges->list[edges->count++] = (struct edge){caller, d};
    }
    for (unsigned i = 0; i < s->kid_count; i++) look_at_calls(program, caller, s->kids[i], edges);
}

/* ---- circles --------------------------------------------------------------------------------- */

static int by_caller(const void *x, const void *y) {
    const struct edge *a = x, *b = y;
    if (a->caller != b->caller) return a->caller->number < b->caller->number ? -1 : 1;
    return a->callee->number < b->callee->number ? -1 : a->callee != b->callee;
}

static void sort_edges(struct edges *edges) {
    unsigned kept = 0;
    if (!edges->count) return;
    qsort(edges->list, edges->count, sizeof *edges->list, by_caller);
    for (unsigned i = 0; i < edges->count; i++)
        if (!kept || by_caller(&edges->list[kept - 1], &edges->list[i]))
            edges->list[kept++] = edges->list[i];
    edges->count = kept;
    for (unsigned i = 0; i < kept; i++) {
        struct definition *caller = edges->list[i].caller;
        if (!caller->callee_count++) caller->first_callee = i;
    }
}

/* Depth first; a closure that is called while a call of it is still open closes a circle. */
static void open_circles(struct edges *edges, struct definition *d) {
    enum { UNSEEN, OPEN, DONE };
    d->walk = OPEN;
    for (unsigned i = 0; i < d->callee_count; i++) {
        struct definition *callee = edges->list[d->first_callee + i].callee;
        if (callee->closure && callee->walk == OPEN) callee->closure = false;
        if (callee->closure && callee->walk == UNSEEN) open_circles(edges, callee);
    }
    d->walk = DONE;
}

/* ---- the rest -------------------------------------------------------------------------------- */

/* An always_inline function with a test puts it, and its slow copy's call, into every caller. That is
 * little beside the body of a big one, if the slow copy is a function of its own. */
static bool keeps_test(const struct definition *d) {
    enum { SMALL = 12 };
    return d->twin && !d->address && count_statements(d->variants[0]->body) > SMALL;
}

static bool leave_inline_alone(struct definition *d) {
    const struct function *f = d->variants[0];
    if (d->alone || d->closure || !(f->flags & FN_ALWAYS_INLINE) || f->body->place->reads || keeps_test(d))
        return false;
    d->reason = "is always_inline: its copies in all callers would grow";
    d->alone = true;
    return true;
}

/* Whoever is left alone takes the property from those it calls: then once more. */
static bool look_once(const struct program *program, struct edges *edges) {
    struct definition *d;
    bool changed = false;
    edges->count = 0;
    for (unsigned it = 0; (d = program_next(program, &it));) d->walk = d->first_callee = d->callee_count = 0;
    for (unsigned it = 0; (d = program_next(program, &it));)
        for (unsigned i = 0; i < d->variant_count; i++)
            look_at_calls(program, d, d->variants[i]->body, edges);
    sort_edges(edges);
    for (unsigned it = 0; (d = program_next(program, &it));)
        if (d->closure && !d->walk) open_circles(edges, d);
    for (unsigned it = 0; (d = program_next(program, &it));) changed |= leave_inline_alone(d);
    return changed;
}

static void note_names(const struct program *program, struct definition *caller,
                       const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++) {
        struct definition *d = program_callee(program, caller->file->path, &s->calls[i]);
        if (!d || !d->closure || caller->alone) continue;
        if (!s->calls[i].named) names_add(&caller->renamed, d->variants[0]->name, NULL);
        if (needs_forward(caller, d, &s->calls[i]))
            names_add(&caller->forwards, d->variants[0]->name, NULL);
    }
    for (unsigned i = 0; i < s->kid_count; i++) note_names(program, caller, s->kids[i]);
}

void find_closures(const struct program *program) {
    struct edges edges = {0};
    struct definition *d;
    for (unsigned it = 0; (d = program_next(program, &it));) d->closure = can_be_closure(program, d);
    while (look_once(program, &edges)) {}
    free(edges.list);
    for (unsigned it = 0; (d = program_next(program, &it));)
        for (unsigned i = 0; i < d->variant_count; i++)
            note_names(program, d, d->variants[i]->body);
}
