// SPDX-License-Identifier: MIT
/*
 * place_closure.c: which functions need no flag test of their own (design 2, closure).
 *
 * A quiet static function (its only read point is its entry) whose address is not taken and which
 * does not call itself can leave the test to its callers: the caller's flag decides which copy is
 * called, and a filter on the function flags its callers. This holds only if every call of it is
 * in the text, behind its definition, in a function that is instrumented: one call that cannot be
 * edited would run the fast copy for good.
 */
#include "place.h"
#include <string.h>

static bool can_be_closure(const struct definition *d) {
    const struct function *f = d->variants[0];
    return d->twin && f->flags & FN_STATIC && !d->address && !d->alone && d->variant_count == 1;
}

static bool call_fits(const struct program_file *file, const struct definition *caller,
                      const struct definition *d, const struct call *call) {
    if (!call->end || caller->alone || caller == d) return false;
    if (strncmp(file->text.bytes + call->begin, call->callee, strlen(call->callee))) return false;
    return file != d->file || call->begin > d->variants[0]->body_end;
}

/* Returns whether a candidate was dropped. */
static bool check_calls(const struct program *program, const struct definition *caller,
                        const struct stmt *s) {
    bool dropped = false;
    for (unsigned i = 0; i < s->call_count; i++) {
        struct definition *d = program_callee(program, caller->file->path, &s->calls[i]);
        if (d && d->closure && !call_fits(caller->file, caller, d, &s->calls[i]))
            d->closure = false, dropped = true;
    }
    for (unsigned i = 0; i < s->kid_count; i++)
        dropped |= check_calls(program, caller, s->kids[i]);
    return dropped;
}

/* An always_inline function with a test would put its slow copy's call into every caller. */
static bool leave_inline_alone(struct definition *d) {
    const struct function *f = d->variants[0];
    if (d->alone || d->closure || !(f->flags & FN_ALWAYS_INLINE) || f->body->place->reads)
        return false;
    d->reason = "is always_inline: its copies in all callers would grow";
    d->alone = true;
    return true;
}

void find_closures(const struct program *program) {
    struct definition *d;
    for (unsigned it = 0; (d = program_next(program, &it));) d->closure = can_be_closure(d);
    for (bool changed = true; changed;) {
        changed = false;
        for (unsigned it = 0; (d = program_next(program, &it));)
            for (unsigned i = 0; i < d->variant_count; i++)
                changed |= check_calls(program, d, d->variants[i]->body);
        for (unsigned it = 0; (d = program_next(program, &it));) changed |= leave_inline_alone(d);
    }
}
