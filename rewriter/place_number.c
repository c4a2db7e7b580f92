// SPDX-License-Identifier: MIT
/*
 * place_number.c: dense numbers for the points of a file, in order of the text. Variants of one
 * function share the numbers of what stands at the same place.
 */
#include "place.h"
#include "mem.h"
#include <stdlib.h>

struct known {
    unsigned offset, what, id;
};

struct numbering {
    struct program_file *file;
    struct function *function;
    struct known *known; /* of the definition's earlier variants; NULL: only one variant */
    unsigned known_count;
    bool remember;
};

enum { WHAT_CALL = 64 };

static unsigned new_id(struct numbering *n, unsigned offset, unsigned what) {
    for (unsigned i = 0; i < n->known_count && n->remember && offset; i++)
        if (n->known[i].offset == offset && n->known[i].what == what) return n->known[i].id;
    unsigned id = n->file->points++;
    if (n->remember) {
        n->known = mem_grow(n->known, n->known_count + 1, sizeof *n->known);
        n->known[n->known_count++] = (struct known){offset, what, id};
    }
    return id;
}

static void number_node(struct numbering *n, unsigned index, const struct stmt *s) {
    if (!index) return;
    n->function->cfg->nodes[index].id =
        new_id(n, s->begin, n->function->cfg->nodes[index].kind);
}

static void number_stmt(struct numbering *n, struct stmt *s) {
    struct place *p = s->place;
    if (!is_loop(s)) number_node(n, p->poll, s);
    number_node(n, p->node, s);
    for (unsigned i = 0; i < s->call_count; i++)
        if (s->calls[i].point)
            s->calls[i].point = 1 + new_id(n, s->calls[i].begin, WHAT_CALL);
    number_node(n, p->cond, s);
    if (is_loop(s)) number_node(n, p->poll, s);
    for (unsigned i = 0; i < s->kid_count; i++) number_stmt(n, s->kids[i]);
    number_node(n, p->end, s);
    number_node(n, p->exit, s);
}

void number_points(struct program_file *file) {
    for (unsigned i = 0; i < file->definition_count; i++) {
        struct definition *d = file->definitions[i];
        struct numbering n = {.file = file, .remember = d->variant_count > 1};
        if (!d->alone) d->flag = file->flags++;
        for (unsigned v = 0; v < d->variant_count; v++) {
            n.function = d->variants[v];
            n.function->cfg->nodes[0].id = new_id(&n, n.function->body_begin, NODE_ENTRY);
            number_stmt(&n, n.function->body);
        }
        free(n.known);
    }
}
