// SPDX-License-Identifier: MIT
/* cfg.c: see cfg.h. */
#include "cfg.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct label {
    const char *name;
    unsigned node;
};

struct builder {
    struct cfg *cfg;
    struct label *labels;
    unsigned label_count;
    struct {
        unsigned node;
        const char *name; /* NULL: every label whose address is taken */
    } *gotos;
    unsigned goto_count;
    const char **taken; /* labels whose address is taken */
    unsigned taken_count;
    bool one_exit;
};

/* Where the jumps of a statement go. */
struct targets {
    unsigned brk, cont;
    struct cases *cases;
};

struct cases {
    unsigned *nodes, count;
    bool has_default;
};

static unsigned add_node(struct cfg *cfg, enum node_kind kind, struct stmt *stmt) {
    if (cfg->count == cfg->room) {
        cfg->room = cfg->room ? cfg->room * 2 : 16;
        cfg->nodes = mem_grow(cfg->nodes, cfg->room, sizeof *cfg->nodes);
    }
    cfg->nodes[cfg->count] = (struct node){.kind = kind, .stmt = stmt};
    return cfg->count++;
}

static void append(struct node *node, unsigned to) {
    if (node->next_count == node->next_room) {
        node->next_room = node->next_room ? node->next_room * 2 : 1;
        node->next = mem_grow(node->next, node->next_room, sizeof *node->next);
    }
    node->next[node->next_count++] = to;
}

static void add_goto(struct builder *b, unsigned node, const char *name) {
    b->gotos = mem_grow(b->gotos, b->goto_count + 1, sizeof *b->gotos);
    b->gotos[b->goto_count].node = node;
    b->gotos[b->goto_count++].name = name;
}

static void link_nodes(struct cfg *cfg, unsigned from, unsigned to) {
    struct node *node = &cfg->nodes[from];
    for (unsigned i = 0; i < node->next_count; i++)
        if (node->next[i] == to) return;
    append(node, to);
}

/* The same for a switch or a computed goto, which may have thousands. */
static void link_many(struct cfg *cfg, unsigned from, const unsigned *to, unsigned count) {
    struct node *node = &cfg->nodes[from];
    unsigned walk = ++cfg->walks;
    for (unsigned i = 0; i < node->next_count; i++) cfg->nodes[node->next[i]].walk = walk;
    for (unsigned i = 0; i < count; i++) {
        if (cfg->nodes[to[i]].walk == walk) continue;
        cfg->nodes[to[i]].walk = walk;
        append(node, to[i]);
    }
}

static bool dies(const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++)
        if (s->calls[i].no_return) return true;
    return false;
}

/* A call that never returns ends a plain statement, but may be on one side of ?: or && only. The
 * extra edge is kept wherever the statement has more than that one call. */
static bool surely_dies(const struct stmt *s) {
    return s->kind == STMT_EXPR && s->call_count == 1 && dies(s) && !(s->flags & FROM_MACRO) &&
           s->calls[0].begin == s->begin;
}

/* &&label: any computed goto may lead there. */
static void take_label(struct builder *b, const char *label) {
    b->taken = mem_grow(b->taken, b->taken_count + 1, sizeof *b->taken);
    b->taken[b->taken_count++] = label;
}

/* Where statement expressions in the statement's own expressions, and an asm, jump to. */
static void link_own(struct builder *b, unsigned node, const struct stmt *s, struct targets t,
                     unsigned leave) {
    if (s->flags & OWN_RETURN) link_nodes(b->cfg, node, leave);
    if (s->flags & OWN_BREAK && t.brk) link_nodes(b->cfg, node, t.brk);
    if (s->flags & OWN_BREAK && t.cont) link_nodes(b->cfg, node, t.cont);
    for (unsigned i = 0; i < s->target_count; i++) {
        if (s->flags & OWN_LABEL && s->kind != STMT_ASM) take_label(b, s->targets[i]);
        add_goto(b, node, s->targets[i]);
    }
}

static unsigned build(struct builder *b, struct stmt *s, unsigned next, struct targets t,
                      unsigned leave);

static unsigned build_body(struct builder *b, struct stmt *body, unsigned next, struct targets t,
                           unsigned leave) {
    unsigned end = body->place->end = add_node(b->cfg, NODE_END, body);
    link_nodes(b->cfg, end, next);
    return build(b, body, end, t, leave);
}

static unsigned build_loop(struct builder *b, struct stmt *s, unsigned next, struct targets t,
                           unsigned leave) {
    struct cfg *cfg = b->cfg;
    struct place *p = s->place;
    unsigned node = p->node = add_node(cfg, NODE_STMT, s);
    unsigned cond = p->cond = add_node(cfg, NODE_COND, s);
    link_own(b, node, s, t, leave);
    link_own(b, cond, s, t, leave);
    t.brk = next;
    t.cont = cond;
    if (s->flags & OWN_BREAK) link_nodes(cfg, cond, next);
    unsigned body = s->kid_count ? build_body(b, s->kids[0], cond, t, leave) : cond;
    if (p->polled) {
        unsigned poll = p->poll = add_node(cfg, NODE_POLL, s);
        link_nodes(cfg, poll, body);
        body = poll;
    }
    if (!(s->flags & NEVER_TRUE)) link_nodes(cfg, cond, body);
    if (!(s->flags & ALWAYS_TRUE)) link_nodes(cfg, cond, next);
    link_nodes(cfg, node, s->kind == STMT_DO ? body : cond);
    return node;
}

