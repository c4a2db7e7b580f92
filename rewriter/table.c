// SPDX-License-Identifier: MIT
/*
 * table.c: the slot table of a file (format: rt/table.h), inside the header that defines the file.
 *
 * Rule: what the table says of reads and slots is what emit wrote, not what was wished for.
 */
#include "emit.h"
#include "mem.h"
#include "rt/plan.h"
#include "table_types.h"
#include "values.h"
#include <stdlib.h>
#include <string.h>

/* ---- strings --------------------------------------------------------------------------------- */

void put_field(FILE *out, const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c <= ' ' || *c == '%' || *c == ',' || *c > '~') fprintf(out, "%%%02X", *c);
        else if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
        else fputc(*c, out);
}

struct types {
    const char **list;
    unsigned count;
};

static unsigned type_id(struct types *types, const char *text) {
    for (unsigned i = 0; i < types->count; i++)
        if (!strcmp(types->list[i], text)) return i;
    types->list = mem_grow(types->list, types->count + 1, sizeof *types->list);
    types->list[types->count] = text;
    return types->count++;
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* After the node, no slot of this function is run before the flag is read again. */
static bool read_follows(struct cfg *cfg, unsigned node) {
    unsigned *stack = NULL, depth = 0, room = 0, walk = ++cfg->walks;
    bool follows = true;
    for (unsigned at = node;; at = stack[--depth]) {
        const struct node *from = &cfg->nodes[at];
        for (unsigned i = 0; i < from->next_count && follows; i++) {
            struct node *to = &cfg->nodes[from->next[i]];
            if (to->read || to->kind == NODE_POLL || to->walk == walk) continue;
            to->walk = walk;
            follows = !to->slot;
            if (depth == room) stack = mem_grow(stack, room = room * 2 + 16, sizeof *stack);
            stack[depth++] = from->next[i];
        }
        if (!depth || !follows) break;
    }
    free(stack);
    return follows;
}

static void put_line(FILE *out, unsigned point, const char *how, const char *callee,
                     const char *class) {
    fputs("\"c ", out);
    if (point) fprintf(out, "%u", point - 1);
    else fputc('-', out);
    fprintf(out, " %s ", how);
    put_field(out, callee);
    fprintf(out, " %s\\n\"\n", *class ? class : "-");
}

/* What an external function that is given function pointers calls back are those. What exit and
 * abort call does not count: the thread does not come back into its region. */
static void put_callbacks(FILE *out, const struct call *call, struct types *types,
                          const char *class) {
    for (unsigned i = 0; i < call->callback_count; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", type_id(types, call->callbacks[i]));
        put_line(out, 0, "i", id, class);
    }
}

static void put_call(FILE *out, const struct program *program, const struct function *f,
                     const struct call *call, struct types *types, bool follows) {
    char class[16] = "", id[16], *end = class;
    bool elsewhere = program_elsewhere(program, f->file, call);
    const struct definition *callee = program_callee(program, f->file, call);
    bool external = call->callee && !callee;
    bool given = external && call->callback_count && !call->start;
    bool dies = call->no_return || (external && strchr(program_class(call), 'n'));
    for (const char *c = external ? program_class(call) : ""; *c; c++)
        if (*c != 'k' || !(given || dies)) *end++ = *c;
    bool calls_back = given && !dies && strchr(program_class(call), 'k');
    if (external) *end++ = 'x';
    if (elsewhere) *end++ = 'w';
    *end = 0;
    if (dies && !strchr(class, 'n')) *end++ = 'n';
    if (!call->end && !(callee && callee->closure)) *end++ = 'q';
    if (follows) *end++ = 'r';
    if (call->must) *end++ = 'm';
    if (call->shortcut) *end++ = 's';
    *end = 0;
    if (call->at_scope_end) {
        put_line(out, 0, "f", call->callee, class);
    } else if (!call->callee) {
        snprintf(id, sizeof id, "%u", type_id(types, call->type ? call->type : "?"));
        put_line(out, call->point, "i", id, class);
    } else {
        put_line(out, call->point, call->start ? "t" : "d", call->start ? call->start : call->callee,
                 class);
    }
    if (calls_back) put_callbacks(out, call, types, follows ? "r" : "-");
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static void place_of(const struct node *node, const struct function *f, unsigned place[4]) {
    const struct stmt *s = node->stmt;
    place[0] = s->line, place[1] = s->column, place[2] = s->end_line, place[3] = s->end_column;
    if (node->kind == NODE_ENTRY) {
        place[0] = place[2] = f->line, place[1] = place[3] = f->column;
    } else if (node->kind == NODE_END || (node->kind == NODE_EXIT && s == f->body)) {
        place[0] = s->end_line, place[1] = s->end_column;
    }
}

/* Where a scope may end: every end and exit node of the function, which is more than is so. */
static void put_cleanups(FILE *out, const struct program *program, const struct function *f,
                         struct types *types) {
    for (unsigned i = 0; i < f->cfg->cleanup_count; i++)
        put_call(out, program, f, f->cfg->cleanups[i], types, false);
}

/* A node of the table: variants of one function have their nodes at the same place in common. */
struct member {
    const struct function *function;
    unsigned index; /* in its cfg */
};

static const struct node *node_of_member(const struct member *m) {
    return &m->function->cfg->nodes[m->index];
}

/* The end of a function that nothing reaches is no way out of it: no filter needs a slot there. */
static bool is_listed(const struct node *node) {
    return node->kind != NODE_EXIT || node->reachable || node->slot;
}

static void put_attributes(FILE *out, const struct member *members, unsigned count) {
    bool slot = false, read = true, jump = true, macro = false, nothing = true;
    for (unsigned i = 0; i < count; i++) {
        const struct node *node = node_of_member(&members[i]);
        bool plain = node->kind == NODE_STMT;
        slot |= node->slot;
        read &= node->read;
        jump &= plain && is_jump(node->stmt);
        macro |= plain && node->stmt->flags & FROM_MACRO;
        nothing &= plain && (node->stmt->flags & NO_EFFECT ||
                             (node->stmt->flags & PRIVATE && !node->slot));
    }
    fprintf(out, "%s%s%s%s%s%s ", slot ? "S" : "", read ? "R" : "", jump ? "J" : "",
            macro ? "M" : "", nothing ? "N" : "",
            slot || read || jump || macro || nothing ? "" : "-");
}

static int by_number(const void *x, const void *y) {
    const unsigned *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

static void put_successors(FILE *out, const struct member *members, unsigned count) {
    unsigned *ids = NULL, id_count = 0, written = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct node *node = node_of_member(&members[i]);
        ids = mem_grow(ids, id_count + node->next_count, sizeof *ids);
        for (unsigned j = 0; j < node->next_count; j++) {
            const struct node *next = &members[i].function->cfg->nodes[node->next[j]];
            if (is_listed(next)) ids[id_count++] = next->id;
        }
    }
    if (id_count) qsort(ids, id_count, sizeof *ids, by_number);
    for (unsigned i = 0; i < id_count; i++)
        if (!i || ids[i] != ids[i - 1]) fprintf(out, "%s%u", written++ ? "," : "", ids[i]);
    if (!written) fputc('-', out);
    free(ids);
}

static void value_key(char *key, size_t size, const struct value *value) {
    snprintf(key, size, "%s %s", value->name, value->type);
}

/* Variants agree on what a slot passes: the first that has the slot will do. */
static void put_values(FILE *out, const struct member *members, unsigned count,
                       const struct names *values) {
    unsigned written = 0;
    for (unsigned i = 0; i < count && !written; i++) {
        const struct uses *uses = uses_of(node_of_member(&members[i]), members[i].function);
        for (unsigned j = 0; j < uses->count; j++) {
            char key[1024];
            value_key(key, sizeof key, uses->values[j]);
            fprintf(out, "%c%u", written++ ? ',' : ' ', names_find(values, key));
        }
    }
    fputs("\\n\"\n", out);
}

/* A variable of the function that no slot passes, but that hides one that the file gives. */
static void put_hiding(FILE *out, const struct function *f, const struct names *given,
                       struct names *values, struct names *known) {
    for (unsigned i = 0; i < f->value_count; i++) {
        const struct value *value = &f->values[i];
        bool fresh = false;
        if (!strcmp(value->type, HIDES) && names_find(given, value->name) != NO_NAME)
            names_add(known, value->name, &fresh);
        if (!fresh) continue;
        char key[1024];
        value_key(key, sizeof key, value);
        fprintf(out, "\"l %u %s %s\\n\"\n", names_add(values, key, NULL), value->name, value->type);
    }
}

/* The `l` lines of a function; their numbers in `values`. */
static void put_locals(FILE *out, const struct definition *d, struct records *records,
                       struct names *values) {
    struct names known = {0}; /* by name alone */
    for (unsigned v = 0; v < d->variant_count; v++) {
        const struct cfg *cfg = d->variants[v]->cfg;
        for (unsigned i = 0; i < cfg->count; i++) {
            const struct uses *uses = uses_of(&cfg->nodes[i], d->variants[v]);
            for (unsigned j = 0; j < uses->count; j++) {
                char key[1024];
                bool fresh;
                value_key(key, sizeof key, uses->values[j]);
                unsigned number = names_add(values, key, &fresh);
                if (!fresh) continue;
                names_add(&known, uses->values[j]->name, NULL);
                fprintf(out, "\"l %u %s ", number, uses->values[j]->name);
                put_type(out, records, uses->values[j]->type, uses->values[j]->types);
                fputs("\\n\"\n", out);
            }
        }
    }
    for (unsigned v = 0; v < d->variant_count; v++)
        put_hiding(out, d->variants[v], &records->given, values, &known);
    names_free(&known);
}

/* What is called for a call's arguments stands in front of it: the thread was there before. */
static void put_statement_calls(FILE *out, const struct program *program, const struct function *f,
                                const struct stmt *s, unsigned first, unsigned end,
                                struct types *types, bool follows) {
    for (unsigned i = first; i < end;) {
        unsigned next = i + 1 + s->calls[i].inner;
        put_statement_calls(out, program, f, s, i + 1, next, types, follows);
        if (!s->calls[i].at_scope_end) put_call(out, program, f, &s->calls[i], types, follows);
        i = next;
    }
}

static void put_calls(FILE *out, const struct program *program, const struct member *m,
                      struct types *types) {
    const struct function *f = m->function;
    const struct node *node = node_of_member(m);
    const struct stmt *s = node->stmt;
    if (node->kind == NODE_END || node->kind == NODE_EXIT)
        put_cleanups(out, program, f, types);
    bool carries = node->kind == NODE_COND || (node->kind == NODE_STMT && !is_loop(s));
    if (!carries || !s->call_count) return;
    bool follows = read_follows(f->cfg, m->index);
    put_statement_calls(out, program, f, s, 0, s->call_count, types, follows);
}

static void put_node(FILE *out, const struct program *program, const struct member *members,
                     unsigned count, struct types *types, const struct names *values) {
    static const char *const kinds[] = {"entry", "stmt", "cond", "poll", "end", "exit"};
    const struct node *node = node_of_member(members);
    unsigned place[4];
    place_of(node, members->function, place);
    fprintf(out, "\"n %u %s %u:%u %u:%u ", node->id, kinds[node->kind], place[0], place[1], place[2],
            place[3]);
    put_attributes(out, members, count);
    put_successors(out, members, count);
    put_values(out, members, count, values);
    for (unsigned i = 0; i < count; i++) put_calls(out, program, &members[i], types);
}

static int by_id(const void *x, const void *y) {
    unsigned a = node_of_member(x)->id, b = node_of_member(y)->id;
    return a < b ? -1 : a > b;
}

static void put_nodes(FILE *out, const struct program *program, const struct definition *d,
                      struct types *types, const struct names *values) {
    struct member *members = NULL;
    unsigned count = 0;
    for (unsigned v = 0; v < d->variant_count; v++) {
        const struct cfg *cfg = d->variants[v]->cfg;
        members = mem_grow(members, count + cfg->count, sizeof *members);
        for (unsigned i = 0; i < cfg->count; i++)
            if (is_listed(&cfg->nodes[i])) members[count++] = (struct member){d->variants[v], i};
    }
    qsort(members, count, sizeof *members, by_id);
    for (unsigned i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && !by_id(&members[i], &members[end]); end++) {}
        put_node(out, program, members + i, end - i, types, values);
    }
    free(members);
}

static bool has_variable_stack(const struct definition *d) {
    bool result = false;
    for (unsigned i = 0; i < d->variant_count; i++)
        result |= (d->variants[i]->flags & FN_DYNAMIC_STACK) != 0;
    return result;
}

/* return f(...) inside f */
static bool tail_recursive(const struct stmt *s, const char *name) {
    if (s->kind == STMT_RETURN && s->flags & TAIL_CALL && s->call_count && s->calls[0].callee &&
        !strcmp(s->calls[0].callee, name))
        return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (tail_recursive(s->kids[i], name)) return true;
    return false;
}

/* f(...) as the last statement of a void function f */
static bool last_call_recursive(const struct function *f) {
    if (!(f->flags & FN_VOID) || !f->body->kid_count) return false;
    const struct stmt *last = f->body->kids[f->body->kid_count - 1];
    for (unsigned i = 0; last->kind == STMT_EXPR && i < last->call_count; i++)
        if (last->calls[i].callee && !strcmp(last->calls[i].callee, f->name)) return true;
    return false;
}

static void put_function(FILE *out, const struct program *program, const struct definition *d,
                         struct types *types, struct records *records) {
    const struct function *f = d->variants[0];
    if (d->alone) {
        fputs("\"x ", out);
        put_field(out, f->name);
        fprintf(out, " %u it%%20", f->line);
        put_field(out, d->reason);
        fputs("\\n\"\n", out);
    }
    fprintf(out, "\"fn %u ", d->flag);
    put_field(out, f->name);
    fprintf(out, " %u:%u %u ", f->line, f->column, f->end_line);
    char attributes[16] = "", *a = attributes;
    if (f->flags & FN_STATIC) *a++ = 's';
    if (d->address) *a++ = 'a';
    if (d->address && !d->elsewhere) *a++ = 'o';
    if (d->boundary) *a++ = 'b';
    if (f->flags & FN_SIGNAL_TYPE && d->address) *a++ = 'h';
    if (d->alone) *a++ = 'p';
    if (has_variable_stack(d)) *a++ = 'v';
    if (tail_recursive(f->body, f->name) || last_call_recursive(f)) *a++ = 't';
    if (stmt_any(f->body, OWN_TWICE)) *a++ = 'j';
    if (d->any_type) *a++ = 'u';
    if (d->closure) *a++ = 'c';
    if (d->shortcut) *a++ = 'f';
    if (d->twin) *a++ = 'r';
    if (a == attributes) *a++ = '-';
    *a = 0;
    fprintf(out, "%s %u\\n\"\n", attributes, type_id(types, f->type ? f->type : "?"));
    struct names values = {0};
    put_locals(out, d, records, &values);
    put_nodes(out, program, d, types, &values);
    names_free(&values);
}

/* ---- the companion --------------------------------------------------------------------------- */

/* A unit alone: functions whose address it takes, and that others may define. */
static bool is_foreign(const struct program *p, const char *name, const char *file) {
    const struct call call = {.callee = (char *)name};
    return !file && !program_callee(p, p->main_file, &call);
}

static void put_foreign(FILE *out, const struct program *p) {
    for (unsigned i = 0; i < p->address_count; i += 3) {
        if (!is_foreign(p, p->addresses[i], p->addresses[i + 1])) continue;
        fputs("\"at ", out);
        put_field(out, p->addresses[i]);
        fputc(' ', out);
        put_field(out, p->addresses[i + 2] ? p->addresses[i + 2] : "?");
        fputs("\\n\"\n", out);
    }
}

static void put_table(FILE *out, const struct program *program, const struct program_file *file) {
    struct types types = {0};
    struct records records = {.file = file};
    char *functions = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&functions, &size);
    collect_records(&records);
    for (unsigned i = 0; i < file->definition_count; i++)
        put_function(memory, program, file->definitions[i], &types, &records);
    fclose(memory);
    fputs("\"loom 1\\n\"\n\"file ", out);
    put_field(out, file->path);
    fprintf(out, " %016llx %u %u\\n\"\n", (unsigned long long)file->text.hash, file->points,
            file->flags);
    for (unsigned i = 0; i < types.count; i++) {
        fprintf(out, "\"type %u ", i);
        put_field(out, types.list[i]);
        fputs("\\n\"\n", out);
    }
    put_records(out, &records);
    put_enumerators(out, file);
    put_givens_lines(out, &records);
    if (program->main_file && !strcmp(file->path, program->main_file)) put_foreign(out, program);
    fputs(functions, out);
    free(functions);
    free(types.list);
    records_free(&records);
}

