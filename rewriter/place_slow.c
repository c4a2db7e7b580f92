// SPDX-License-Identifier: MIT
/*
 * place_slow.c: slow copies.
 *
 * Every statement that others can see gets a slot where C allows an insertion; a block with such
 * statements ends with an end slot, so that regions and events end where the text says.
 */
#include "place.h"
#include <string.h>

bool wants_slot(const struct placing *p, const struct stmt *s) {
    if (s->kind == STMT_COMPOUND || s->kind == STMT_NULL || s->kind == STMT_OTHER ||
        s->flags & NO_EFFECT)
        return false;
    bool landed = s->place->node && node_of(p, s->place->node)->landed; /* LOOM_LANDED goes there */
    if (s->flags & PRIVATE && !landed) return s->kind == STMT_RETURN && !has_exit_slot(p, s);
    return s->kind != STMT_DECL || s->flags & IMPURE;
}

bool wants_any_slot(const struct placing *p, const struct stmt *s) {
    if (s->kind == STMT_RETURN || wants_slot(p, s)) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (wants_any_slot(p, s->kids[i])) return true;
    return false;
}

/* ---- groups ---------------------------------------------------------------------------------- */

static bool begins_in(const struct stmt *s, unsigned end) {
    return s->begin && s->begin < end; /* 0: in another file */
}

unsigned group_size(struct stmt *const *items, unsigned count) {
    unsigned size = 1, end = items[0]->end;
    for (; size < count && begins_in(items[size], end); size++)
        if (items[size]->end > end) end = items[size]->end;
    return size;
}

/* What is executed first: a label stands for itself, since it can be reached from elsewhere. */
static struct stmt *first_in(struct stmt *s) {
    struct stmt *first = NULL;
    if (s->kind == STMT_NULL) return NULL;
    if (s->kind != STMT_COMPOUND) return s;
    for (unsigned i = 0; i < s->kid_count && !first; i++) first = first_in(s->kids[i]);
    return first;
}

struct stmt *slot_owner(const struct placing *p, struct stmt **group, unsigned count) {
    struct stmt *s = unlabelled(group[0]), *first = first_in(s);
    bool wanted = false;
    if (count == 1 && !is_macro_block(s)) return wants_slot(p, s) && s->place->node ? s : NULL;
    for (unsigned i = 0; i < count; i++) {
        wanted |= wants_any_slot(p, group[i]);
        if (!first) first = first_in(group[i]);
    }
    return wanted && first && first->place->node ? first : NULL;
}

/* ---- slots ----------------------------------------------------------------------------------- */

static void add_slot(struct edits *slow, enum edit_kind kind, unsigned offset, struct node *node,
                     bool close) {
    node->slot = true;
    edit_add(slow, (struct edit){.kind = kind, .offset = offset, .node = node, .close = close});
}

void slow_slot(struct placing *p, struct edits *slow, struct stmt **group, unsigned count) {
    const struct stmt *s = unlabelled(group[0]), *owner = slot_owner(p, group, count);
    if (!owner || !(s->flags & (INSERT_LIST | INSERT_BODY))) return;
    add_slot(slow, s->kind == STMT_DECL ? EDIT_SLOT_DECL : EDIT_SLOT, s->begin,
             node_of(p, owner->place->node), false);
}

static void slow_end(struct placing *p, struct edits *slow, const struct stmt *body,
                     unsigned offset) {
    if (!body->place->end || !wants_any_slot(p, body)) return;
    struct node *end = node_of(p, body->place->end);
    if (end->reachable) add_slot(slow, EDIT_SLOT, offset, end, true);
}

static void slow_body(struct placing *p, struct edits *slow, struct stmt *body, bool is_else,
                      bool is_switch) {
    if (body->kind == STMT_COMPOUND && body->flags & BRACED) {
        slow_list(p, slow, body->kids, body->kid_count, is_switch);
        slow_end(p, slow, body, body->end - 1);
        return;
    }
    if (is_else && body->kind == STMT_IF) {
        if (body->flags & COND_IN_TEXT && wants_slot(p, body))
            add_slot(slow, EDIT_SLOT_COND, body->cond_begin, node_of(p, body->place->node), false);
        slow_statement(p, slow, body);
        return;
    }
    if (body->flags & CUT || !(body->flags & INSERT_BODY) || is_switch) {
        slow_statement(p, slow, body);
        return;
    }
    edit_add(slow, (struct edit){.kind = EDIT_BRACE_OPEN, .offset = body->begin});
    struct stmt *inner = unlabelled(body);
    if (inner == body || inner->flags & INSERT_LIST) slow_slot(p, slow, &body, 1);
    slow_statement(p, slow, body);
    slow_end(p, slow, body, body->end);
    edit_add(slow, (struct edit){.kind = EDIT_BRACE_CLOSE, .offset = body->end, .close = true});
}

void slow_list(struct placing *p, struct edits *slow, struct stmt **items, unsigned count,
               bool is_switch) {
    bool seen = !is_switch;
    for (unsigned i = 0, size; i < count; i += size) {
        size = group_size(items + i, count - i);
        seen |= is_label(items[i]);
        if (seen) slow_slot(p, slow, items + i, size);
        slow_statement(p, slow, items[i]);
        for (unsigned j = 1; j < size; j++) mark_all_calls(p, slow, items[i + j]);
    }
}

/* Everything inside the statement; its own slot is the caller's business. */
void slow_statement(struct placing *p, struct edits *slow, struct stmt *s) {
    struct stmt **kid = s->kids;
    if (is_label(s)) {
        if (s->kid_count) slow_statement(p, slow, kid[0]);
        return;
    }
    if (is_macro_block(s) || (s->flags & FROM_MACRO && s->kind != STMT_EXPR &&
                              s->kind != STMT_DECL && !is_macro_head(s))) {
        mark_all_calls(p, slow, s);
        return;
    }
    if (s->kind == STMT_RETURN) {
        place_return(p, slow, s);
        return;
    }
    mark_calls(p, slow, s);
    switch (s->kind) {
    case STMT_COMPOUND:
        slow_list(p, slow, kid, s->kid_count, false);
        break;
    case STMT_IF:
        if (s->kid_count) slow_body(p, slow, kid[0], false, false);
        if (s->kid_count > 1) slow_body(p, slow, kid[1], true, false);
        break;
    case STMT_WHILE:
    case STMT_DO:
    case STMT_FOR:
        if (s->kid_count) slow_body(p, slow, kid[0], false, false);
        break;
    case STMT_SWITCH:
        if (s->kid_count) slow_body(p, slow, kid[0], false, true);
        break;
    default: break;
    }
}
