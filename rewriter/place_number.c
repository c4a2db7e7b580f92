// SPDX-License-Identifier: MIT
/*
 * place_number.c: dense numbers for the points of a file, in order of the text, but those of functions
 * whose slow copy is a function of its own first: their slots are called in another way (slot_call.h).
 * Variants of one function share the numbers of what stands at the same place.
 */
#include "place.h"
#include "mem.h"
#include <stdlib.h>

struct numbering {
    struct program_file *file;
    struct function *function;
    bool remember;      /* the definition has several variants */
    struct names known; /* `OFFSET WHAT` of what was numbered */
    unsigned *ids;
};

enum { WHAT_CALL = 64 };

static unsigned new_id(struct numbering *n, unsigned offset, unsigned what) {
    char key[32];
    bool fresh;
    if (!n->remember || !offset) return n->file->points++;
    snprintf(key, sizeof key, "%u %u", offset, what);
    unsigned at = names_add(&n->known, key, &fresh);
    if (fresh) {
        n->ids = mem_grow(n->ids, at + 1, sizeof *n->ids);
        n->ids[at] = n->file->points++;
    }
    return n->ids[at];
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

static void number_definition(struct program_file *file, struct definition *d) {
    struct numbering n = {.file = file, .remember = d->variant_count > 1};
    for (unsigned v = 0; v < d->variant_count; v++) {
        n.function = d->variants[v];
        n.function->cfg->nodes[0].id = new_id(&n, n.function->body_begin, NODE_ENTRY);
        number_stmt(&n, n.function->body);
    }
    names_free(&n.known);
    free(n.ids);
}

static void number_definitions(struct program_file *file, bool twins) {
    for (unsigned i = 0; i < file->definition_count; i++)
        if (file->definitions[i]->twin == twins) number_definition(file, file->definitions[i]);
}

void number_points(struct program_file *file) {
    for (unsigned i = 0; i < file->definition_count; i++)
        if (!file->definitions[i]->alone) file->definitions[i]->flag = file->flags++;
    number_definitions(file, true);
    file->own_points = file->points;
    number_definitions(file, false);
}