static unsigned build_switch(struct builder *b, struct stmt *s, unsigned next, struct targets t,
                             unsigned leave) {
    struct cases cases = {0};
    unsigned node = s->place->node = add_node(b->cfg, NODE_STMT, s);
    link_own(b, node, s, t, leave);
    t.brk = next;
    t.cases = &cases;
    if (s->kid_count) build_body(b, s->kids[0], next, t, leave);
    link_many(b->cfg, node, cases.nodes, cases.count);
    if (!cases.has_default) link_nodes(b->cfg, node, next);
    free(cases.nodes);
    return node;
}

static unsigned build_label(struct builder *b, struct stmt *s, unsigned next, struct targets t,
                            unsigned leave) {
    unsigned first = s->kid_count ? build(b, s->kids[0], next, t, leave) : next;
    if (s->kind == STMT_LABEL) {
        b->labels = mem_grow(b->labels, b->label_count + 1, sizeof *b->labels);
        b->labels[b->label_count++] = (struct label){s->name, first};
    } else if (t.cases) {
        t.cases->nodes = mem_grow(t.cases->nodes, t.cases->count + 1, sizeof(unsigned));
        t.cases->nodes[t.cases->count++] = first;
        t.cases->has_default |= s->kind == STMT_DEFAULT;
    }
    return first;
}

static unsigned build_if(struct builder *b, struct stmt *s, unsigned next, struct targets t,
                         unsigned leave) {
    unsigned node = s->place->node = add_node(b->cfg, NODE_STMT, s);
    link_own(b, node, s, t, leave);
    if (s->kid_count) link_nodes(b->cfg, node, build_body(b, s->kids[0], next, t, leave));
    if (s->kid_count < 2) link_nodes(b->cfg, node, next);
    else if (s->kids[1]->kind == STMT_IF) link_nodes(b->cfg, node, build(b, s->kids[1], next, t, leave));
    else link_nodes(b->cfg, node, build_body(b, s->kids[1], next, t, leave));
    return node;
}

static unsigned build_jump(struct builder *b, struct stmt *s, struct targets t) {
    unsigned node = s->place->node = add_node(b->cfg, NODE_STMT, s);
    if (s->kind == STMT_BREAK) link_nodes(b->cfg, node, t.brk);
    else if (s->kind == STMT_CONTINUE) link_nodes(b->cfg, node, t.cont);
    else add_goto(b, node, s->kind == STMT_GOTO ? s->name : NULL);
    for (unsigned i = 0; i < s->target_count; i++) take_label(b, s->targets[i]);
    return node;
}

static unsigned build_simple(struct builder *b, struct stmt *s, unsigned next, struct targets t,
                             unsigned leave) {
    unsigned node = s->place->node = add_node(b->cfg, NODE_STMT, s);
    if (s->kind == STMT_RETURN && b->one_exit) {
        link_nodes(b->cfg, node, leave);
    } else if (s->kind == STMT_RETURN) {
        unsigned exit = s->place->exit = add_node(b->cfg, NODE_EXIT, s);
        link_nodes(b->cfg, node, exit);
    } else if (!surely_dies(s)) {
        link_nodes(b->cfg, node, next);
    }
    link_own(b, node, s, t, leave);
    return node;
}

/* Statements before the one at `s` in the text come before it in the graph: a node that polls at a
 * label that is jumped back to stands in front of its statement. */
static unsigned with_poll(struct builder *b, struct stmt *s, unsigned first) {
    if (is_loop(s) || !s->place->polled) return first;
    unsigned poll = s->place->poll = add_node(b->cfg, NODE_POLL, s);
    link_nodes(b->cfg, poll, first);
    return poll;
}

static unsigned build(struct builder *b, struct stmt *s, unsigned next, struct targets t,
                      unsigned leave) {
    switch (s->kind) {
    case STMT_COMPOUND: {
        unsigned first = next;
        for (unsigned i = s->kid_count; i-- > 0;) first = build(b, s->kids[i], first, t, leave);
        return with_poll(b, s, first);
    }
    case STMT_NULL: return with_poll(b, s, next);
    case STMT_IF: return with_poll(b, s, build_if(b, s, next, t, leave));
    case STMT_WHILE:
    case STMT_DO:
    case STMT_FOR: return build_loop(b, s, next, t, leave);
    case STMT_SWITCH: return with_poll(b, s, build_switch(b, s, next, t, leave));
    case STMT_CASE:
    case STMT_DEFAULT:
    case STMT_LABEL: return build_label(b, s, next, t, leave);
    case STMT_GOTO:
    case STMT_GOTO_ANY:
    case STMT_BREAK:
    case STMT_CONTINUE: return with_poll(b, s, build_jump(b, s, t));
    default: return with_poll(b, s, build_simple(b, s, next, t, leave));
    }
}

