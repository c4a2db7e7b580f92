// SPDX-License-Identifier: MIT
/* passed.c: see passed.h. */
#include "passed.h"
#include <stdio.h>
#include "json.h"
#include "type.h"

struct variable {
    const char *name, *type;
    int in_file; /* a variable of the file, not of the slot */
};

/* ---- what a slot passes ---------------------------------------------------------------------- */

static struct variable local(const struct program *p, struct arena *arena, uint32_t node,
                             uint32_t number) {
    const struct node *at = &p->nodes[node];
    const struct local *own = &p->locals[p->values[at->first_value + number]];
    struct type type = type_of(p, p->functions[at->function].file, own->type);
    return (struct variable){p->names.texts[own->name], type_print(p, arena, type), 0};
}

void passed_print(const struct program *p, uint32_t node) {
    struct arena arena = {0};
    for (uint32_t i = 0; i < p->nodes[node].value_count; i++) {
        struct variable variable = local(p, &arena, node, i);
        printf("%s%s (%s)", i ? ", " : "  passes ", variable.name, variable.type);
    }
    arena_free(&arena);
}

static void json_variable(const struct variable *variable) {
    printf("{\"name\":");
    json_string(stdout, variable->name);
    printf(",\"type\":");
    json_string(stdout, variable->type);
}

void passed_json(const struct program *p, uint32_t node) {
    struct arena arena = {0};
    putchar('[');
    for (uint32_t i = 0; i < p->nodes[node].value_count; i++) {
        struct variable variable = local(p, &arena, node, i);
        if (i) putchar(',');
        json_variable(&variable);
        putchar('}');
    }
    putchar(']');
    arena_free(&arena);
}

/* ---- what a program takes -------------------------------------------------------------------- */

static struct variable global(const struct program *p, struct arena *arena, uint32_t node,
                              uint32_t index) {
    uint32_t file = p->functions[p->nodes[node].function].file;
    for (uint32_t i = 0; i < p->files[file].global_count; i++) {
        const struct global *own = &p->globals[p->files[file].first_global + i];
        if (own->index != index) continue;
        return (struct variable){p->names.texts[own->name],
                                 type_print(p, arena, type_of(p, file, own->type)), 1};
    }
    return (struct variable){"?", "?", 1};
}

/* Calls `visit` for each variable once. */
static unsigned
for_all_taken(const struct program *p, const struct code *code, uint32_t number, uint32_t node,
              void (*visit)(const struct program *, uint32_t, const struct variable *, unsigned)) {
    struct arena arena = {0};
    const struct loom_plan_code *first = &code->items[number - 1];
    unsigned count = 0;
    for (const struct loom_plan_code *at = first; at->op != LOOM_CODE_END; at++) {
        const struct loom_plan_code *before = first;
        struct variable variable;
        if (at->op != LOOM_CODE_LOCAL && at->op != LOOM_CODE_GLOBAL) continue;
        while (before->op != at->op || before->index != at->index) before++;
        if (before != at) continue;
        variable = at->op == LOOM_CODE_LOCAL ? local(p, &arena, node, at->index)
                                             : global(p, &arena, node, at->index);
        visit(p, node, &variable, count++);
    }
    arena_free(&arena);
    return count;
}

static void print_taken(const struct program *p, uint32_t node, const struct variable *variable,
                        unsigned before) {
    printf("%s%s (%s, %s%s)", before ? ", " : "", variable->name, variable->type,
           variable->in_file ? "of " : "passed here",
           variable->in_file ? file_of(p, p->nodes[node].function)->path : "");
}

void taken_print(const struct program *p, const struct code *code, uint32_t number, uint32_t node) {
    if (!for_all_taken(p, code, number, node, print_taken)) printf("constants only");
}

static void print_json(const struct program *p, uint32_t node, const struct variable *variable,
                       unsigned before) {
    (void)p, (void)node;
    if (before) putchar(',');
    json_variable(variable);
    printf(",\"from\":\"%s\"}", variable->in_file ? "file" : "slot");
}

void taken_json(const struct program *p, const struct code *code, uint32_t number, uint32_t node) {
    putchar('[');
    for_all_taken(p, code, number, node, print_json);
    putchar(']');
}
