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

static struct function *with_node(const struct definition *d, unsigned variant, unsigned id,
                                  enum node_kind kind, unsigned *at) {
    struct function *f = d->variants[variant];
    for (unsigned i = 0; i < f->cfg->count; i++)
        if (f->cfg->nodes[i].id == id && f->cfg->nodes[i].kind == kind) {
            *at = i;
            return f;
        }
    return NULL;
}

/* Each variant against all others: what is left in one is left in all, so once around is enough
 * if the last turns of the first ones are made again. */
void agree_on_values(struct definition *d) {
    for (unsigned turn = 0; turn < 2; turn++)
        for (unsigned v = 0; v < d->variant_count && d->variant_count > 1; v++)
            for (unsigned i = 0; i < d->variants[v]->cfg->count; i++) {
                const struct node *node = &d->variants[v]->cfg->nodes[i];
                struct uses *uses = uses_at(node, d->variants[v]);
                for (unsigned w = 0, at; uses && w < d->variant_count && uses->count; w++) {
                    struct function *other = w == v ? NULL : with_node(d, w, node->id, node->kind, &at);
                    if (other) uses_keep(uses, uses_at(&other->cfg->nodes[at], other));
                }
            }
}
