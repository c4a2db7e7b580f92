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

/* `x`, or `x[...]` of a variable x that is an array of values: only reads it, wherever it stands
 * but behind `&`. */
static bool is_read(CXCursor cursor, CXCursor variable) {
    if (clang_getCursorKind(cursor) != CXCursor_ArraySubscriptExpr)
        return is_mention(cursor, variable) && is_value(cursor);
    struct kids kids = kids_of(cursor);
    CXCursor array = kids.count ? kids.list[0] : clang_getNullCursor();
    free(kids.list);
    if (clang_getCursorKind(array) == CXCursor_UnexposedExpr) {
        kids = kids_of(array);
        if (kids.count) array = kids.list[0];
        free(kids.list);
    }
    return is_mention(array, variable) && is_value(cursor);
}

static bool only_read(CXCursor cursor, CXCursor variable) {
    struct kids kids = kids_of(cursor);
    bool addressed = clang_getCursorKind(cursor) == CXCursor_UnaryOperator &&
                     clang_getCursorUnaryOperatorKind(cursor) == CXUnaryOperator_AddrOf;
    bool result = true;
    unsigned first = 0;
    if (is_read(cursor, variable) && clang_getCursorKind(cursor) == CXCursor_ArraySubscriptExpr)
        first = 1; /* the rest is the index */
    for (unsigned i = first; i < kids.count && result; i++)
        result = !is_mention(kids.list[i], variable) || is_value(kids.list[i]);
    for (unsigned i = 0; i < kids.count && result && addressed; i++)
        result = !is_read(kids.list[i], variable);
    for (unsigned i = first; i < kids.count && result; i++)
        result = only_read(kids.list[i], variable);
    free(kids.list);
    return result;
}

bool scan_is_table(CXCursor variable) {
    CXType type = clang_getCanonicalType(clang_getCursorType(variable));
    return clang_isConstQualifiedType(type) && !clang_isVolatileQualifiedType(type) &&
           only_read(clang_getCursorSemanticParent(variable), variable);
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

static bool through_pointer(CXCursor member, CXCursor object) {
    return clang_getCursorKind(member) == CXCursor_MemberRefExpr &&
           clang_getCanonicalType(clang_getCursorType(object)).kind == CXType_Pointer;
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