static int by_name(const void *x, const void *y) {
    const struct label *a = x, *b = y;
    int order = strcmp(a->name, b->name);
    if (order) return order;
    return a->node < b->node ? -1 : a->node > b->node;
}

/* A growing list of nodes. */
struct nodes {
    unsigned *list, count, room;
};

/* Those of the labels with this name, or of all. */
static void add_labels(struct nodes *nodes, const struct builder *b, const char *name) {
    unsigned low = 0, high = strcmp(name, ANY_LABEL) ? b->label_count : 0;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (strcmp(b->labels[middle].name, name) < 0) low = middle + 1;
        else high = middle;
    }
    for (; low < b->label_count; low++) {
        if (strcmp(name, ANY_LABEL) && strcmp(b->labels[low].name, name)) return;
        if (nodes->count == nodes->room) {
            nodes->room = nodes->room ? nodes->room * 2 : 16;
            nodes->list = mem_grow(nodes->list, nodes->room, sizeof *nodes->list);
        }
        nodes->list[nodes->count++] = b->labels[low].node;
    }
}

static void resolve_gotos(struct builder *b) {
    struct nodes taken = {0}, named = {0};
    if (b->label_count) qsort(b->labels, b->label_count, sizeof *b->labels, by_name);
    for (unsigned i = 0; i < b->taken_count; i++) add_labels(&taken, b, b->taken[i]);
    for (unsigned i = 0; i < b->goto_count; i++) {
        const char *name = b->gotos[i].name;
        named.count = 0;
        if (name) add_labels(&named, b, name);
        const struct nodes *to = name ? &named : &taken;
        link_many(b->cfg, b->gotos[i].node, to->list, to->count);
    }
    free(taken.list);
    free(named.list);
}

static bool visit(struct node *node, bool landed) {
    bool *seen = landed ? &node->landed : &node->reachable;
    return *seen ? false : (*seen = true);
}

/* LOOM_LANDED stands in front of it in any case: what comes behind needs none. */
static bool corrects(const struct node *node) {
    const struct stmt *s = node->stmt;
    const uint32_t wanted = IN_TEXT | INSERT_LIST;
    return node->kind == NODE_STMT && (s->flags & (wanted | FROM_MACRO | TO_MACRO | NO_EFFECT)) == wanted &&
           s->place->editable && (s->kind == STMT_EXPR || s->kind == STMT_RETURN);
}

static void mark_behind(struct cfg *cfg, unsigned from, bool landed) {
    unsigned *stack = mem_grow(NULL, cfg->count + 1, sizeof *stack), depth = 0;
    stack[depth++] = from;
    while (depth) {
        struct node *node = &cfg->nodes[stack[--depth]];
        for (unsigned i = 0; i < node->next_count; i++) {
            struct node *next = &cfg->nodes[node->next[i]];
            if (visit(next, landed) && !(landed && corrects(next))) stack[depth++] = node->next[i];
        }
    }
    free(stack);
}

static void mark_nodes(struct cfg *cfg) {
    cfg->nodes[0].reachable = true;
    mark_behind(cfg, 0, false);
    for (unsigned i = 0; i < cfg->count; i++)
        if (cfg->nodes[i].stmt->flags & OWN_TWICE) mark_behind(cfg, i, true);
}

static void find_cleanups(struct cfg *cfg, const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++) {
        if (!s->calls[i].at_scope_end) continue;
        cfg->cleanups = mem_grow(cfg->cleanups, cfg->cleanup_count + 1, sizeof *cfg->cleanups);
        cfg->cleanups[cfg->cleanup_count++] = &s->calls[i];
    }
    for (unsigned i = 0; i < s->kid_count; i++) find_cleanups(cfg, s->kids[i]);
}

struct cfg *cfg_build(struct function *f, bool one_exit) {
    struct builder b = {.cfg = mem_zero(1, sizeof(struct cfg)), .one_exit = one_exit};
    struct targets none = {0};
    unsigned entry = add_node(b.cfg, NODE_ENTRY, f->body);
    unsigned leave = f->body->place->exit = add_node(b.cfg, NODE_EXIT, f->body);
    link_nodes(b.cfg, entry, build(&b, f->body, leave, none, leave));
    resolve_gotos(&b);
    mark_nodes(b.cfg);
    find_cleanups(b.cfg, f->body);
    free(b.labels);
    free(b.gotos);
    free(b.taken);
    return b.cfg;
}

void cfg_free(struct cfg *cfg) {
    if (!cfg) return;
    for (unsigned i = 0; i < cfg->count; i++) free(cfg->nodes[i].next);
    free(cfg->nodes);
    free(cfg->cleanups);
    free(cfg);
}
