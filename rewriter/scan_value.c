// SPDX-License-Identifier: MIT
/*
 * scan_value.c: which variables a statement reads, and what the file's functions mention of members,
 * enumerators and variables of file scope. For expressions in filters.
 *
 * Rules
 *   - a slot passes what its statement is about to read: so nothing lives longer for it
 *   - read: mentioned in what is evaluated, but not behind a plain assignment to it or its address,
 *     before which its value is garbage; walked in the order of evaluation
 *   - declared in front of the statement; scalar, of at most 8 bytes, neither volatile nor atomic
 *   - its name stands in the text, and is no macro: so it means the same in the slot
 *
 * Vocabulary
 *   mention   an expression that names a thing, evaluated or not
 */
#include "scan.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* The text at the cursor is this name: it does not come out of a macro. */
static bool stands_in_text(struct scan *scan, CXCursor cursor, const char *name, unsigned *offset,
                           struct source **source) {
    struct source *s = source_at(scan, clang_getCursorLocation(cursor), offset);
    size_t length = strlen(name);
    *source = s;
    return s && s->path && *offset + length <= s->size && s->active[*offset] &&
           !strncmp(s->text + *offset, name, length) && !is_name(s->text[*offset + length]);
}

static bool is_macro(const struct scan *scan, const char *name) {
    return names_find(&scan->macros, name) != NO_NAME;
}

static bool has_kid(CXCursor cursor, enum CXCursorKind kind) {
    struct kids kids = kids_of(cursor);
    bool result = false;
    for (unsigned i = 0; i < kids.count; i++) result |= clang_getCursorKind(kids.list[i]) == kind;
    free(kids.list);
    return result;
}

/* ---- what a statement reads ------------------------------------------------------------------ */

enum { VALUES_MAX = 8, READS_MAX = 64 };

struct read {
    CXCursor variable;
    unsigned offset; /* of the mention */
    bool assigned;   /* before it was read: never passed */
};

struct reads {
    struct scan *scan;
    struct stmt *stmt;
    struct read list[READS_MAX];
    unsigned count;
};

static bool is_local(CXCursor variable) {
    enum CXCursorKind kind = clang_getCursorKind(variable);
    if (kind == CXCursor_ParmDecl) return true;
    enum CX_StorageClass storage = clang_Cursor_getStorageClass(variable);
    return kind == CXCursor_VarDecl && storage != CX_SC_Static && storage != CX_SC_Extern &&
           clang_getCursorLinkage(variable) == CXLinkage_NoLinkage;
}

static struct read *known(struct reads *reads, CXCursor variable) {
    for (unsigned i = 0; i < reads->count; i++)
        if (clang_equalCursors(reads->list[i].variable, variable)) return &reads->list[i];
    return NULL;
}

static void note(struct reads *reads, CXCursor mention, bool assigned) {
    CXCursor variable = clang_getCursorReferenced(mention);
    if (!is_local(variable) || known(reads, variable) || reads->count == READS_MAX) return;
    unsigned offset;
    struct source *source;
    char *name = copy_string(clang_getCursorSpelling(variable));
    if (assigned || stands_in_text(reads->scan, mention, name, &offset, &source))
        reads->list[reads->count++] = (struct read){variable, offset, assigned};
    free(name);
}

static bool is_mention(CXCursor cursor) {
    return clang_getCursorKind(cursor) == CXCursor_DeclRefExpr;
}

static CXCursor in_parens(CXCursor cursor) {
    while (clang_getCursorKind(cursor) == CXCursor_ParenExpr) {
        struct kids kids = kids_of(cursor);
        if (kids.count) cursor = kids.list[0];
        free(kids.list);
        if (!kids.count) break;
    }
    return cursor;
}

static void walk(struct reads *reads, CXCursor cursor);

static void walk_target(struct reads *reads, CXCursor cursor) {
    cursor = in_parens(cursor);
    if (is_mention(cursor)) note(reads, cursor, true);
    else walk(reads, cursor);
}

static void walk_all(struct reads *reads, CXCursor cursor, bool targets) {
    struct kids kids = kids_of(cursor);
    for (unsigned i = 0; i < kids.count; i++)
        if (targets) walk_target(reads, kids.list[i]);
        else walk(reads, kids.list[i]);
    free(kids.list);
}

