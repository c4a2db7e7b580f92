// SPDX-License-Identifier: MIT
/*
 * scan_type.c: types of values as text (rt/table.h), and the records they lead to.
 *
 * A record is named by what libclang calls its USR: `pr{c:@S@item}`. It is the same in all units
 * that see the same definition; table.c gives it the number that the table has for it.
 */
#include "scan.h"
#include <stdlib.h>
#include <string.h>

/* ---- types ----------------------------------------------------------------------------------- */

static bool is_unsigned(enum CXTypeKind kind) {
    return kind == CXType_Char_U || kind == CXType_UChar || kind == CXType_UShort ||
           kind == CXType_UInt || kind == CXType_ULong || kind == CXType_ULongLong;
}

static bool is_signed(enum CXTypeKind kind) {
    return kind == CXType_Char_S || kind == CXType_SChar || kind == CXType_Short ||
           kind == CXType_Int || kind == CXType_Long || kind == CXType_LongLong;
}

/* Canonical; of an enum its integer type, of an atomic what it holds. */
static CXType plain(CXType type) {
    type = clang_getCanonicalType(type);
    if (type.kind == CXType_Atomic) {
        CXType inner = clang_getCanonicalType(clang_Type_getValueType(type));
        if (clang_Type_getSizeOf(inner) == clang_Type_getSizeOf(type)) type = inner;
    }
    if (type.kind == CXType_Enum)
        type = clang_getCanonicalType(
            clang_getEnumDeclIntegerType(clang_getTypeDeclaration(type)));
    return type;
}

bool is_passable(CXType type) {
    if (clang_isVolatileQualifiedType(type) ||
        clang_isVolatileQualifiedType(clang_getCanonicalType(type)) ||
        clang_getCanonicalType(type).kind == CXType_Atomic)
        return false;
    type = plain(type);
    return is_signed(type.kind) || is_unsigned(type.kind) || type.kind == CXType_Bool ||
           type.kind == CXType_Pointer;
}

static char *joined(const char *front, char *rest) {
    char *text = malloc(strlen(front) + strlen(rest) + 1);
    strcpy(text, front);
    strcat(text, rest);
    free(rest);
    return text;
}

static char *record_code(struct scan *scan, CXType type) {
    CXCursor declaration = clang_getTypeDeclaration(type);
    CXCursor definition = clang_getCursorDefinition(declaration);
    if (!clang_Cursor_isNull(definition)) declaration = definition;
    char *usr = copy_string(clang_getCursorUSR(declaration)), *code = malloc(strlen(usr) + 4);
    sprintf(code, "r{%s}", usr);
    bool fresh;
    names_add(&scan->records, usr, &fresh);
    if (fresh) {
        scan->record_cursors =
            realloc(scan->record_cursors, scan->records.count * sizeof *scan->record_cursors);
        scan->record_cursors[scan->records.count - 1] = declaration;
    }
    free(usr);
    return code;
}

char *type_code(struct scan *scan, CXType type) {
    char code[32];
    type = plain(type);
    long long size = clang_Type_getSizeOf(type);
    if (is_signed(type.kind) || is_unsigned(type.kind)) {
        snprintf(code, sizeof code, "%c%lld", is_signed(type.kind) ? 'i' : 'u', size);
        return strdup(code);
    }
    switch (type.kind) {
    case CXType_Bool: return strdup("b1");
    case CXType_Float: return strdup("f4");
    case CXType_Double: return strdup("f8");
    case CXType_LongDouble: return strdup("f16");
    case CXType_Void: return strdup("v");
    case CXType_FunctionProto:
    case CXType_FunctionNoProto: return strdup("F");
    case CXType_Pointer: return joined("p", type_code(scan, clang_getPointeeType(type)));
    case CXType_Record: return record_code(scan, type);
    case CXType_ConstantArray:
    case CXType_IncompleteArray:
        snprintf(code, sizeof code, "a%lldx",
                 type.kind == CXType_ConstantArray ? clang_getArraySize(type) : 0);
        return joined(code, type_code(scan, clang_getArrayElementType(type)));
    default: return strdup("?");
    }
}

