// SPDX-License-Identifier: MIT
/*
 * scan_private.c: which statements nothing else in the program can see. They need no slot.
 *
 * Rule: private is what only reads and writes local variables whose address does not escape, and
 * calls nothing. Kinds of expressions that are not listed here are not private.
 *
 * Vocabulary
 *   escapes   of a local variable: its address is taken somewhere in the function, or an array in
 *             it becomes a pointer
 */
#include "scan.h"
#include <stdlib.h>
#include <string.h>

/* ---- what escapes ---------------------------------------------------------------------------- */

/* The variable that contains the object; a null cursor if a pointer leads to it. */
static CXCursor whole(CXCursor object) {
    for (;;) {
        enum CXCursorKind kind = clang_getCursorKind(object);
        if (kind == CXCursor_DeclRefExpr) return clang_getCursorReferenced(object);
        bool inside = kind == CXCursor_ParenExpr || kind == CXCursor_MemberRefExpr ||
                      kind == CXCursor_ArraySubscriptExpr || kind == CXCursor_UnexposedExpr;
        struct kids kids = kids_of(object);
        if (!inside || !kids.count) {
            free(kids.list);
            return clang_getNullCursor();
        }
        object = kids.list[0];
        free(kids.list);
    }
}

static void add_escaping(struct scan *scan, CXCursor variable) {
    if (clang_Cursor_isNull(variable)) return;
    cursors_add(&scan->escaping, variable, 0);
}

static bool is_array(CXCursor cursor) {
    CXType type = clang_getCanonicalType(clang_getCursorType(cursor));
    return clang_getArrayElementType(type).kind != CXType_Invalid;
}

static enum CXChildVisitResult find_escaping(CXCursor cursor, CXCursor parent, CXClientData data) {
    struct scan *scan = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    (void)parent;
    if (kind == CXCursor_UnaryOperator &&
        clang_getCursorUnaryOperatorKind(cursor) == CXUnaryOperator_AddrOf) {
        struct kids kids = kids_of(cursor);
        if (kids.count) add_escaping(scan, whole(kids.list[0]));
        free(kids.list);
    } else if (kind == CXCursor_MemberRefExpr && is_array(cursor)) {
        add_escaping(scan, whole(cursor));
    }
    return CXChildVisit_Recurse;
}