/* The last part is the operand; those before it name the type. */
static void walk_last(struct reads *reads, CXCursor cursor) {
    struct kids kids = kids_of(cursor);
    bool to_void = clang_getCanonicalType(clang_getCursorType(cursor)).kind == CXType_Void;
    CXCursor last = kids.count ? kids.list[kids.count - 1] : cursor;
    if (kids.count && !(to_void && is_mention(in_parens(last)))) walk(reads, last);
    free(kids.list);
}

static void walk_assignment(struct reads *reads, CXCursor cursor) {
    struct kids kids = kids_of(cursor);
    for (unsigned i = kids.count; i-- > 1;) walk(reads, kids.list[i]);
    if (kids.count) walk_target(reads, kids.list[0]);
    free(kids.list);
}

static void walk_variable(struct reads *reads, CXCursor cursor) {
    CXCursor initializer = clang_Cursor_getVarDeclInitializer(cursor);
    if (!clang_Cursor_isNull(initializer)) walk(reads, initializer);
}

static void walk(struct reads *reads, CXCursor cursor) {
    switch (clang_getCursorKind(cursor)) {
    case CXCursor_DeclRefExpr: note(reads, cursor, false); break;
    case CXCursor_UnaryExpr: /* sizeof, _Alignof: not evaluated */
    case CXCursor_GenericSelectionExpr:
    case CXCursor_BlockExpr: break;
    case CXCursor_VarDecl: walk_variable(reads, cursor); break;
    case CXCursor_GCCAsmStmt:
    case CXCursor_MSAsmStmt: walk_all(reads, cursor, true); break;
    case CXCursor_CStyleCastExpr:
    case CXCursor_CompoundLiteralExpr: walk_last(reads, cursor); break;
    case CXCursor_BinaryOperator:
        if (clang_getCursorBinaryOperatorKind(cursor) == CXBinaryOperator_Assign)
            walk_assignment(reads, cursor);
        else walk_all(reads, cursor, false);
        break;
    case CXCursor_UnaryOperator:
        walk_all(reads, cursor,
                 clang_getCursorUnaryOperatorKind(cursor) == CXUnaryOperator_AddrOf);
        break;
    default: walk_all(reads, cursor, false);
    }
}

/* ---- what is passed -------------------------------------------------------------------------- */

/* The number of a value among those of the function. */
static unsigned add_value(struct scan *scan, const char *name, const char *type) {
    struct function *f = scan->function;
    char *key = malloc(strlen(name) + strlen(type) + 2);
    bool fresh;
    sprintf(key, "%s %s", name, type);
    unsigned number = names_add(&scan->value_keys, key, &fresh);
    free(key);
    if (!fresh) return number;
    f->values = realloc(f->values, (number + 1) * sizeof *f->values);
    f->values[f->value_count++] = (struct value){strdup(name), strdup(type), NULL};
    return number;
}

/* Its number among the function's values, or NO_NAME. */
static unsigned value_number(struct scan *scan, CXCursor variable) {
    CXType type = clang_getCursorType(variable);
    char *name = copy_string(clang_getCursorSpelling(variable));
    bool is_parameter = clang_getCursorKind(variable) == CXCursor_ParmDecl;
    char *code = is_parameter ? parameter_code(scan, type) : type_code(scan, type);
    bool fits = (is_passable(type) || (is_parameter && *code == 'p')) && !is_macro(scan, name) &&
                !clang_isVolatileQualifiedType(type) && !has_kid(variable, CXCursor_AsmLabelAttr);
    unsigned number = fits ? add_value(scan, name, code) : NO_NAME;
    free(name);
    free(code);
    return number;
}

static void pass(struct scan *scan, CXCursor variable, struct uses *uses) {
    unsigned number = uses->count < VALUES_MAX ? value_number(scan, variable) : NO_NAME;
    for (unsigned i = 0; i < uses->count; i++)
        if (number == uses->list[i]) return;
    if (number == NO_NAME) return;
    uses->list = realloc(uses->list, (uses->count + 1) * sizeof *uses->list);
    uses->list[uses->count++] = number;
}

static bool is_in_front(struct scan *scan, CXCursor variable, const struct stmt *stmt) {
    unsigned offset;
    struct source *s = source_at(scan, clang_getCursorLocation(variable), &offset);
    return s && s->path && !strcmp(s->path, scan->function->file) && offset < stmt->begin;
}

