// SPDX-License-Identifier: MIT
/*
 * place_exit.c: ways out of a function.
 *
 * Rule: a return gives its value to a temporary, runs the exit slot, and returns. Where one return
 * of a function has no place for that (it comes out of a macro, or is cut by a directive), the
 * whole function gets a hook instead: a first declaration whose cleanup is the exit slot of every
 * way out. Tail calls stay what they are as long as the exit slot has no operation.
 */
#include "place.h"
#include <string.h>

/* The temporary has the function's return type, or, where that has no name, the value's. */
static bool can_hold_value(const struct placing *p, const struct stmt *s) {
    if (!s->value_end || p->function->flags & (FN_VOID | FN_RESULT_VARIES)) return false;
    return !(p->function->flags & FN_RECORD) ||
           !text_has_newline(p->text, s->value_begin, s->value_end);
}

/* ---- the hook -------------------------------------------------------------------------------- */

static bool has_place(const struct function *f, const struct stmt *s) {
    if (!(s->flags & IN_TEXT) || s->flags & (FROM_MACRO | CUT)) return false;
    if (f->flags & FN_VOID) return !s->value_end && s->flags & (INSERT_LIST | INSERT_BODY);
    return s->value_end && !(f->flags & (FN_RESULT_VARIES | FN_RECORD));
}

/* closed: it stands in something that gets no edits inside. */
static bool any_return_without_place(const struct function *f, const struct stmt *s, bool closed) {
    if (s->kind == STMT_RETURN && (closed || !has_place(f, s))) return true;
    if (s->flags & OWN_RETURN) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (any_return_without_place(f, s->kids[i], closed || is_closed(s))) return true;
    return false;
}

/* A cleanup would make a frame of every turn of a recursion that is a loop now. */
static bool calls_itself_last(const struct function *f, const struct stmt *s) {
    if (s->kind == STMT_RETURN && s->flags & TAIL_CALL)
        for (unsigned i = 0; i < s->call_count; i++)
            if (s->calls[i].callee && !strcmp(s->calls[i].callee, f->name)) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (calls_itself_last(f, s->kids[i])) return true;
    return false;
}

/* [[clang::musttail]] return f(x); must not leave the scope of a cleanup. */
static bool has_attributed_return(const struct stmt *s) {
    if (s->kind == STMT_OTHER && s->flags & OWN_RETURN) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (has_attributed_return(s->kids[i])) return true;
    return false;
}

bool needs_hook(const struct function *f) {
    return !(f->flags & FN_NO_RETURN) && any_return_without_place(f, f->body, false) &&
           !calls_itself_last(f, f->body) && !has_attributed_return(f->body);
}

void place_hook(struct placing *p, struct edits *edits) {
    struct node *exit = node_of(p, p->function->body->place->exit);
    if (!p->definition->hooked || !exit->reachable) return;
    exit->slot = true;
    exit->read |= edits->copy == COPY_BASE;
    edit_add(edits, (struct edit){.kind = edits->copy == COPY_BASE ? EDIT_IF_EXIT_HOOK
                                                                   : EDIT_EXIT_HOOK,
                                  .offset = p->function->body_begin + 1,
                                  .node = exit});
}

/* ---- tail calls ------------------------------------------------------------------------------ */

/* A list walk of a million elements must not use up the stack only because its function is
 * flagged. */
static void keep_tail_call(struct placing *p, struct edits *slow, struct stmt *s) {
    if (s->flags & TAIL_CALL && s->flags & (INSERT_LIST | INSERT_BODY) && !changes_calls(p, s) &&
        !text_has_newline(p->text, s->value_begin, s->value_end))
        edit_add(slow, (struct edit){.kind = EDIT_TAIL, .offset = s->begin,
                                     .node = node_of(p, s->place->exit), .stmt = s});
}

static bool is_self_call(const struct placing *p, const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++)
        if (s->calls[i].callee && !strcmp(s->calls[i].callee, p->function->name) &&
            s->calls[i].end && s->calls[i].begin == s->begin && s->calls[i].end + 1 == s->end)
            return true;
    return false;
}

void keep_last_call(struct placing *p, struct edits *slow, struct stmt *s, struct node *exit) {
    if (s->kind == STMT_EXPR && s->flags & INSERT_LIST && is_self_call(p, s) &&
        !changes_calls(p, s) && !text_has_newline(p->text, s->begin, s->end))
        edit_add(slow, (struct edit){.kind = EDIT_TAIL, .offset = s->begin, .node = exit,
                                     .stmt = s});
}

/* ---- returns --------------------------------------------------------------------------------- */

static void value_slot(struct placing *p, struct edits *edits, struct stmt *s) {
    struct node *exit = node_of(p, s->place->exit);
    bool base = edits->copy == COPY_BASE;
    exit->slot = true;
    exit->read = base;
    edit_add(edits, (struct edit){.kind = EDIT_VALUE_OPEN, .offset = s->value_begin, .node = exit,
                                  .stmt = s});
    mark_calls(p, edits, s);
    edit_add(edits, (struct edit){.kind = base ? EDIT_IF_VALUE_CLOSE : EDIT_VALUE_CLOSE,
                                  .offset = s->value_end, .node = exit, .stmt = s, .close = true});
}

/* return; */
static void bare_slot(struct placing *p, struct edits *edits, struct stmt *s) {
    struct node *exit = node_of(p, s->place->exit);
    bool base = edits->copy == COPY_BASE;
    exit->slot = true;
    exit->read = base;
    edit_add(edits, (struct edit){.kind = base ? EDIT_IF_SLOT : EDIT_SLOT, .offset = s->begin,
                                  .node = exit});
}

bool has_exit_slot(const struct placing *p, const struct stmt *s) {
    if (p->definition->hooked) return node_of(p, p->function->body->place->exit)->reachable;
    if (!s->place->exit || s->flags & FROM_MACRO) return false;
    return can_hold_value(p, s) || (has_place(p->function, s) && !s->value_end);
}

void place_return(struct placing *p, struct edits *edits, struct stmt *s) {
    if (s->place->exit && can_hold_value(p, s)) {
        if (edits->copy == COPY_SLOW) keep_tail_call(p, edits, s);
        value_slot(p, edits, s);
        return;
    }
    if (s->place->exit && has_place(p->function, s) && !s->value_end) bare_slot(p, edits, s);
    mark_calls(p, edits, s);
}
