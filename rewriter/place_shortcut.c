// SPDX-License-Identifier: MIT
/*
 * place_shortcut.c: which calls go past the flag test of a function that has one.
 *
 * A function that other files or pointers call has a flag test, and perhaps a boundary. Calls by
 * name out of fast runs of its own file need neither: the caller's flag decides, as it does for
 * closure functions. So the fast copy becomes a function of its own, NAME__fast, which the
 * compiler inlines where it inlined the original; NAME tests and calls it. A filter on it flags it,
 * and those who call it so.
 *
 * Only calls whose name is in the text, by a caller behind the definition (or in front of a static one, which is
 * declared there in any case). Shortcuts and calls of closures never lead in a circle: see
 * place_closure.c. Circles are found as Tarjan finds them (SIAM J. Comput. 1, 1972): in a strongly
 * connected component no call is a shortcut, and who calls itself, perhaps through others of its component, has no
 * fast copy of its own at all: compilers stop inlining a function into itself, but would go on with two that call each
 * other (xz: lzma_index_end took 16 times the code).
 */
#include "place.h"
#include "mem.h"
#include <stdlib.h>

static bool can_have_shortcuts(const struct definition *d) {
    const struct function *f = d->variants[0];
    return d->twin && !d->closure && !d->alone && d->variant_count == 1 &&
           !(f->flags & (FN_USES_NAME | FN_KEEPS_CODE));
}

/* The definition whose fast copy the call could call, or NULL. */
static struct definition *shortcut_callee(const struct program *program, struct definition *caller,
                                        const struct call *call) {
    struct definition *d = program_callee(program, caller->file->path, call);
    if (!d || !can_have_shortcuts(d) || d->file != caller->file || call->start || call->marked ||
        !call->named || has_alternative(caller, d, call) ||
        !call_fits(caller, d, call))
        return NULL;
    bool declared = !needs_forward(caller, d, call) || d->variants[0]->flags & FN_STATIC;
    return declared ? d : NULL;
}

/* ---- who calls whom without a test ----------------------------------------------------------- */

struct search {
    const struct program *program;
    struct definition **stack;
    unsigned depth, size, order;
};

static void visit(struct search *s, struct definition *d);

static void visit_calls(struct search *s, struct definition *caller, const struct stmt *stmt) {
    for (unsigned i = 0; i < stmt->call_count; i++) {
        const struct call *call = &stmt->calls[i];
        struct definition *d = program_callee(s->program, caller->file->path, call);
        if (d == caller) caller->circle = true;
        if (!d || (!d->closure && !shortcut_callee(s->program, caller, call))) continue;
        if (!d->order) visit(s, d);
        if (d->walk && d->lowest < caller->lowest) caller->lowest = d->lowest;
    }
    for (unsigned i = 0; i < stmt->kid_count; i++) visit_calls(s, caller, stmt->kids[i]);
}

/* Behind it, definitions of one component have the same `lowest`. walk: is on the stack. */
static void visit(struct search *s, struct definition *d) {
    d->order = d->lowest = ++s->order;
    d->walk = 1;
    s->stack = mem_grow(s->stack, s->depth + 1, sizeof(struct definition *));
    s->stack[s->depth++] = d;
    for (unsigned i = 0; i < d->variant_count; i++) visit_calls(s, d, d->variants[i]->body);
    if (d->lowest != d->order) return;
    bool several = s->stack[s->depth - 1] != d;
    struct definition *member;
    do {
        member = s->stack[--s->depth];
        member->circle |= several;
        member->walk = 0;
        member->lowest = d->order;
    } while (member != d);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static void mark_shortcuts(const struct program *program, struct definition *caller, struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++) {
        struct definition *d = shortcut_callee(program, caller, &s->calls[i]);
        if (!d || d->circle || d->lowest == caller->lowest) continue;
        s->calls[i].shortcut = d->shortcut = true;
        if (needs_forward(caller, d, &s->calls[i]))
            names_add(&caller->shortcuts, d->variants[0]->name, NULL);
    }
    for (unsigned i = 0; i < s->kid_count; i++) mark_shortcuts(program, caller, s->kids[i]);
}

void find_shortcuts(const struct program *program) {
    struct search search = {.program = program};
    struct definition *d;
    for (unsigned it = 0; (d = program_next(program, &it));) d->walk = 0;
    for (unsigned it = 0; (d = program_next(program, &it));)
        if (!d->order) visit(&search, d);
    free(search.stack);
    for (unsigned it = 0; (d = program_next(program, &it));)
        if (!d->alone && d->variant_count == 1) mark_shortcuts(program, d, d->variants[0]->body);
}
