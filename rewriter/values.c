// SPDX-License-Identifier: MIT
/* values.c: see values.h. */
#include "values.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

/* ---- types ----------------------------------------------------------------------------------- */

static bool same_fields(const struct record *a, const struct record *b) {
    if (a->field_count != b->field_count) return false;
    for (unsigned i = 0; i < a->field_count; i++) {
        const struct field *x = &a->fields[i], *y = &b->fields[i];
        if (strcmp(x->name, y->name) || strcmp(x->type, y->type) || x->offset != y->offset ||
            x->bit != y->bit || x->width != y->width)
            return false;
    }
    return true;
}

bool types_agree(const char *a, const struct unit_types *in_a, const char *b,
                 const struct unit_types *in_b) {
    if (strcmp(a, b)) return false;
    const char *usr = strchr(a, '{');
    if (!usr || in_a == in_b) return true;
    char *name = mem_format("%.*s", (int)strcspn(usr + 1, "}"), usr + 1);
    unsigned x = names_find(&in_a->names, name), y = names_find(&in_b->names, name);
    free(name);
    if (x == NO_NAME || y == NO_NAME) return true;
    const struct record *left = in_a->records[x], *right = in_b->records[y];
    if (!left->size || !right->size) return true;
    return left->size == right->size && left->is_union == right->is_union && same_fields(left, right);
}

/* ---- variants -------------------------------------------------------------------------------- */

static bool passes(const struct uses *uses, const struct value *value) {
    for (unsigned i = 0; i < uses->count; i++) {
        const struct value *v = uses->values[i];
        if (!strcmp(v->name, value->name) &&
            types_agree(v->type, v->types, value->type, value->types))
            return true;
    }
    return false;
}

void uses_keep(struct uses *uses, const struct uses *other) {
    unsigned kept = 0;
    for (unsigned i = 0; i < uses->count; i++)
        if (passes(other, uses->values[i])) uses->values[kept++] = uses->values[i];
    uses->count = kept;
}

static struct uses *uses_at(const struct node *node, struct function *f) {
    if (node->kind == NODE_ENTRY) return &f->uses;
    return node->kind == NODE_STMT ? &node->stmt->uses : NULL;
}

const struct uses *uses_of(const struct node *node, const struct function *f) {
    static const struct uses none;
    const struct uses *uses = uses_at(node, (struct function *)f);
    return uses && node->slot ? uses : &none;
}

static int by_id(const void *x, const void *y) {
    const struct node *a = *(struct node *const *)x, *b = *(struct node *const *)y;
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* The nodes of each variant that may pass values, by number. */
struct by_number {
    struct node **list;
    unsigned count;
};

static struct by_number nodes_of(const struct function *f) {
    struct by_number nodes = {mem_grow(NULL, f->cfg->count, sizeof *nodes.list), 0};
    for (unsigned i = 0; i < f->cfg->count; i++)
        if (f->cfg->nodes[i].kind == NODE_ENTRY || f->cfg->nodes[i].kind == NODE_STMT)
            nodes.list[nodes.count++] = &f->cfg->nodes[i];
    if (nodes.count) qsort(nodes.list, nodes.count, sizeof *nodes.list, by_id);
    return nodes;
}

/* The first that is the same place in the text as `node`. */
static const struct node *same_place(const struct by_number *nodes, const struct node *node) {
    unsigned low = 0, high = nodes->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        const struct node *at = nodes->list[middle];
        if (at->id < node->id || (at->id == node->id && at->kind < node->kind)) low = middle + 1;
        else high = middle;
    }
    const struct node *found = low < nodes->count ? nodes->list[low] : NULL;
    return found && found->id == node->id && found->kind == node->kind ? found : NULL;
}

static void agree_with(struct function *f, struct function *other, const struct by_number *theirs) {
    for (unsigned i = 0; i < f->cfg->count; i++) {
        const struct node *node = &f->cfg->nodes[i];
        struct uses *uses = uses_at(node, f);
        const struct node *found = uses && uses->count ? same_place(theirs, node) : NULL;
        if (found) uses_keep(uses, uses_at(found, other));
    }
}

/* Each variant against all others: what is left in one is left in all, so once around is enough
 * if the last turns of the first ones are made again. */
void agree_on_values(struct definition *d) {
    if (d->variant_count < 2) return;
    struct by_number *nodes = mem_zero(d->variant_count, sizeof *nodes);
    for (unsigned v = 0; v < d->variant_count; v++) nodes[v] = nodes_of(d->variants[v]);
    for (unsigned turn = 0; turn < 2; turn++)
        for (unsigned v = 0; v < d->variant_count; v++)
            for (unsigned w = 0; w < d->variant_count; w++)
                if (v != w) agree_with(d->variants[v], d->variants[w], &nodes[w]);
    for (unsigned v = 0; v < d->variant_count; v++) free(nodes[v].list);
    free(nodes);
}
