// SPDX-License-Identifier: MIT
/* table_types.c: see table_types.h. */
#include "table_types.h"
#include "mem.h"
#include "values.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINE_END "\\n\"\n"

/* ---- which records --------------------------------------------------------------------------- */

/* The record that a type leads to, NULL: none. pointers: how many stand before it. */
static const struct record *record_of(const char *type, const struct unit_types *types,
                                      unsigned *pointers) {
    for (*pointers = 0; *type == 'p' || *type == 'a';) {
        if (*type++ == 'p') ++*pointers;
        else while (isdigit((unsigned char)*type) || *type == 'x') type++;
    }
    if (*type != 'r') return NULL;
    char *usr = mem_format("%.*s", (int)strcspn(type + 2, "}"), type + 2);
    unsigned at = names_find(&types->names, usr);
    free(usr);
    return at == NO_NAME ? NULL : types->records[at];
}

static bool is_member_mentioned(const struct program_file *file, const struct record *record,
                                const char *name) {
    char *key = mem_format("%s %s", record->usr, name);
    bool found = names_find(&file->members, key) != NO_NAME;
    free(key);
    return found;
}

static bool is_field_listed(const struct records *records, const struct listed *listed,
                            const struct field *field) {
    return listed->whole || is_member_mentioned(records->file, listed->record, field->name);
}

static void add_type(struct records *records, const char *type, const struct unit_types *types,
                     bool direct);

static void add_fields(struct records *records, unsigned number) {
    const struct listed listed = records->list[number];
    for (unsigned i = 0; i < listed.record->field_count; i++)
        if (is_field_listed(records, &listed, &listed.record->fields[i]))
            add_type(records, listed.record->fields[i].type, listed.types, false);
}

static void add_type(struct records *records, const char *type, const struct unit_types *types,
                     bool direct) {
    unsigned pointers;
    bool fresh;
    const struct record *record = record_of(type, types, &pointers);
    if (!record) return;
    direct &= pointers < 2;
    if (!direct && names_find(&records->file->members, record->usr) == NO_NAME) return;
    bool whole = direct && !record->system;
    unsigned number = names_add(&records->names, record->usr, &fresh);
    if (fresh) {
        records->list = mem_grow(records->list, ++records->count, sizeof *records->list);
        records->list[number] = (struct listed){record, types, whole};
    } else {
        if (!whole || records->list[number].whole) return;
        records->list[number].whole = true;
    }
    add_fields(records, number);
}

void collect_records(struct records *records) {
    const struct program_file *file = records->file;
    for (unsigned i = 0; i < file->givens.count; i++) {
        names_add(&records->given, file->givens.list[i].name, NULL);
        add_type(records, file->givens.list[i].type, file->givens.list[i].types, true);
    }
    for (unsigned i = 0; i < file->definition_count; i++) {
        const struct definition *d = file->definitions[i];
        for (unsigned v = 0; v < d->variant_count; v++)
            for (unsigned n = 0; n < d->variants[v]->cfg->count; n++) {
                const struct uses *uses = uses_of(&d->variants[v]->cfg->nodes[n], d->variants[v]);
                for (unsigned u = 0; u < uses->count; u++)
                    add_type(records, uses->values[u]->type, uses->values[u]->types, true);
            }
    }
}

void records_free(struct records *records) {
    free(records->list);
    names_free(&records->names);
    names_free(&records->given);
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* Another unit may know another record of that name: then it has no number here. */
static unsigned number_of(const struct records *records, const char *type,
                          const struct unit_types *types) {
    unsigned pointers;
    const struct record *record = record_of(type, types, &pointers);
    unsigned number = record ? names_find(&records->names, record->usr) : NO_NAME;
    if (number == NO_NAME) return NO_NAME;
    return types_agree(type, types, type, records->list[number].types) ? number : NO_NAME;
}

void put_type(FILE *out, const struct records *records, const char *type,
              const struct unit_types *types) {
    const char *record = strchr(type, 'r');
    if (!record) {
        fputs(type, out);
        return;
    }
    unsigned number = number_of(records, type, types);
    fwrite(type, 1, (size_t)(record - type), out);
    if (number == NO_NAME) fputc('?', out);
    else fprintf(out, "r%u", number);
}

static void put_member(FILE *out, const struct records *records, const struct listed *listed,
                       const struct field *field) {
    fprintf(out, "\"m %s %lld ", field->name, field->offset);
    put_type(out, records, field->type, listed->types);
    if (field->width) fprintf(out, " %u:%u", field->bit, field->width);
    fputs(LINE_END, out);
}

void put_records(FILE *out, const struct records *records) {
    for (unsigned i = 0; i < records->count; i++) {
        const struct listed *listed = &records->list[i];
        const struct record *record = listed->record;
        fprintf(out, "\"rec %u %c ", i, record->is_union ? 'u' : 's');
        if (record->name) put_field(out, record->name);
        else fputs("%00", out);
        fprintf(out, " %llu" LINE_END, record->size);
        for (unsigned j = 0; j < record->field_count; j++)
            if (is_field_listed(records, listed, &record->fields[j]))
                put_member(out, records, listed, &record->fields[j]);
    }
}

void put_enumerators(FILE *out, const struct program_file *file) {
    for (unsigned i = 0; i < file->enumerators.count; i++)
        fprintf(out, "\"e %s %lld" LINE_END, file->enumerators.list[i], file->enumerator_values[i]);
}

void put_givens_lines(FILE *out, const struct records *records) {
    const struct givens *givens = &records->file->givens;
    for (unsigned i = 0; i < givens->count; i++) {
        fprintf(out, "\"g %u %s ", i, givens->list[i].name);
        put_type(out, records, givens->list[i].type, givens->list[i].types);
        fputs(LINE_END, out);
    }
}