void scan_escaping(struct scan *scan, CXCursor body) {
    clang_visitChildren(body, find_escaping, scan);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static bool is_mention(CXCursor cursor, CXCursor variable) {
    return clang_getCursorKind(cursor) == CXCursor_DeclRefExpr &&
           clang_equalCursors(clang_getCursorReferenced(cursor), variable);
}

static bool is_value(CXCursor cursor) {
    CXType type = clang_getCanonicalType(clang_getCursorType(cursor));
    return type.kind != CXType_Record && clang_getArrayElementType(type).kind == CXType_Invalid;
}

static bool is_record(CXCursor cursor) {
    return clang_getCanonicalType(clang_getCursorType(cursor)).kind == CXType_Record;
}

static bool through_pointer(CXCursor member, CXCursor object) {
    return clang_getCursorKind(member) == CXCursor_MemberRefExpr &&
           clang_getCanonicalType(clang_getCursorType(object)).kind == CXType_Pointer;
}

/* Of `x[...]`, `x.member`: x; an array that becomes a pointer for that is seen through. */
static CXCursor object_of(CXCursor path) {
    enum CXCursorKind kind = clang_getCursorKind(path);
    if (kind != CXCursor_ArraySubscriptExpr && kind != CXCursor_MemberRefExpr &&
        kind != CXCursor_ParenExpr)
        return clang_getNullCursor();
    struct kids kids = kids_of(path);
    CXCursor object = kids.count ? kids.list[0] : clang_getNullCursor();
    free(kids.list);
    if (through_pointer(path, object)) return clang_getNullCursor();
    if (kind != CXCursor_ArraySubscriptExpr || clang_getCursorKind(object) != CXCursor_UnexposedExpr)
        return object;
    kids = kids_of(object);
    if (kids.count) object = kids.list[0];
    free(kids.list);
    return object;
}

/* Names an object in the variable. */
static bool is_path(CXCursor cursor, CXCursor variable) {
    CXCursor object = object_of(cursor);
    return clang_Cursor_isNull(object) ? is_mention(cursor, variable) : is_path(object, variable);
}

static bool only_read(CXCursor cursor, CXCursor parent, CXCursor variable);

/* The parts of a path further inside are no reads of their own, their indexes are. */
static bool parts_only_read(CXCursor cursor, CXCursor variable) {
    bool path = is_path(cursor, variable), result = true;
    struct kids kids = kids_of(cursor);
    for (unsigned i = path; i < kids.count && result; i++)
        result = only_read(kids.list[i], cursor, variable);
    free(kids.list);
    CXCursor object = object_of(cursor);
    return result && (!path || clang_Cursor_isNull(object) || parts_only_read(object, variable));
}

/* Every mention of the variable reads a value out of it: nothing has an address in it. */
static bool only_read(CXCursor cursor, CXCursor parent, CXCursor variable) {
    enum CXCursorKind kind = clang_getCursorKind(cursor), above = clang_getCursorKind(parent);
    if (kind == CXCursor_UnaryExpr) return true; /* sizeof */
    if (is_path(cursor, variable)) {
        bool addressed = above == CXCursor_UnaryOperator &&
                         clang_getCursorUnaryOperatorKind(parent) == CXUnaryOperator_AddrOf;
        bool copied = is_record(cursor) && above == CXCursor_UnexposedExpr;
        if (addressed || !(is_value(cursor) || copied)) return false;
    }
    return parts_only_read(cursor, variable);
}

bool scan_is_table(CXCursor variable) {
    CXType type = clang_getCanonicalType(clang_getCursorType(variable));
    return clang_isConstQualifiedType(type) && !clang_isVolatileQualifiedType(type) &&
           only_read(clang_getCursorSemanticParent(variable), clang_getNullCursor(), variable);
}

/* ---- what is private ------------------------------------------------------------------------- */

/* Of a list of arguments: va_arg has no cursor kind of its own. */
static bool is_list(CXType type) {
    char *text = copy_string(clang_getTypeSpelling(type));
    bool result = strstr(text, "va_list") != NULL;
    free(text);
    return result;
}

static bool is_private_mention(const struct scan *scan, CXCursor mention) {
    CXCursor thing = clang_getCursorReferenced(mention);
    enum CXCursorKind kind = clang_getCursorKind(thing);
    if (kind == CXCursor_EnumConstantDecl || kind == CXCursor_FunctionDecl) return true;
    if (kind != CXCursor_VarDecl && kind != CXCursor_ParmDecl) return false;
    enum CX_StorageClass storage = clang_Cursor_getStorageClass(thing);
    CXType type = clang_getCanonicalType(clang_getCursorType(thing));
    if (storage == CX_SC_Static || storage == CX_SC_Extern ||
        clang_getCursorLinkage(thing) != CXLinkage_NoLinkage)
        return false;
    return type.kind != CXType_Atomic && !is_list(type) && !cursors_find(&scan->escaping, thing, NULL);
}

/* Expressions that do what their parts do. */
static bool is_plain(CXCursor cursor, enum CXCursorKind kind, unsigned parts) {
    switch (kind) {
    case CXCursor_UnaryOperator:
        return clang_getCursorUnaryOperatorKind(cursor) != CXUnaryOperator_Deref;
    case CXCursor_UnexposedExpr: return parts == 1; /* a conversion */
    case CXCursor_ParenExpr:
    case CXCursor_BinaryOperator:
    case CXCursor_CompoundAssignOperator:
    case CXCursor_ConditionalOperator:
    case CXCursor_CStyleCastExpr:
    case CXCursor_MemberRefExpr:
    case CXCursor_TypeRef: return true;
    default: return false;
    }
}

bool scan_is_private(const struct scan *scan, CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_IntegerLiteral || kind == CXCursor_FloatingLiteral ||
        kind == CXCursor_CharacterLiteral || kind == CXCursor_StringLiteral || is_unevaluated(cursor))
        return true;
    CXType type = clang_getCursorType(cursor);
    if (clang_isVolatileQualifiedType(type) || type.kind == CXType_Atomic) return false;
    if (kind == CXCursor_DeclRefExpr) return is_private_mention(scan, cursor);
    struct kids kids = kids_of(cursor);
    bool result = is_plain(cursor, kind, kids.count);
    if (kids.count && through_pointer(cursor, kids.list[0])) result = false;
    for (unsigned i = 0; i < kids.count && result; i++)
        result = scan_is_private(scan, kids.list[i]);
    free(kids.list);
    return result;
}
