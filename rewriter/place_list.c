// SPDX-License-Identifier: MIT
/*
 * place_list.c: a list of statements becomes runs and what stands between them.
 *
 * Rules (design 2; research/chunk.md)
 *   - a run holds statements that contain no read point, no label that can be reached from
 *     outside, no static, no asm; only its first statement may be labelled
 *   - its last statement may be a plain one that idles: nothing of the run comes after it
 *   - declarations, and literals that live as long as their block, only in a run that reaches the
 *     end of the block
 *   - a run is never cut by a directive, and defines no macro
 *   - the poll and the entry slot due at the head of the list go into the first run, if nothing
 *     with an effect stands before it
 *   - the end slot of the list goes into the slow half of a run that reaches the end
 */
#include "place.h"
#include "report.h"
#include "mem.h"
#include <stdlib.h>

/* One statement, or a group. */
struct item {
    struct stmt **members;
    struct stmt *outer, *stmt; /* the first one, with and without its labels */
    unsigned begin, end, count;
    bool labelled, insertable, barrier, reads, declares, literal, null;
    bool before_case, ends;
    struct node *poll; /* a label that gotos come back to */
};

static struct item make_item(struct placing *p, struct stmt **member) {
    struct stmt *outer = *member, *s = unlabelled(outer);
    bool in_text = (s->flags & IN_TEXT) != 0;
    return (struct item){
        .members = member,
        .outer = outer,
        .stmt = s,
        .begin = s->begin,
        .end = s->end,
        .count = 1,
        .labelled = outer != s,
        .insertable = in_text && s->flags & INSERT_LIST,
        .barrier = s->place->barrier || s->place->open_case,
        .reads = s->place->reads,
        .declares = s->kind == STMT_DECL,
        .literal = s->kind == STMT_COMPOUND ? false : stmt_any(s, OWN_LITERAL),
        .null = (s->flags & NO_EFFECT) != 0,
        .poll = s->place->poll && !is_loop(s) ? node_of(p, s->place->poll) : NULL,
    };
}

static void join_item(struct item *into, const struct item *more) {
    into->count += more->count;
    if (more->end > into->end) into->end = more->end;
    into->barrier |= more->barrier | more->labelled;
    into->reads |= more->reads;
    into->declares |= more->declares;
    into->literal |= more->literal;
    into->null = false;
}

static bool is_plain(const struct item *item) {
    enum stmt_kind kind = item->stmt->kind;
    return item->count == 1 && (kind == STMT_EXPR || kind == STMT_RETURN || is_jump(item->stmt));
}

static bool can_move(const struct item *item) {
    return item->insertable && !item->barrier && !item->before_case;
}

/* Which items can begin a run that reaches the end; the text between is not looked at. */
static void find_ends(struct item *items, unsigned count) {
    bool behind = true, work = false; /* what comes behind can be in it, not as its first */
    for (unsigned i = count; behind && i-- > 0;) {
        struct item *item = &items[i];
        bool moves = can_move(item) && !(item->reads && (i + 1 < count || !is_plain(item)));
        work |= !item->null && !item->declares;
        item->ends = moves && work;
        behind = moves && !item->labelled && !item->poll;
    }
}

static unsigned make_items(struct placing *p, const struct list_context *c, struct item *items) {
    unsigned count = 0;
    bool seen = !c->is_switch;
    for (unsigned i = 0; i < c->count; i++) {
        struct item item = make_item(p, c->items + i);
        seen |= item.labelled;
        item.before_case = !seen;
        if (count && item.begin && item.begin < items[count - 1].end)
            join_item(&items[count - 1], &item);
        else items[count++] = item;
        /* Its label comes out of the macro of those before: they cannot be written twice. */
        if (count > 1 && c->items[i]->begin < items[count - 2].end) items[count - 2].barrier = true;
    }
    find_ends(items, count);
    return count;
}

/* One slot in front, none inside. */
static bool is_whole(const struct item *item) {
    return item->count > 1 || is_macro_block(item->stmt);
}

/* The run that starts at `first`: index behind its last item, or `first` if there is none. */
static unsigned plain_run(struct placing *p, const struct item *items, unsigned first,
                          unsigned count) {
    unsigned end = first;
    for (unsigned i = first; i < count; i++) {
        const struct item *item = &items[i];
        if (!can_move(item) || item->declares || item->literal ||
            (i > first && (item->labelled || item->poll)) ||
            !text_balanced(p->text, items[first].begin, item->end))
            break;
        if (item->reads && !is_plain(item)) break;
        end = i + 1;
        if (item->reads) break;
    }
    return end;
}

static unsigned run_to_the_end(struct placing *p, const struct item *items, unsigned first,
                               unsigned count) {
    if (!items[first].ends || !text_balanced(p->text, items[first].begin, items[count - 1].end))
        return first;
    return count;
}

static unsigned find_run(struct placing *p, const struct list_context *c, const struct item *items,
                         unsigned first, unsigned count) {
    if (p->single || items[first].null) return first;
    if (c->dispatch) return count;
    unsigned to_end = run_to_the_end(p, items, first, count);
    return to_end > first ? to_end : plain_run(p, items, first, count);
}

