// SPDX-License-Identifier: MIT
/*
 * place_calls.c: edits of calls: markers of external calls that may block, in every copy; and
 * calls of closure functions, which have no flag test of their own: a slow run calls their slow
 * copy, base text asks its own flag which copy to call, a fast run needs no edit.
 */
#include "place.h"
#include <string.h>

/* External calls that may block and stand in the text. */
static bool wants_marker(const struct placing *p, const struct call *call) {
    if (!call->callee || !call->end || call->no_return) return false;
    if (program_callee(p->program, p->function->file, call)) return false;
    if (!strcmp(call->callee, "pthread_create")) return true;
    const char *class = program_class(call);
    return !strchr(class, 'n') && (strchr(class, 'b') || strchr(class, 'i'));
}

static bool calls_closure(const struct placing *p, const struct call *call) {
    struct definition *d = program_callee(p->program, p->function->file, call);
    return d && d->closure;
}

/* `point` says that the call has a marker; its number comes later. */
static void add_marker(struct edits *edits, struct call *call) {
    call->point = 1;
    if (!strcmp(call->callee, "pthread_create") || !strcmp(call->callee, "pthread_mutex_lock")) {
        edit_add(edits, (struct edit){.kind = EDIT_CALL_HEAD, .offset = call->begin,
                                      .remove = call->args - call->begin, .call = call});
        return;
    }
    edit_add(edits, (struct edit){.kind = EDIT_CALL_OPEN, .offset = call->begin, .call = call});
    edit_add(edits, (struct edit){.kind = EDIT_CALL_CLOSE, .offset = call->end, .close = true,
                                  .call = call});
}

static void choose_copy(struct edits *edits, struct call *call) {
    if (edits->copy == COPY_SLOW)
        edit_add(edits, (struct edit){.kind = EDIT_SLOW_CALLEE, .offset = call->begin,
                                      .remove = (unsigned)strlen(call->callee), .call = call});
    else if (edits->copy == COPY_BASE)
        edit_add(edits, (struct edit){.kind = EDIT_EITHER_CALLEE, .offset = call->begin,
                                      .remove = call->args - call->begin, .call = call});
}

void mark_calls(struct placing *p, struct edits *edits, const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++) {
        struct call *call = &s->calls[i];
        if (wants_marker(p, call)) add_marker(edits, call);
        else if (calls_closure(p, call)) choose_copy(edits, call);
    }
}

void mark_all_calls(struct placing *p, struct edits *edits, const struct stmt *s) {
    mark_calls(p, edits, s);
    for (unsigned i = 0; i < s->kid_count; i++) mark_all_calls(p, edits, s->kids[i]);
}

bool changes_calls(const struct placing *p, const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++)
        if (wants_marker(p, &s->calls[i]) || calls_closure(p, &s->calls[i])) return true;
    return false;
}
