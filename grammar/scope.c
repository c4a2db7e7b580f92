// SPDX-License-Identifier: MIT
/* scope.c: see scope.h. */
#include "scope.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LINES_SHOWN = 6 };

const char *scope_place(const struct scope *s) {
    const struct node *node = &s->program->nodes[s->node];
    return arena_print(s->arena, "%s:%u", file_of(s->program, node->function)->path, node->line);
}

static const struct program_file *file_at(const struct scope *s) {
    return file_of(s->program, s->program->nodes[s->node].function);
}

const char *scope_file(const struct scope *s) {
    return file_at(s)->path;
}

static const char *name_text(const struct scope *s, uint32_t name) {
    return s->program->names.texts[name];
}

/* ---- what there is --------------------------------------------------------------------------- */

static unsigned size_of(struct type type) {
    if (type.kind != TYPE_INTEGER) return 8;
    return type.size | (type.is_signed ? LOOM_CODE_SIGNED : 0u);
}

/* Its value, or its address if it is one of those that C keeps in memory. */
static struct typed variable(const struct scope *s, enum loom_code op, uint32_t index,
                             const char *text) {
    struct type type =
        type_of(s->program, s->program->functions[s->program->nodes[s->node].function].file, text);
    int in_memory =
        type.kind == TYPE_RECORD || type.kind == TYPE_ARRAY || type.kind == TYPE_FUNCTION;
    return (struct typed){.step = step_variable(s->arena, op, index, size_of(type)),
                          .type = type,
                          .in_memory = in_memory};
}

static struct typed constant(const struct scope *s, int64_t value) {
    int is_int = value >= INT_MIN && value <= INT_MAX;
    int is_unsigned = !is_int && value > 0 && value <= UINT_MAX;
    return (struct typed){.step = step_constant(s->arena, (uint64_t)value),
                          .type = type_integer(is_int || is_unsigned ? 4 : 8, !is_unsigned)};
}

static uint32_t find_local(const struct scope *s, uint32_t node, uint32_t name) {
    const struct node *at = &s->program->nodes[node];
    for (uint32_t i = 0; i < at->value_count; i++)
        if (s->program->locals[s->program->values[at->first_value + i]].name == name) return i;
    return NONE;
}

static const struct global *find_global(const struct program *p, const struct program_file *file,
                                        uint32_t name) {
    for (uint32_t i = 0; i < file->global_count; i++)
        if (p->globals[file->first_global + i].name == name)
            return &p->globals[file->first_global + i];
    return NULL;
}

static const struct constant *find_constant(const struct scope *s, uint32_t name) {
    const struct program_file *file = file_at(s);
    for (uint32_t i = 0; i < file->constant_count; i++)
        if (s->program->constants[file->first_constant + i].name == name)
            return &s->program->constants[file->first_constant + i];
    return NULL;
}

/* ---- what there is not ----------------------------------------------------------------------- */

static void hint_lines(const struct scope *s, uint32_t name) {
    const struct program *p = s->program;
    const struct function *function = &p->functions[p->nodes[s->node].function];
    char text[256] = "";
    size_t used = 0;
    uint32_t last = 0, shown = 0;
    for (uint32_t n = function->first_node; n < function->first_node + function->node_count; n++) {
        if (find_local(s, n, name) == NONE || p->nodes[n].line == last) continue;
        last = p->nodes[n].line;
        if (shown++ == LINES_SHOWN) {
            used += (size_t)snprintf(text + used, sizeof text - used, ", ...");
            break;
        }
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%u", shown > 1 ? ", " : "", last);
    }
    diag_hint(s->diagnostics, "it is at line%s %s", shown > 1 ? "s" : "", text);
}