/* ---- writing down ---------------------------------------------------------------------------- */

static void mark_members(struct placing *p, struct edits *edits, const struct item *item) {
    for (unsigned i = 1; i < item->count; i++) mark_all_calls(p, edits, item->members[i]);
}

static void slow_items(struct placing *p, struct run *run, struct item *items, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        slow_slot(p, &run->slow, items[i].members, items[i].count);
        slow_statement(p, &run->slow, items[i].stmt);
        mark_members(p, &run->slow, &items[i]);
        mark_all_calls(p, &run->fast, items[i].stmt);
        mark_members(p, &run->fast, &items[i]);
    }
}

static void add_close(struct run *run, struct node *node) {
    if (!node || !node->reachable) return;
    node->slot = true;
    edit_add(&run->slow,
             (struct edit){.kind = EDIT_SLOT, .offset = run->end, .node = node, .close = true});
}

/* The node that a thread comes to first in the statement. */
static unsigned first_node(const struct stmt *s) {
    while ((s->kind == STMT_COMPOUND || is_label(s)) && s->kid_count) s = s->kids[0];
    return s->place->node;
}

static void place_run(struct placing *p, struct item *items, unsigned count, struct node *poll,
                      struct node *entry, struct node *close) {
    struct run *run = mem_zero(1, sizeof *run);
    run->fast.copy = COPY_FAST;
    run->slow.copy = COPY_SLOW;
    run->begin = items[0].begin;
    run->end = items[count - 1].end;
    run->poll = poll ? poll : items[0].poll;
    run->read_memory = run->poll != NULL;
    run->declares = items[0].declares;
    if (entry) {
        entry->slot = entry->read = true;
        edit_add(&run->slow, (struct edit){.kind = run->declares ? EDIT_SLOT_DECL : EDIT_SLOT,
                                           .offset = run->begin, .node = entry});
    }
    slow_items(p, run, items, count);
    /* Those of the first statement stand in front of both copies. */
    for (unsigned i = 0; i < count; i++) add_labels(&run->labels, i ? items[i].outer : items[i].stmt);
    add_close(run, close);
    unsigned first = first_node(items[0].stmt);
    if (first) node_of(p, first)->read = true;
    edit_add(p->base, (struct edit){.kind = EDIT_RUN, .offset = run->begin, .run = run});
}

static void base_slot(struct placing *p, const struct item *item) {
    const struct stmt *s = item->stmt, *owner = slot_owner(p, item->members, item->count);
    if (!owner || !(s->flags & INSERT_LIST)) return;
    struct node *node = node_of(p, owner->place->node);
    node->slot = node->read = true;
    bool declares = s->kind == STMT_DECL && !item->labelled;
    if (node->landed && !declares)
        edit_add(p->base, (struct edit){.kind = EDIT_LANDED, .offset = s->begin});
    edit_add(p->base,
             (struct edit){.kind = declares ? EDIT_IF_SLOT_DECL : EDIT_IF_SLOT,
                           .offset = s->begin,
                           .node = node});
}

static void base_poll(struct placing *p, struct node *poll, unsigned offset, enum edit_kind kind) {
    edit_add(p->base, (struct edit){.kind = kind, .offset = offset, .node = poll});
}

static void base_statement(struct placing *p, struct stmt *s);

static void base_body(struct placing *p, struct stmt *body, struct node *poll, bool is_else,
                      bool is_switch, bool dispatch) {
    bool ends = body->place->end && wants_any_slot(p, body);
    struct node *end = ends ? node_of(p, body->place->end) : NULL;
    struct list_context list = {.items = &body, .count = 1, .is_switch = is_switch, .poll = poll,
                                .close = end, .close_needed = poll != NULL,
                                .dispatch = dispatch};
    if (body->kind == STMT_COMPOUND && body->flags & BRACED) {
        list.items = body->kids;
        list.count = body->kid_count;
        list.begin = body->begin + 1;
        list.end = body->end - 1;
        list.in_text = true;
        place_list(p, &list);
        return;
    }
    if (is_else && body->kind == STMT_IF) {
        if (body->flags & COND_IN_TEXT && wants_slot(p, body)) {
            struct node *node = node_of(p, body->place->node);
            node->slot = node->read = true;
            edit_add(p->base, (struct edit){.kind = EDIT_IF_SLOT_COND, .offset = body->cond_begin,
                                            .node = node});
        }
        base_statement(p, body);
        return;
    }
    if (body->kind == STMT_NULL && poll && body->flags & IN_TEXT && !(body->flags & FROM_MACRO)) {
        base_poll(p, poll, body->begin, EDIT_IF_POLL_EMPTY);
        return;
    }
    if (body->flags & CUT || !(body->flags & INSERT_BODY) || is_label(body) || is_switch) {
        base_statement(p, body);
        return;
    }
    body->flags |= INSERT_LIST; /* within the braces that come now */
    edit_add(p->base, (struct edit){.kind = EDIT_BRACE_OPEN, .offset = body->begin});
    list.begin = body->begin;
    list.end = body->end;
    list.in_text = true;
    place_list(p, &list);
    edit_add(p->base, (struct edit){.kind = EDIT_BRACE_CLOSE, .offset = body->end, .close = true});
}

