// SPDX-License-Identifier: MIT
/*
 * place_calls.c: edits of calls: markers (place_marks.c says of which), in every copy; calls of
 * closure functions, which have no flag test of their own: a slow run calls their slow copy, base
 * text asks its own flag which copy to call, a fast run needs no edit; and shortcuts: a fast run
 * calls the fast copy past the callee's test, others need no edit.
 */
#include "place.h"
#include <string.h>

static bool calls_closure(const struct placing *p, const struct call *call) {
    struct definition *d = program_callee(p->program, p->function->file, call);
    return d && d->closure;
}

/* `point` says that the call has a marker; its number comes later. */
static void add_marker(struct edits *edits, struct call *call) {
    call->point = 1;
    if (call->args &&
        (!strcmp(call->callee, "pthread_create") || !strcmp(call->callee, "pthread_mutex_lock"))) {
        edit_add(edits, (struct edit){.kind = EDIT_CALL_HEAD, .offset = call->begin,
                                      .remove = call->args - call->begin, .call = call});
        return;
    }
    edit_add(edits, (struct edit){.kind = EDIT_CALL_OPEN, .offset = call->begin, .call = call});
    edit_add(edits, (struct edit){.kind = EDIT_CALL_CLOSE, .offset = call->end, .close = true,
                                  .call = call});
}

/* In the arguments of a marked call: inside for its time. */
static void add_back(struct edits *edits, struct call *call, bool open) {
    edit_add(edits, (struct edit){.kind = open ? EDIT_BACK_OPEN : EDIT_CALL_CLOSE,
                                  .offset = open ? call->begin : call->end, .close = !open,
                                  .call = call});
}

static bool replaces_name(enum edit_kind kind) {
    return kind == EDIT_SLOW_CALLEE || kind == EDIT_FAST_CALLEE || kind == EDIT_EITHER_CALLEE ||
           kind == EDIT_EITHER_ONCE;
}

/* A macro may expand the argument that has the call more than once: that is one place in the text. If
 * only one of them may stand there twice, it may not. */
static void replace_name(struct edits *edits, enum edit_kind kind, struct call *call, unsigned length) {
    struct edit edit = {.kind = kind, .offset = call->named, .remove = length, .call = call};
    for (unsigned i = edits->count; call->from_macro && i-- > 0;) {
        struct edit *other = &edits->list[i];
        if (other->offset != edit.offset || !replaces_name(other->kind)) continue;
        if (kind == EDIT_EITHER_ONCE) other->kind = kind, other->remove = length;
        return;
    }
    edit_add(edits, edit);
}

/* Arguments that declare or label something; or calls in calls in calls, whose text would double each time. */
static bool is_once(const struct stmt *s, const struct call *call) {
    enum { FEW = 3 };
    return s->flags & (OWN_STATIC | OWN_TABLE | OWN_LABEL | OWN_ASM) || call->inner > FEW;
}

static void choose_copy(const struct placing *p, struct edits *edits, const struct stmt *s,
                        struct call *call) {
    unsigned length = (unsigned)strlen(call->callee);
    if (edits->copy == COPY_SLOW) {
        replace_name(edits, EDIT_SLOW_CALLEE, call, length);
    } else if (edits->copy == COPY_BASE && is_once(s, call)) {
        replace_name(edits, EDIT_EITHER_ONCE, call, length);
    } else if (edits->copy == COPY_BASE) {
        while (p->text->bytes[call->named + length] != '(') length++;
        replace_name(edits, EDIT_EITHER_CALLEE, call, length + 1);
    }
}

static void add_shortcut(struct edits *edits, struct call *call) {
    replace_name(edits, EDIT_FAST_CALLEE, call, (unsigned)strlen(call->callee));
}

void mark_calls(struct placing *p, struct edits *edits, const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++) {
        struct call *call = &s->calls[i];
        if (call->back) add_back(edits, call, true);
        if (call->marked) add_marker(edits, call);
        else if (call->named && calls_closure(p, call)) choose_copy(p, edits, s, call);
        else if (call->shortcut && edits->copy == COPY_FAST) add_shortcut(edits, call);
        if (call->back) add_back(edits, call, false);
    }
}

void mark_all_calls(struct placing *p, struct edits *edits, const struct stmt *s) {
    mark_calls(p, edits, s);
    for (unsigned i = 0; i < s->kid_count; i++) mark_all_calls(p, edits, s->kids[i]);
}

bool changes_calls(const struct placing *p, const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++)
        if (s->calls[i].marked || s->calls[i].back || calls_closure(p, &s->calls[i])) return true;
    return false;
}