static int not_read_here(const struct scope *s, const struct expression *e, uint32_t name) {
    const struct program *p = s->program;
    const struct node *node = &p->nodes[s->node];
    const struct function *function = &p->functions[node->function];
    for (uint32_t i = 0; i < function->local_count; i++) {
        if (p->locals[function->first_local + i].name != name) continue;
        if (node->kind == NODE_ENTRY)
            diag_add(s->diagnostics, SEVERITY_ERROR, e->span,
                     "`%s` is not a parameter of `%s` (%s)", e->name,
                     function_name(p, node->function), scope_place(s));
        else
            diag_add(s->diagnostics, SEVERITY_ERROR, e->span,
                     "`%s` is not read by the statement at %s", e->name, scope_place(s));
        hint_lines(s, name);
        return 1;
    }
    return 0;
}

static int in_other_file(const struct scope *s, uint32_t name) {
    const struct program *p = s->program;
    for (uint32_t f = 0; f < p->file_count; f++) {
        if (!find_global(p, &p->files[f], name)) continue;
        diag_hint(s->diagnostics, "%s uses a variable of this name, and %s does not",
                  p->files[f].path, file_at(s)->path);
        return 1;
    }
    return 0;
}

struct nearest {
    const char *wanted, *name;
    unsigned distance;
};

static void consider(struct nearest *n, const char *name) {
    unsigned distance = name_distance(n->wanted, name, n->distance);
    if (distance >= n->distance) return;
    n->distance = distance;
    n->name = name;
}

static void hint_nearest(const struct scope *s, const char *wanted) {
    const struct program *p = s->program;
    const struct node *node = &p->nodes[s->node];
    const struct program_file *file = file_at(s);
    struct nearest n = {.wanted = wanted, .distance = strlen(wanted) < 4 ? 2 : 3};
    for (uint32_t i = 0; i < node->value_count; i++)
        consider(&n, name_text(s, p->locals[p->values[node->first_value + i]].name));
    for (uint32_t i = 0; i < file->global_count; i++)
        consider(&n, name_text(s, p->globals[file->first_global + i].name));
    for (uint32_t i = 0; i < file->constant_count; i++)
        consider(&n, name_text(s, p->constants[file->first_constant + i].name));
    if (n.name)
        diag_hint(s->diagnostics, "did you mean `%s`", n.name);
    else
        diag_hint(s->diagnostics, "the names there: loom-pipe --slots '%s'", scope_place(s));
}

static struct typed unknown(const struct scope *s, const struct expression *e, uint32_t name) {
    diag_add(s->diagnostics, SEVERITY_ERROR, e->span, "no variable `%s` at %s", e->name,
             scope_place(s));
    if (name == NO_NAME || !in_other_file(s, name)) hint_nearest(s, e->name);
    return (struct typed){0};
}

/* ---- names ----------------------------------------------------------------------------------- */

static struct typed find_word(const struct scope *s, const struct expression *e, uint32_t name) {
    struct typed null = {.step = step_constant(s->arena, 0)};
    if (strcmp(e->name, "true") == 0 || strcmp(e->name, "false") == 0)
        return constant(s, *e->name == 't');
    if (strcmp(e->name, "NULL") != 0) return unknown(s, e, name);
    null.type =
        type_of(s->program, s->program->functions[s->program->nodes[s->node].function].file, "pv");
    return null;
}

struct typed scope_find(const struct scope *s, const struct expression *e) {
    const struct program *p = s->program;
    uint32_t name = names_find(&p->names, e->name, strlen(e->name));
    uint32_t local = name == NO_NAME ? NONE : find_local(s, s->node, name);
    const struct global *global;
    const struct constant *enumerator;
    if (name == NO_NAME) return find_word(s, e, name);
    if (local != NONE)
        return variable(s, LOOM_CODE_LOCAL, local,
                        p->locals[p->values[p->nodes[s->node].first_value + local]].type);
    if (not_read_here(s, e, name)) return (struct typed){0};
    if ((global = find_global(p, file_at(s), name)))
        return variable(s, LOOM_CODE_GLOBAL, global->index, global->type);
    if ((enumerator = find_constant(s, name))) return constant(s, enumerator->value);
    return find_word(s, e, name);
}