/* A parameter written as an array or a function is a pointer. */
char *parameter_code(struct scan *scan, CXType type) {
    type = clang_getCanonicalType(type);
    if (clang_getArrayElementType(type).kind != CXType_Invalid)
        return joined("p", type_code(scan, clang_getArrayElementType(type)));
    if (type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto)
        return strdup("pF");
    return type_code(scan, type);
}

/* ---- records --------------------------------------------------------------------------------- */

struct fields {
    struct scan *scan;
    struct record *record;
    long long base; /* in bits: of the anonymous member around */
};

/* The smallest aligned unit that holds the whole bit-field; if it is packed across units, the
 * smallest one from its first byte. */
static void place_bits(struct field *field, long long offset, unsigned width, CXType type) {
    type = plain(type);
    unsigned size = 1;
    for (; size < 8; size *= 2)
        if (offset % (8 * size) + width <= 8 * size) break;
    long long unit = 8 * size;
    bool crosses = offset % unit + width > unit;
    if (crosses)
        for (size = 1; size < 8 && offset % 8 + width > 8 * size;) size *= 2;
    field->offset = crosses ? offset / 8 : offset / unit * size;
    field->bit = (unsigned)(offset - field->offset * 8);
    field->width = width;
    if (field->bit + width > 64) field->width = 0; /* no load reaches it: left out */
    free(field->type);
    field->type = malloc(8);
    sprintf(field->type, "%c%u", type.kind == CXType_Bool ? 'b' : is_signed(type.kind) ? 'i' : 'u',
            size);
}

static enum CXVisitorResult add_field(CXCursor cursor, CXClientData data) {
    struct fields *fields = data;
    struct record *record = fields->record;
    CXType type = clang_getCanonicalType(clang_getCursorType(cursor));
    char *name = copy_string(clang_getCursorSpelling(cursor));
    long long offset = clang_Cursor_getOffsetOfField(cursor);
    bool unnamed = !*name || strchr(name, '(');
    bool bits = clang_Cursor_isBitField(cursor) != 0;
    if (offset >= 0) offset += fields->base;
    if (unnamed && !bits && type.kind == CXType_Record && offset >= 0) {
        struct fields inner = {fields->scan, record, offset};
        clang_Type_visitFields(type, add_field, &inner);
    }
    if (unnamed || offset < 0) {
        free(name);
        return CXVisit_Continue;
    }
    struct field field = {name, offset / 8, type_code(fields->scan, type), 0, 0};
    if (bits) place_bits(&field, offset, (unsigned)clang_getFieldDeclBitWidth(cursor), type);
    if (bits && !field.width) {
        free(field.name);
        free(field.type);
        return CXVisit_Continue;
    }
    record->fields = realloc(record->fields, (record->field_count + 1) * sizeof *record->fields);
    record->fields[record->field_count++] = field;
    return CXVisit_Continue;
}

/* The tag, or the name a typedef gives; "" if there is none. */
static char *record_name(CXType type) {
    char *text = copy_string(clang_getTypeSpelling(clang_getCanonicalType(type)));
    char *name = strchr(text, '(') ? strdup("") : strdup(strrchr(text, ' ') ? strrchr(text, ' ') + 1 : text);
    free(text);
    return name;
}

static void write_record(struct scan *scan, const char *usr, CXCursor cursor) {
    CXType type = clang_getCursorType(cursor);
    long long size = clang_Type_getSizeOf(type);
    struct record record = {
        .usr = (char *)usr,
        .name = record_name(type),
        .is_union = clang_getCursorKind(cursor) == CXCursor_UnionDecl,
        .system = clang_Location_isInSystemHeader(clang_getCursorLocation(cursor)) != 0,
        .size = size > 0 ? (unsigned long long)size : 0,
    };
    struct fields fields = {scan, &record, 0};
    if (size > 0) clang_Type_visitFields(type, add_field, &fields);
    facts_write_record(scan->out, &record);
    for (unsigned i = 0; i < record.field_count; i++) {
        free(record.fields[i].name);
        free(record.fields[i].type);
    }
    free(record.fields);
    free(record.name);
}

void scan_records(struct scan *scan) {
    for (unsigned i = 0; i < scan->records.count; i++) { /* grows on the way */
        char *usr = strdup(scan->records.list[i]);
        write_record(scan, usr, scan->record_cursors[i]);
        free(usr);
    }
}
