// SPDX-License-Identifier: MIT
/*
 * facts.c: facts as text. One record per line, fields separated by tabs; an empty string is "-".
 *
 *   loom-facts 1 MAIN_FILE
 *   A NAME FILE TYPE                                   an address-taken function
 *                                                      (TYPE: or `start`)
 *   F NAME FILE TYPE RESULT FLAGS offsets... LINE COL ENDLINE PARAM...
 *   V NAME TYPE                                        a value of the function above
 *   P NUMBER...                                        the values its entry passes
 *   S DEPTH KIND FLAGS offsets... LINE COL ENDLINE ENDCOL NAME TARGET...
 *   C CALLEE FILE TYPE START BEGIN END ARGS INNER MACRO_BEGIN MACRO_END KIND CALLBACK...
 *                                                      a call of the statement above
 *   U NUMBER...                                        the values the statement above reads
 *   E                                                  end of the function
 *   M FILE USR NAME                                    a member that FILE mentions
 *   N FILE NAME VALUE                                  an enumerator
 *   I FILE BEGIN END LOCAL TARGET SPELLED SHOWN      an include
 *   G NAME TYPE OFFSET                                 a variable of file scope, by the main file
 *   R USR NAME FLAGS SIZE, then NAME OFFSET TYPE BIT WIDTH of each member      a record
 */
#include "facts.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *text(const char *string) { return string && *string ? string : "-"; }

void facts_write_head(FILE *out, const char *main_file) {
    fprintf(out, "loom-facts\t1\t%s\n", main_file);
}

void facts_write_address(FILE *out, const char *name, const char *file, const char *type) {
    fprintf(out, "A\t%s\t%s\t%s\n", name, text(file), text(type));
}

static void write_uses(FILE *out, char kind, const struct uses *uses) {
    if (!uses->count) return;
    fputc(kind, out);
    for (unsigned i = 0; i < uses->count; i++) fprintf(out, "\t%u", uses->list[i]);
    fputc('\n', out);
}

static void write_stmt(FILE *out, const struct stmt *s, unsigned depth) {
    fprintf(out, "S\t%u\t%d\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%s", depth, s->kind, s->flags,
            s->begin, s->end, s->line, s->column, s->end_line, s->end_column, s->cond_begin,
            s->value_begin, s->value_end, text(s->name));
    for (unsigned i = 0; i < s->target_count; i++) fprintf(out, "\t%s", s->targets[i]);
    fputc('\n', out);
    for (unsigned i = 0; i < s->call_count; i++) {
        const struct call *c = &s->calls[i];
        fprintf(out, "C\t%s\t%s\t%s\t%s\t%u\t%u\t%u\t%u\t%u\t%u\t%d\t%u", text(c->callee),
                text(c->file), text(c->type), text(c->start), c->begin, c->end, c->args, c->inner,
                c->macro_begin, c->macro_end,
                c->no_return | c->at_scope_end << 1 | c->must << 2 | c->from_macro << 3 |
                    c->open << 4 | c->ours << 5 | c->defined << 6,
                c->named);
        for (unsigned j = 0; j < c->callback_count; j++) fprintf(out, "\t%s", c->callbacks[j]);
        fputc('\n', out);
    }
    write_uses(out, 'U', &s->uses);
    for (unsigned i = 0; i < s->kid_count; i++) write_stmt(out, s->kids[i], depth + 1);
}

void facts_write_function(FILE *out, const struct function *f) {
    fprintf(out, "F\t%s\t%s\t%s\t%s\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%s\t%s", f->name, f->file,
            text(f->type), text(f->result), f->flags, f->begin, f->name_begin, f->params_begin,
            f->params_end, f->body_begin, f->body_end, f->line, f->column, f->end_line,
            text(f->pretty), text(f->target));
    for (unsigned i = 0; i < f->param_count; i++) fprintf(out, "\t%s", f->params[i]);
    fputc('\n', out);
    for (unsigned i = 0; i < f->value_count; i++)
        fprintf(out, "V\t%s\t%s\n", f->values[i].name, f->values[i].type);
    write_uses(out, 'P', &f->uses);
    if (f->body) write_stmt(out, f->body, 0);
    fputs("E\n", out);
}

void facts_write_member(FILE *out, const char *file, const char *usr, const char *name) {
    fprintf(out, "M\t%s\t%s\t%s\n", file, usr, name);
}

void facts_write_enumerator(FILE *out, const char *file, const char *name, long long value) {
    fprintf(out, "N\t%s\t%s\t%lld\n", file, name, value);
}