static int by_mention(const void *x, const void *y) {
    const struct read *a = x, *b = y;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

void scan_reads(struct scan *scan, struct stmt *stmt, const CXCursor *expressions,
                unsigned count) {
    if (!scan->function || !(stmt->flags & IN_TEXT)) return;
    struct reads reads = {.scan = scan, .stmt = stmt};
    for (unsigned i = 0; i < count; i++) walk(&reads, expressions[i]);
    unsigned kept = 0;
    for (unsigned i = 0; i < reads.count; i++)
        if (!reads.list[i].assigned && is_in_front(scan, reads.list[i].variable, stmt))
            reads.list[kept++] = reads.list[i];
    if (kept) qsort(reads.list, kept, sizeof *reads.list, by_mention);
    for (unsigned i = 0; i < kept; i++) pass(scan, reads.list[i].variable, &stmt->uses);
}

static void hand_down(const struct uses *uses, struct stmt *branch) {
    if (branch->kind == STMT_COMPOUND && branch->kid_count) branch = branch->kids[0];
    if (branch->flags & PRIVATE && branch->kind == STMT_IF)
        for (unsigned i = 0; i < branch->kid_count; i++) hand_down(uses, branch->kids[i]);
    if (is_label(branch) || branch->flags & PRIVATE) return;
    for (unsigned i = 0; i < uses->count; i++) {
        struct uses *own = &branch->uses;
        unsigned at = 0;
        while (at < own->count && own->list[at] != uses->list[i]) at++;
        if (at < own->count || own->count == VALUES_MAX) continue;
        own->list = realloc(own->list, (own->count + 1) * sizeof *own->list);
        own->list[own->count++] = uses->list[i];
    }
}

/* An `if` without a slot: the first statements of its branches pass what it reads. No declaration
 * stands between, so the names mean the same there. */
void scan_hand_down(struct stmt *stmt) {
    for (unsigned i = 0; i < stmt->kid_count; i++) hand_down(&stmt->uses, stmt->kids[i]);
}

void scan_local(struct scan *scan, CXCursor variable) {
    struct function *f = scan->function;
    if (!f || clang_Cursor_getStorageClass(variable) == CX_SC_Extern) return;
    char *name = copy_string(clang_getCursorSpelling(variable));
    if (*name) add_value(scan, name, HIDES);
    free(name);
}

void scan_parameters(struct scan *scan, CXCursor function) {
    int count = clang_Cursor_getNumArguments(function);
    for (int i = 0; i < count; i++) {
        unsigned offset;
        struct source *source;
        CXCursor parameter = clang_Cursor_getArgument(function, (unsigned)i);
        char *name = copy_string(clang_getCursorSpelling(parameter));
        scan_local(scan, parameter);
        if (*name && stands_in_text(scan, parameter, name, &offset, &source))
            pass(scan, parameter, &scan->function->uses);
        free(name);
    }
}

/* ---- what is mentioned ----------------------------------------------------------------------- */

static bool is_new(struct scan *scan, const char *kind, const char *first, const char *second) {
    char *key = malloc(strlen(kind) + strlen(first) + strlen(second) + 3);
    bool fresh;
    sprintf(key, "%s\t%s\t%s", kind, first, second);
    names_add(&scan->mentions, key, &fresh);
    free(key);
    return fresh;
}

/* The record whose members those of an anonymous one count as. */
static CXCursor named_record(CXCursor record) {
    for (;;) {
        CXCursor around = clang_getCursorSemanticParent(record);
        enum CXCursorKind kind = clang_getCursorKind(around);
        if (!clang_Cursor_isAnonymousRecordDecl(record) ||
            (kind != CXCursor_StructDecl && kind != CXCursor_UnionDecl))
            return record;
        record = around;
    }
}

static void mention_member(struct scan *scan, CXCursor member) {
    CXCursor record = named_record(clang_getCursorSemanticParent(member));
    char *usr = copy_string(clang_getCursorUSR(record));
    char *name = copy_string(clang_getCursorSpelling(member));
    const char *file = scan->function->file;
    if (*name && is_new(scan, file, usr, name)) facts_write_member(scan->out, file, usr, name);
    free(name);
    free(usr);
}

static void mention_enumerator(struct scan *scan, CXCursor enumerator) {
    char *name = copy_string(clang_getCursorSpelling(enumerator));
    const char *file = scan->function->file;
    if (is_new(scan, file, "e", name))
        facts_write_enumerator(scan->out, file, name, clang_getEnumConstantDeclValue(enumerator));
    free(name);
}

/* What a variable of a small enum may be compared with. */
static void mention_enum(struct scan *scan, CXType type) {
    enum { SMALL = 32 };
    type = clang_getCanonicalType(type);
    if (type.kind != CXType_Enum) return;
    CXCursor declaration = clang_getTypeDeclaration(type);
    char *usr = copy_string(clang_getCursorUSR(declaration));
    if (is_new(scan, scan->function->file, "enum", usr) &&
        !clang_Location_isInSystemHeader(clang_getCursorLocation(declaration))) {
        struct kids kids = kids_of(declaration);
        for (unsigned i = 0; i < kids.count && kids.count <= SMALL; i++)
            if (clang_getCursorKind(kids.list[i]) == CXCursor_EnumConstantDecl)
                mention_enumerator(scan, kids.list[i]);
        free(kids.list);
    }
    free(usr);
}

static bool is_given(CXCursor global, const char *code) {
    bool is_function = clang_getCursorKind(global) == CXCursor_FunctionDecl;
    CXType type = clang_getCanonicalType(clang_getCursorType(global));
    if (clang_getCursorKind(clang_getCursorLexicalParent(global)) != CXCursor_TranslationUnit ||
        clang_Location_isInSystemHeader(clang_getCursorLocation(global)) ||
        clang_getCursorAvailability(global) != CXAvailability_Available ||
        has_kid(global, CXCursor_AsmLabelAttr))
        return false;
    if (is_function) {
        char *text = type_name(type);
        bool starts = !strcmp(text, "void *(void *)");
        free(text);
        return starts;
    }
    if (clang_getCursorTLSKind(global) != CXTLS_None ||
        clang_Cursor_getStorageClass(global) == CX_SC_Register)
        return false;
    if (strchr("ar", *code)) { /* tables that never change are of no use */
        return !clang_isConstQualifiedType(type); /* canonical: an array's is its elements' */
    }
    return strchr("biup", *code) != NULL && clang_getCursorKind(global) == CXCursor_VarDecl;
}

/* An object that need not exist must not be read. */
static bool is_weak(CXCursor global) {
    if (!clang_Cursor_isNull(clang_getCursorDefinition(global))) return false;
    CXPrintingPolicy policy = clang_getCursorPrintingPolicy(global);
    char *printed = copy_string(clang_getCursorPrettyPrinted(global, policy));
    clang_PrintingPolicy_dispose(policy);
    bool weak = strstr(printed, "weak") != NULL;
    free(printed);
    return weak;
}

void scan_global(struct scan *scan, CXCursor mention, CXCursor global) {
    unsigned offset;
    struct source *source;
    char *name = copy_string(clang_getCursorSpelling(global));
    if (stands_in_text(scan, mention, name, &offset, &source) && !is_macro(scan, name) &&
        !strcmp(source->path, scan->main_file)) {
        char *code = clang_getCursorKind(global) == CXCursor_FunctionDecl
                         ? strdup("F")
                         : type_code(scan, clang_getCursorType(global));
        if (is_given(global, code) && !is_weak(global))
            facts_write_global(scan->out, name, code, offset);
        free(code);
    }
    free(name);
}

void scan_mention(struct scan *scan, CXCursor cursor) {
    CXCursor thing = clang_getCursorReferenced(cursor);
    enum CXCursorKind kind = clang_getCursorKind(thing);
    if (!scan->function) return;
    if (kind == CXCursor_FieldDecl) {
        mention_member(scan, thing);
        mention_enum(scan, clang_getCursorType(thing));
    } else if (kind == CXCursor_EnumConstantDecl) {
        mention_enumerator(scan, thing);
    } else if (kind == CXCursor_VarDecl || kind == CXCursor_ParmDecl) {
        mention_enum(scan, clang_getCursorType(thing));
        if (!is_local(thing)) scan_global(scan, cursor, thing);
    }
}

/* ---- macros ---------------------------------------------------------------------------------- */

/* A macro with parameters is expanded only in front of a parenthesis, and no value stands there. */
void scan_macro(struct scan *scan, CXCursor definition) {
    if (clang_Cursor_isMacroFunctionLike(definition)) return;
    char *name = copy_string(clang_getCursorSpelling(definition));
    names_add(&scan->macros, name, NULL);
    free(name);
}