/* A statement outside of runs, its own slot already placed: what is inside. */
static void base_statement(struct placing *p, struct stmt *s) {
    if (is_label(s)) {
        if (s->kid_count) base_statement(p, s->kids[0]);
        return;
    }
    if (is_closed(s)) {
        mark_all_calls(p, p->base, s);
        return;
    }
    if (s->kind == STMT_RETURN) {
        place_return(p, p->base, s);
        return;
    }
    mark_calls(p, p->base, s);
    struct node *poll = is_loop(s) && s->place->poll ? node_of(p, s->place->poll) : NULL;
    switch (s->kind) {
    case STMT_COMPOUND:
        place_list(p, &(struct list_context){.items = s->kids, .count = s->kid_count,
                                             .begin = s->begin + 1, .end = s->end - 1,
                                             .in_text = true});
        break;
    case STMT_IF:
        if (s->kid_count) base_body(p, s->kids[0], NULL, false, false, false);
        if (s->kid_count > 1) base_body(p, s->kids[1], NULL, true, false, false);
        break;
    case STMT_WHILE:
    case STMT_DO:
    case STMT_FOR:
        if (s->kid_count) base_body(p, s->kids[0], poll, false, false, s->place->dispatch);
        break;
    case STMT_SWITCH:
        if (s->kid_count) base_body(p, s->kids[0], NULL, false, true, false);
        break;
    default: break;
    }
}

/* ---- the list -------------------------------------------------------------------------------- */

/* The head's poll and entry slot can wait for the run at `first`: nothing happens before it. */
static bool quiet_before(const struct item *items, unsigned first) {
    for (unsigned i = 0; i < first; i++)
        if (!items[i].null && !(items[i].declares && items[i].stmt->flags & DECL_PLAIN) &&
            !items[i].before_case)
            return false;
    return true;
}

static unsigned first_run(struct placing *p, const struct list_context *c,
                          const struct item *items, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (find_run(p, c, items, i, count) > i) return i;
    return count;
}

static void place_head(struct placing *p, const struct list_context *c) {
    if (c->poll) base_poll(p, c->poll, c->begin, EDIT_IF_POLL_DECL);
    if (c->entry) {
        c->entry->slot = c->entry->read = true;
        edit_add(p->base,
                 (struct edit){.kind = EDIT_IF_SLOT_DECL, .offset = c->begin, .node = c->entry});
    }
}

static void place_close(struct placing *p, const struct list_context *c) {
    if (!c->close || !c->close->reachable || !c->in_text) return;
    if (!c->close_needed) return;
    c->close->slot = c->close->read = true;
    edit_add(p->base, (struct edit){.kind = EDIT_IF_SLOT, .offset = c->end, .node = c->close,
                                    .close = c->end > c->begin}); /* {}: behind the head's */
}

static void place_item(struct placing *p, struct item *item) {
    if (item->poll && item->insertable)
        base_poll(p, item->poll, item->begin, EDIT_IF_POLL);
    if (!item->before_case) base_slot(p, item);
    base_statement(p, item->stmt);
    mark_members(p, p->base, item);
}

/* Written twice it would gain nothing: one slot in front costs the same test. */
static bool is_lone(const struct item *item) {
    return (is_plain(item) || is_whole(item)) && item->stmt->kind != STMT_RETURN && !item->poll;
}

static bool wants_slot_inside(const struct placing *p, const struct item *item) {
    for (unsigned i = 0; i < item->count; i++)
        if (wants_any_slot(p, item->members[i])) return true;
    return false;
}

/* Its slow half would be the same. */
static bool needs_no_run(const struct placing *p, const struct item *items, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        if (items[i].poll || wants_slot_inside(p, &items[i])) return false;
    return true;
}

void place_list(struct placing *p, const struct list_context *c) {
    struct item *items = mem_zero(c->count + 1, sizeof *items);
    unsigned count = make_items(p, c, items), head = first_run(p, c, items, count);
    bool merge = head < count && quiet_before(items, head) && !items[head].labelled;
    if (!merge && c->in_text) place_head(p, c);
    bool closed = false;
    for (unsigned i = 0; i < count;) {
        unsigned end = find_run(p, c, items, i, count);
        bool first = merge && i == head;
        bool closes = end == count && c->close && c->close->reachable;
        bool lone = end == i + 1 && !closes && !first && is_lone(&items[i]);
        bool quiet = !closes && !first && needs_no_run(p, items + i, end - i);
        if (end == i || lone || quiet) {
            place_item(p, &items[i++]);
            continue;
        }
        closed = end == count;
        if (c->dispatch && !text_repeats(p->text, items[i].begin, items[end - 1].end)) {
            items[i].begin = c->begin; /* in front of an #if, behind an #endif */
            items[end - 1].end = c->end;
        }
        place_run(p, items + i, end - i, first ? c->poll : NULL, first ? c->entry : NULL,
                  closed ? c->close : NULL);
        i = end;
    }
    if (!closed) place_close(p, c);
    free(items);
}