void put_companion(FILE *out, const struct program *program, const struct program_file *file,
                   const char *up, uint64_t rewritten) {
    unsigned long long unique = (unsigned long long)file->text.hash;
    for (const char *c = file->path; *c; c++) unique = (unique ^ (unsigned char)*c) * 1099511628211ull;
    const char *tag = file->tag;
    char *table = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&table, &size);
    put_table(memory, program, file);
    fclose(memory);
    if (program->main_file) unique = loom_hash64(unique ^ rewritten, table, size);
    fputs("/* Flags, slots and slot table of a file. Made by loom-rewrite; do not edit. */\n", out);
    fprintf(out, "#ifndef LOOM_FILE_%s_%08llx\n#define LOOM_FILE_%s_%08llx\n", tag,
            unique & 0xffffffff, tag, unique & 0xffffffff);
    fprintf(out, "#if defined(__GNUC__)\n#pragma GCC system_header\n#endif\n");
    fprintf(out, "#include \"%srt.h\"\n", up);
    const char *const names[] = {"ops", "flags", "file", "announce", "global"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        fprintf(out, "#define loom_%s_%s LOOM_NAME_(loom_%s_%s_%08llx)\n", names[i], tag, names[i], tag,
                unique & 0xffffffff);
    fprintf(out, "LOOM_FILE(%s, \"%s\", 0x%016llxull, %u, %u, %u,\n", tag, file->path,
            (unsigned long long)file->text.hash, file->points, file->own_points, file->flags);
    fwrite(table, 1, size, out);
    fputs(")\n#endif\n", out);
    free(table);
}