void facts_write_include(FILE *out, const struct include *i) {
    fprintf(out, "I\t%s\t%u\t%u\t%d\t%s\t%s\t%s\n", i->file, i->begin, i->end, i->local,
            text(i->target), i->spelled, i->shown);
}

void facts_write_global(FILE *out, const char *name, const char *type, unsigned offset) {
    fprintf(out, "G\t%s\t%s\t%u\n", name, type, offset);
}

void facts_write_record(FILE *out, const struct record *r) {
    fprintf(out, "R\t%s\t%s\t%d\t%llu", r->usr, text(r->name), r->is_union | r->system << 1,
            r->size);
    for (unsigned i = 0; i < r->field_count; i++)
        fprintf(out, "\t%s\t%lld\t%s\t%u\t%u", r->fields[i].name, r->fields[i].offset,
                r->fields[i].type, r->fields[i].bit, r->fields[i].width);
    fputc('\n', out);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct reader {
    char **field;
    unsigned count, field_room;
    struct stmt **open; /* statement last read, per depth: cases and else-ifs nest deeply */
    unsigned depth, room;
    struct function *function;
    struct stmt *last;
    uint64_t hash;
};

static void split(struct reader *r, char *line) {
    r->count = 0;
    for (char *p = line; p;) {
        char *tab = strchr(p, '\t');
        if (tab) *tab++ = 0;
        if (r->count == r->field_room) {
            r->field_room = r->field_room ? 2 * r->field_room : 64;
            r->field = realloc(r->field, r->field_room * sizeof *r->field);
        }
        r->field[r->count++] = p;
        p = tab;
    }
}

static char *string(const struct reader *r, unsigned i) {
    if (i >= r->count || !strcmp(r->field[i], "-")) return NULL;
    return strdup(r->field[i]);
}

static unsigned number(const struct reader *r, unsigned i) {
    return i < r->count ? (unsigned)strtoul(r->field[i], NULL, 10) : 0;
}

static char **strings(const struct reader *r, unsigned first, unsigned *count) {
    *count = r->count > first ? r->count - first : 0;
    char **list = *count ? calloc(*count, sizeof *list) : NULL;
    for (unsigned i = 0; list && i < *count; i++) list[i] = strdup(r->field[first + i]);
    return list;
}

static struct function *read_function(struct reader *r) {
    struct function *f = calloc(1, sizeof *f);
    f->name = string(r, 1);
    f->file = string(r, 2);
    f->type = string(r, 3);
    f->result = string(r, 4);
    f->flags = number(r, 5);
    f->begin = number(r, 6);
    f->name_begin = number(r, 7);
    f->params_begin = number(r, 8);
    f->params_end = number(r, 9);
    f->body_begin = number(r, 10);
    f->body_end = number(r, 11);
    f->line = number(r, 12);
    f->column = number(r, 13);
    f->end_line = number(r, 14);
    f->pretty = string(r, 15);
    f->target = string(r, 16);
    f->params = strings(r, 17, &f->param_count);
    return f;
}

static struct stmt *read_stmt(struct reader *r) {
    struct stmt *s = calloc(1, sizeof *s);
    s->kind = (enum stmt_kind)number(r, 2);
    s->flags = number(r, 3);
    s->begin = number(r, 4);
    s->end = number(r, 5);
    s->line = number(r, 6);
    s->column = number(r, 7);
    s->end_line = number(r, 8);
    s->end_column = number(r, 9);
    s->cond_begin = number(r, 10);
    s->value_begin = number(r, 11);
    s->value_end = number(r, 12);
    s->name = string(r, 13);
    s->targets = strings(r, 14, &s->target_count);
    return s;
}

static int add_stmt(struct reader *r) {
    unsigned depth = number(r, 1);
    if (!r->function || depth > r->depth) return -EPROTO;
    if (depth >= r->room) {
        r->room = r->room ? 2 * r->room : 64;
        r->open = realloc(r->open, r->room * sizeof *r->open);
    }
    struct stmt *s = read_stmt(r);
    if (depth) {
        struct stmt *parent = r->open[depth - 1];
        parent->kids = realloc(parent->kids, (parent->kid_count + 1) * sizeof *parent->kids);
        parent->kids[parent->kid_count++] = s;
    } else {
        r->function->body = s;
    }
    r->open[depth] = r->last = s;
    r->depth = depth + 1;
    return 0;
}

static int add_call(struct reader *r) {
    struct stmt *s = r->last;
    if (!s) return -EPROTO;
    s->calls = realloc(s->calls, (s->call_count + 1) * sizeof *s->calls);
    s->calls[s->call_count] = (struct call){.callee = string(r, 1),
                                              .file = string(r, 2),
                                              .type = string(r, 3),
                                              .start = string(r, 4),
                                              .begin = number(r, 5),
                                              .end = number(r, 6),
                                              .args = number(r, 7),
                                              .inner = number(r, 8),
                                              .macro_begin = number(r, 9),
                                              .macro_end = number(r, 10),
                                              .no_return = number(r, 11) & 1,
                                              .at_scope_end = (number(r, 11) & 2) != 0,
                                              .must = (number(r, 11) & 4) != 0,
                                              .from_macro = (number(r, 11) & 8) != 0,
                                              .open = (number(r, 11) & 16) != 0,
                                              .ours = (number(r, 11) & 32) != 0,
                                              .defined = (number(r, 11) & 64) != 0,
                                              .named = number(r, 12)};
    struct call *call = &s->calls[s->call_count++];
    call->callbacks = strings(r, 13, &call->callback_count);
    return 0;
}

static void add_value(struct function *f, const struct reader *r) {
    f->values = realloc(f->values, (f->value_count + 1) * sizeof *f->values);
    f->values[f->value_count++] = (struct value){string(r, 1), string(r, 2), f->types};
}

/* All values of a function come before what uses them. */
static int read_uses(struct uses *uses, const struct reader *r) {
    uses->values = calloc(r->count, sizeof *uses->values);
    for (unsigned i = 1; i < r->count; i++) {
        if (number(r, i) >= r->function->value_count) return -EPROTO;
        uses->values[uses->count++] = &r->function->values[number(r, i)];
    }
    return 0;
}

static int add_uses(const struct reader *r, char kind) {
    if (!r->function || (kind == 'U' && !r->last)) return -EPROTO;
    if (kind != 'V') return read_uses(kind == 'P' ? &r->function->uses : &r->last->uses, r);
    add_value(r->function, r);
    return 0;
}

static long long signed_number(const struct reader *r, unsigned i) {
    return i < r->count ? strtoll(r->field[i], NULL, 10) : 0;
}

static int add_mention(struct unit_facts *unit, const struct reader *r, char kind) {
    struct mention m = {.kind = MENTION_MEMBER, .file = string(r, 1), .place = string(r, 2),
                        .name = string(r, 3)};
    if (kind == 'N')
        m = (struct mention){.kind = MENTION_ENUMERATOR, .file = m.file, .name = m.place,
                             .number = (free(m.name), signed_number(r, 3))};
    if (kind == 'G')
        m = (struct mention){.kind = MENTION_GLOBAL, .name = m.file, .place = m.place,
                             .number = (free(m.name), signed_number(r, 3))};
    if (!m.name) return -EPROTO;
    unit->mentions = realloc(unit->mentions, (unit->mention_count + 1) * sizeof *unit->mentions);
    unit->mentions[unit->mention_count++] = m;
    return 0;
}

static int add_record(struct unit_facts *unit, const struct reader *r) {
    bool fresh;
    if (r->count < 5) return -EPROTO;
    struct record *record = calloc(1, sizeof *record);
    record->usr = string(r, 1);
    record->name = string(r, 2);
    record->is_union = number(r, 3) & 1;
    record->system = (number(r, 3) & 2) != 0;
    record->size = strtoull(r->field[4], NULL, 10);
    record->fields = calloc(r->count, sizeof *record->fields);
    for (unsigned i = 5; i + 4 < r->count; i += 5)
        record->fields[record->field_count++] =
            (struct field){string(r, i), signed_number(r, i + 1), string(r, i + 2), number(r, i + 3),
                           number(r, i + 4)};
    unsigned at = names_add(&unit->types->names, r->field[1], &fresh);
    unit->types->records =
        realloc(unit->types->records, unit->types->names.count * sizeof *unit->types->records);
    unit->types->records[at] = record;
    return fresh ? 0 : -EPROTO;
}

static void add_address(struct unit_facts *unit, const struct reader *r) {
    unit->addresses = realloc(unit->addresses, (unit->address_count + 3) * sizeof(char *));
    for (unsigned i = 1; i <= 3; i++) unit->addresses[unit->address_count++] = string(r, i);
}

static int add_include(struct unit_facts *unit, const struct reader *r) {
    if (r->count != 8) return -EPROTO;
    unit->includes = realloc(unit->includes, (unit->include_count + 1) * sizeof *unit->includes);
    unit->includes[unit->include_count++] =
        (struct include){string(r, 1), number(r, 2), number(r, 3), number(r, 4) != 0,
                         string(r, 5), string(r, 6), string(r, 7)};
    return 0;
}

void include_free(struct include *include) {
    free(include->file);
    free(include->target);
    free(include->spelled);
    free(include->shown);
}

static int read_record(struct unit_facts *unit, struct reader *r, char kind) {
    switch (kind) {
    case 'A': add_address(unit, r); return 0;
    case 'I': return add_include(unit, r);
    case 'F':
        r->function = read_function(r);
        r->function->types = unit->types;
        r->depth = 0;
        r->last = NULL;
        return r->function->name && r->function->file ? 0 : -EPROTO;
    case 'S': return add_stmt(r);
    case 'C': return add_call(r);
    case 'V':
    case 'P':
    case 'U': return add_uses(r, kind);
    case 'M':
    case 'N':
    case 'G': return add_mention(unit, r, kind);
    case 'R': return add_record(unit, r);
    case 'E':
        if (!r->function) return -EPROTO;
        r->function->hash = r->hash;
        unit->functions =
            realloc(unit->functions, (unit->function_count + 1) * sizeof *unit->functions);
        unit->functions[unit->function_count++] = r->function;
        r->function = NULL;
        return 0;
    default: return -EPROTO;
    }
}

static uint64_t hash_line(uint64_t hash, const char *line) {
    for (; *line; line++) hash = (hash ^ (unsigned char)*line) * 1099511628211ull;
    return hash;
}

struct unit_facts *facts_read(const char *path) {
    FILE *in = fopen(path, "r");
    if (!in) return NULL;
    struct unit_facts *unit = calloc(1, sizeof *unit);
    unit->types = calloc(1, sizeof *unit->types);
    struct reader *r = calloc(1, sizeof *r);
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    int error = -EPROTO;
    while ((length = getline(&line, &size, in)) > 0) {
        if (line[length - 1] == '\n') line[--length] = 0;
        char kind = line[0];
        r->hash = kind == 'F' ? hash_line(14695981039346656037ull, line) : hash_line(r->hash, line);
        split(r, line);
        if (kind == 'l' && r->count == 3) unit->main_file = string(r, 2), error = 0;
        else if (error || (error = read_record(unit, r, kind))) break;
    }
    free(line);
    free(r->open);
    free(r->field);
    free(r);
    fclose(in);
    if (!error) return unit;
    unit_facts_free(unit);
    errno = -error;
    return NULL;
}

void unit_facts_free(struct unit_facts *unit) {
    for (unsigned i = 0; i < unit->address_count; i++) free(unit->addresses[i]);
    for (unsigned i = 0; i < unit->mention_count; i++) {
        free(unit->mentions[i].file);
        free(unit->mentions[i].name);
        free(unit->mentions[i].place);
    }
    for (unsigned i = 0; i < unit->include_count; i++) include_free(&unit->includes[i]);
    free(unit->includes);
    free(unit->mentions);
    free(unit->addresses);
    free(unit->functions);
    free(unit->main_file);
    free(unit);
}

static void record_free(struct record *record) {
    for (unsigned i = 0; i < record->field_count; i++) {
        free(record->fields[i].name);
        free(record->fields[i].type);
    }
    free(record->fields);
    free(record->usr);
    free(record->name);
    free(record);
}

void unit_types_free(struct unit_types *types) {
    for (unsigned i = 0; i < types->names.count; i++) record_free(types->records[i]);
    names_free(&types->names);
    free(types->records);
    free(types);
}

bool stmt_any(const struct stmt *s, uint32_t flags) {
    if (s->flags & flags) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (stmt_any(s->kids[i], flags)) return true;
    return false;
}

void stmt_free(struct stmt *s) {
    if (!s) return;
    for (unsigned i = 0; i < s->kid_count; i++) stmt_free(s->kids[i]);
    for (unsigned i = 0; i < s->target_count; i++) free(s->targets[i]);
    for (unsigned i = 0; i < s->call_count; i++) {
        free(s->calls[i].callee);
        free(s->calls[i].file);
        free(s->calls[i].type);
        free(s->calls[i].start);
        for (unsigned j = 0; j < s->calls[i].callback_count; j++) free(s->calls[i].callbacks[j]);
        free(s->calls[i].callbacks);
    }
    free(s->calls);
    free(s->targets);
    free(s->kids);
    free(s->uses.list);
    free(s->uses.values);
    free(s->name);
    free(s->place);
    free(s);
}

void function_free(struct function *f) {
    if (!f) return;
    for (unsigned i = 0; i < f->param_count; i++) free(f->params[i]);
    free(f->params);
    free(f->name);
    free(f->file);
    free(f->type);
    free(f->result);
    free(f->pretty);
    free(f->target);
    for (unsigned i = 0; i < f->value_count; i++) {
        free(f->values[i].name);
        free(f->values[i].type);
    }
    free(f->values);
    free(f->uses.list);
    free(f->uses.values);
    stmt_free(f->body);
    free(f);
}
