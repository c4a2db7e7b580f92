// SPDX-License-Identifier: MIT
/*
 * scan_expr.c: what the expressions of a statement do: calls, labels, asm, literals that live as
 * long as their block, memory reads.
 *
 * A statement inside a statement expression belongs to the statement around it: it is never edited
 * on its own.
 */
#include "scan.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

CXCursor without_parens(CXCursor cursor) {
    for (;;) {
        enum CXCursorKind kind = clang_getCursorKind(cursor);
        if (kind != CXCursor_ParenExpr && kind != CXCursor_UnexposedExpr &&
            kind != CXCursor_CStyleCastExpr)
            return cursor;
        struct kids kids = kids_of(cursor);
        if (!kids.count) return cursor;
        cursor = kids.list[kids.count - 1];
        free(kids.list);
    }
}

CXType function_type(CXType type) {
    type = clang_getCanonicalType(type);
    while (type.kind == CXType_Pointer) type = clang_getCanonicalType(clang_getPointeeType(type));
    return type;
}

bool is_function_type(CXType type) {
    type = function_type(type);
    return type.kind == CXType_FunctionProto || type.kind == CXType_FunctionNoProto;
}

char *type_name(CXType type) {
    char *name = copy_string(clang_getTypeSpelling(function_type(type)));
    char *attribute = strstr(name, " __attribute__((noreturn))");
    if (attribute) *attribute = 0;
    return name;
}

static bool says_noreturn(CXCursor function) {
    char *printed = printed_head(function);
    bool found = strstr(printed, "_Noreturn") || strstr(printed, "noreturn");
    free(printed);
    return found;
}

/* GNU attribute: part of the type; C11 keyword: printed with the declaration that has it, which is
 * the first one if any (C11 6.7.4). */
bool never_returns(CXCursor function) {
    static const char *const known[] = {"abort", "exit",   "_exit",         "_Exit",   "quick_exit",
                                        "longjmp", "_longjmp", "siglongjmp", "__assert_fail",
                                        "pthread_exit", "__builtin_unreachable", "__builtin_trap"};
    char *type = copy_string(clang_getTypeSpelling(clang_getCursorType(function)));
    bool result = strstr(type, "noreturn") != NULL;
    free(type);
    char *name = copy_string(clang_getCursorSpelling(function));
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++) result |= !strcmp(name, known[i]);
    free(name);
    return result || says_noreturn(function) || says_noreturn(clang_getCanonicalCursor(function));
}

bool is_call(CXCursor cursor) {
    return clang_getCursorKind(without_parens(cursor)) == CXCursor_CallExpr;
}

static void add_target_name(struct stmt *stmt, char *name) {
    stmt->targets = realloc(stmt->targets, (stmt->target_count + 1) * sizeof(char *));
    stmt->targets[stmt->target_count++] = name;
}

static void add_target(struct stmt *stmt, CXCursor label) {
    add_target_name(stmt, copy_string(clang_getCursorSpelling(label)));
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void place_call(struct scan *scan, CXCursor cursor, struct call *call) {
    struct span span = span_of(scan, cursor);
    if (!span.ok || !span.source->path) return;
    if (!scan->function || strcmp(span.source->path, scan->function->file)) return;
    const struct source *s = span.source;
    call->from_macro = span.from_macro;
    if (span.from_macro) call->macro_begin = span.begin;
    if (span.from_macro) call->named = scan_argument_name(scan, cursor, call->callee);
    if (span.from_macro || span.to_macro) return;
    if (s->text[span.end - 1] != ')' || cut_by_directive(s, span.begin, span.end)) return;
    int at = next_active(s, span.begin), depth = 0;
    struct kids kids = kids_of(cursor);
    if (!kids.count) return;
    struct span name = span_of(scan, kids.list[0]);
    free(kids.list);
    if (!name.ok || name.from_macro || name.to_macro) return;
    at = next_active(s, name.end);
    while (at >= 0 && s->text[at] == ')' && depth++ < 8) at = next_active(s, (unsigned)at + 1);
    if (at < 0 || s->text[at] != '(') return;
    call->begin = span.begin;
    call->end = span.end;
    call->args = (unsigned)at + 1;
    if (call->callee && is_callee_at(s, call->begin, call->callee)) call->named = call->begin;
}

char *start_routine(CXCursor cursor) {
    char *name = NULL;
    if (clang_Cursor_getNumArguments(cursor) == 4) {
        CXCursor start = without_parens(clang_Cursor_getArgument(cursor, 2));
        if (clang_getCursorKind(start) == CXCursor_UnaryOperator) {
            struct kids kids = kids_of(start);
            if (kids.count) start = without_parens(kids.list[0]);
            free(kids.list);
        }
        CXCursor target = clang_getCursorReferenced(start);
        if (clang_getCursorKind(target) == CXCursor_FunctionDecl)
            name = copy_string(clang_getCursorSpelling(target));
    }
    return name ? name : strdup("?");
}

static void add_callbacks(CXCursor cursor, struct call *call) {
    int count = clang_Cursor_getNumArguments(cursor);
    for (int i = 0; i < count; i++) {
        CXCursor argument = clang_Cursor_getArgument(cursor, (unsigned)i);
        if (!is_function_type(clang_getCursorType(argument))) continue;
        call->callbacks =
            realloc(call->callbacks, (call->callback_count + 1) * sizeof *call->callbacks);
        call->callbacks[call->callback_count++] = type_name(clang_getCursorType(argument));
    }
}

static void add_call(struct scan *scan, CXCursor cursor, struct stmt *stmt) {
    stmt->calls = realloc(stmt->calls, (stmt->call_count + 1) * sizeof *stmt->calls);
    struct call *call = &stmt->calls[stmt->call_count++];
    *call = (struct call){0};
    CXCursor target = clang_getCursorReferenced(cursor);
    if (clang_getCursorKind(target) == CXCursor_FunctionDecl) {
        unsigned offset;
        call->callee = copy_string(clang_getCursorSpelling(target));
        call->no_return = never_returns(target);
        struct source *declared = source_at(scan, clang_getCursorLocation(target), &offset);
        call->ours = declared && declared->path; /* a builtin has no place */
        call->defined = names_find(&scan->defined, call->callee) != NO_NAME;
        CXCursor definition = clang_getCursorDefinition(target);
        if (!clang_Cursor_isNull(definition)) {
            struct source *s = source_at(scan, clang_getCursorLocation(definition), &offset);
            call->file = strdup(s && s->path ? s->path : SYSTEM_HEADER);
        }
        if (!strcmp(call->callee, "pthread_create")) call->start = start_routine(cursor);
    } else {
        struct kids kids = kids_of(cursor);
        CXType type = kids.count ? clang_getCursorType(kids.list[0]) : clang_getCursorType(cursor);
        call->type = is_function_type(type) ? type_name(type) : strdup("?");
        free(kids.list);
    }
    add_callbacks(cursor, call);
    place_call(scan, cursor, call);
    static const char *const twice[] = {"setjmp",     "_setjmp",   "sigsetjmp", "__sigsetjmp",
                                        "getcontext", "vfork",     "__builtin_setjmp",
                                        "savectx",    "swapcontext"};
    for (unsigned i = 0; call->callee && i < sizeof twice / sizeof *twice; i++)
        if (!strcmp(call->callee, twice[i])) stmt->flags |= OWN_TWICE;
    static const char *const framed[] = {"__builtin_return_address", "__builtin_frame_address"};
    for (unsigned i = 0; call->callee && scan->function && i < 2; i++)
        if (!strcmp(call->callee, framed[i])) scan->function->flags |= FN_USES_FRAME;
    static const char *const dynamic[] = {"alloca", "__builtin_alloca",
                                          "__builtin_alloca_with_align"};
    for (unsigned i = 0; call->callee && scan->function && i < 3; i++)
        if (!strcmp(call->callee, dynamic[i])) scan->function->flags |= FN_DYNAMIC_STACK;
}

/* ---- properties ------------------------------------------------------------------------------ */

static bool is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

static bool behind_tag(const char *text, const char *at) {
    return (at - text >= 7 && !memcmp(at - 7, "struct ", 7)) ||
           (at - text >= 6 && !memcmp(at - 6, "union ", 6)) ||
           (at - text >= 5 && !memcmp(at - 5, "enum ", 5));
}

bool has_word(const char *text, const char *word) {
    size_t length = strlen(word);
    for (const char *at = text; length && (at = strstr(at, word)); at += length)
        if ((at == text || !is_name(at[-1])) && !is_name(at[length]) && !behind_tag(text, at))
            return true;
    return false;
}

/* libclang's words for it hold a path, whose words mean nothing. */
bool is_unnamed(const char *type) { return strstr(type, "(unnamed ") || strstr(type, "(anonymous "); }

/* list *create(void) { struct list *list; ...: the spelled type means something else here. */
void check_shadow(struct function *function, CXCursor object) {
    char *name = copy_string(clang_getCursorSpelling(object));
    if (function && !is_unnamed(function->result) && has_word(function->result, name))
        function->flags |= FN_SHADOWS_RESULT;
    free(name);
}

static void look_at_variable(struct scan *scan, CXCursor cursor, struct stmt *stmt) {
    check_shadow(scan->function, cursor);
    scan_local(scan, cursor);
    enum CX_StorageClass storage = clang_Cursor_getStorageClass(cursor);
    CXType type = clang_getCanonicalType(clang_getCursorType(cursor));
    while (type.kind == CXType_ConstantArray) type = clang_getArrayElementType(type);
    if (storage == CX_SC_Static && scan_is_table(cursor)) stmt->flags |= OWN_TABLE;
    else if (storage == CX_SC_Static || storage == CX_SC_Extern) stmt->flags |= OWN_STATIC;
    if (type.kind == CXType_VariableArray && scan->function)
        scan->function->flags |= FN_DYNAMIC_STACK;
}

/* The text at the cursor, where it was written (in a macro's definition perhaps). */
static const char *written_at(const struct scan *scan, CXCursor cursor, size_t *size) {
    CXFile file;
    unsigned offset;
    clang_getSpellingLocation(clang_getCursorLocation(cursor), &file, NULL, NULL, &offset);
    const char *text = file ? clang_getFileContents(scan->unit, file, size) : NULL;
    if (!text || offset >= *size) return NULL;
    *size -= offset;
    return text + offset;
}

/* libclang has no cursor kind, and no spelling, for __func__ and its relatives. */
static void keep_pretty_name(struct function *f, CXCursor cursor) {
    struct kids kids = kids_of(cursor);
    if (kids.count && !f->pretty && clang_getCursorKind(kids.list[0]) == CXCursor_StringLiteral)
        f->pretty = copy_string(clang_getCursorSpelling(kids.list[0]));
    free(kids.list);
}

static const char *const predefined_names[] = {"__func__", "__FUNCTION__", "__PRETTY_FUNCTION__"};

static void add_name_use(const struct scan *scan, struct function *f) {
    f->flags |= FN_USES_NAME;
    for (unsigned i = 0; i < 3; i++)
        if (names_find(&scan->all_macros, predefined_names[i]) != NO_NAME) f->flags |= FN_OWN_NAMES;
}

static bool is_predefined_name(const struct scan *scan, CXCursor cursor) {
    const char *const *names = predefined_names;
    if (clang_getCursorKind(cursor) != CXCursor_UnexposedExpr) return false;
    size_t size;
    const char *text = written_at(scan, cursor, &size);
    for (unsigned i = 0; text && i < 3; i++) {
        if (size <= strlen(names[i]) || strncmp(text, names[i], strlen(names[i]))) continue;
        if (i == 2 && scan->function) keep_pretty_name(scan->function, cursor);
        return true;
    }
    return false;
}

/* An asm that defines a symbol or writes to another section must not be copied, and compilers copy
 * code between two tests of one flag. */
static bool defines_symbol(const char *text) {
    if (strstr(text, "section") || strstr(text, ".macro")) return true;
    for (const char *colon = text; (colon = strchr(colon, ':')); colon++) {
        const char *start = colon;
        while (start > text && (isalnum((unsigned char)start[-1]) || strchr("_.$", start[-1])))
            start--;
        if (start < colon && !isdigit((unsigned char)*start)) return true;
    }
    return false;
}

static bool is_token(struct scan *scan, CXToken token, const char *const *words, unsigned count) {
    char *text = copy_string(clang_getTokenSpelling(scan->unit, token));
    bool found = false;
    for (unsigned i = 0; i < count; i++) found |= !strcmp(text, words[i]);
    free(text);
    return found;
}

/* `asm volatile("text" "text"`: all that it says is seen, and it does not jump. */
static bool is_plain_asm(struct scan *scan, CXToken *tokens, unsigned count) {
    static const char *const head[] = {"asm",      "__asm",        "__asm__", "volatile",
                                       "__volatile", "__volatile__", "inline",  "__inline__"};
    static const char *const open[] = {"("}, *const end[] = {":", "::", ")"};
    unsigned i = 0, literals;
    while (i < count && is_token(scan, tokens[i], head, 8)) i++;
    if (!i || i == count || !is_token(scan, tokens[i++], open, 1)) return false;
    literals = i;
    while (i < count && clang_getTokenKind(tokens[i]) == CXToken_Literal) i++;
    return i > literals && i < count && is_token(scan, tokens[i], end, 3);
}

static void look_at_asm(struct scan *scan, CXCursor cursor, struct stmt *stmt) {
    CXToken *tokens;
    unsigned count;
    clang_tokenize(scan->unit, clang_getCursorExtent(cursor), &tokens, &count);
    for (unsigned i = 0; scan->function && i < count; i++) {
        if (clang_getTokenKind(tokens[i]) != CXToken_Literal) continue;
        char *text = copy_string(clang_getTokenSpelling(scan->unit, tokens[i]));
        if (defines_symbol(text)) scan->function->flags |= FN_ASM_SYMBOL;
        free(text);
    }
    if (!is_plain_asm(scan, tokens, count)) stmt->flags |= OWN_ASM;
    if (tokens) clang_disposeTokens(scan->unit, tokens, count);
}

static void look_at(struct scan *scan, CXCursor cursor, struct stmt *stmt) {
    switch (clang_getCursorKind(cursor)) {
    case CXCursor_CallExpr: add_call(scan, cursor, stmt); break;
    case CXCursor_LabelStmt: stmt->flags |= OWN_LABEL; break;
    case CXCursor_AddrLabelExpr: {
        struct kids kids = kids_of(cursor);
        stmt->flags |= OWN_LABEL;
        if (kids.count) add_target(stmt, clang_getCursorReferenced(kids.list[0]));
        free(kids.list);
        break;
    }
    case CXCursor_GotoStmt: {
        struct kids kids = kids_of(cursor);
        if (kids.count) add_target(stmt, clang_getCursorReferenced(kids.list[0]));
        free(kids.list);
        break;
    }
    case CXCursor_IndirectGotoStmt:
        stmt->flags |= OWN_LABEL;
        add_target_name(stmt, strdup(ANY_LABEL));
        break;
    case CXCursor_GCCAsmStmt:
    case CXCursor_MSAsmStmt: look_at_asm(scan, cursor, stmt); break;
    case CXCursor_ReturnStmt: stmt->flags |= OWN_RETURN; break;
    case CXCursor_BreakStmt:
        if (!scan->own_loops && !scan->own_switches) stmt->flags |= OWN_BREAK;
        break;
    case CXCursor_ContinueStmt:
        if (!scan->own_loops) stmt->flags |= OWN_BREAK;
        break;
    case CXCursor_CompoundLiteralExpr: stmt->flags |= OWN_LITERAL; break;
    case CXCursor_VarDecl: look_at_variable(scan, cursor, stmt); break;
    case CXCursor_FunctionDecl: stmt->flags |= OWN_STATIC; break;
    case CXCursor_DeclRefExpr:
    case CXCursor_MemberRefExpr: scan_mention(scan, cursor); break;
    default:
        if (scan->function && is_predefined_name(scan, cursor)) add_name_use(scan, scan->function);
    }
}

static CXCursor without_casts(CXCursor cursor) {
    while (clang_getCursorKind(cursor) == CXCursor_UnexposedExpr) {
        struct kids kids = kids_of(cursor);
        if (kids.count == 1) cursor = kids.list[0];
        bool done = kids.count != 1;
        free(kids.list);
        if (done) break;
    }
    return cursor;
}

/* x ?: y has its x twice in libclang's tree, once in the text. */
static bool is_again(CXCursor cursor, const struct kids *kids, unsigned i) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind != CXCursor_ConditionalOperator && kind != CXCursor_UnexposedExpr) return false;
    for (unsigned k = 0; k < i; k++)
        if (clang_equalCursors(without_casts(kids->list[k]), without_casts(kids->list[i]))) return true;
    return false;
}

/* sizeof(int[f()]) calls f: its value is no constant. */
bool is_unevaluated(CXCursor cursor) {
    if (clang_getCursorKind(cursor) != CXCursor_UnaryExpr) return false;
    CXEvalResult value = clang_Cursor_Evaluate(cursor);
    bool constant = value && clang_EvalResult_getKind(value) == CXEval_Int;
    if (value) clang_EvalResult_dispose(value);
    return constant;
}

/* Of a loop or switch: its body. A break in its condition is of what is around (gcc), or its own
 * (clang). */
static bool is_body(enum CXCursorKind kind, unsigned i, unsigned count) {
    return kind == CXCursor_DoStmt ? i == 0 : i + 1 == count;
}

void scan_expr(struct scan *scan, CXCursor cursor, struct stmt *stmt) {
    unsigned before = stmt->call_count;
    look_at(scan, cursor, stmt);
    bool call = stmt->call_count > before;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (is_unevaluated(cursor)) return;
    bool loop = kind == CXCursor_ForStmt || kind == CXCursor_WhileStmt || kind == CXCursor_DoStmt;
    struct kids kids = kids_of(cursor);
    for (unsigned i = 0; i < kids.count; i++) {
        if (is_again(cursor, &kids, i)) continue;
        unsigned body = is_body(kind, i, kids.count);
        scan->own_loops += loop * body;
        scan->own_switches += (kind == CXCursor_SwitchStmt) * body;
        scan_expr(scan, kids.list[i], stmt);
        scan->own_loops -= loop * body;
        scan->own_switches -= (kind == CXCursor_SwitchStmt) * body;
    }
    free(kids.list);
    if (call) stmt->calls[before].inner = stmt->call_count - before - 1;
}

/* Is a call among what is always evaluated? Kinds that are not listed answer no. */
static bool always_calls(CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    struct kids kids = kids_of(cursor);
    bool all = kind == CXCursor_ParenExpr || kind == CXCursor_UnaryOperator ||
               kind == CXCursor_BinaryOperator || kind == CXCursor_CompoundAssignOperator ||
               kind == CXCursor_MemberRefExpr || kind == CXCursor_ArraySubscriptExpr ||
               kind == CXCursor_DeclStmt ||
               (kind == CXCursor_UnexposedExpr && kids.count == 1) || /* a conversion */
               (kind == CXCursor_CStyleCastExpr && kids.count == 1);
    bool first = kind == CXCursor_ConditionalOperator;
    if (kind == CXCursor_BinaryOperator) {
        enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(cursor);
        first = op == CXBinaryOperator_LAnd || op == CXBinaryOperator_LOr;
    }
    bool result = kind == CXCursor_CallExpr;
    for (unsigned i = 0; i < kids.count && !result && (all || first); i++)
        if (i == 0 || !first) result = always_calls(kids.list[i]);
    free(kids.list);
    if (kind != CXCursor_VarDecl) return result;
    CXCursor value = clang_Cursor_getVarDeclInitializer(cursor);
    return !clang_Cursor_isNull(value) && always_calls(value);
}

void scan_must(struct stmt *stmt, const CXCursor *expressions, unsigned count) {
    for (unsigned i = 0; i < count && stmt->call_count == 1 && !stmt->calls[0].must; i++)
        stmt->calls[0].must = always_calls(expressions[i]);
}

bool any_kid(CXCursor cursor, bool (*test)(CXCursor)) {
    struct kids kids = kids_of(cursor);
    bool result = false;
    for (unsigned i = 0; i < kids.count && !result; i++) result = test(kids.list[i]);
    free(kids.list);
    return result;
}

/* A call, or a read of memory through a pointer, an array or a global. */
bool is_impure(CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_CallExpr || kind == CXCursor_ArraySubscriptExpr ||
        kind == CXCursor_StmtExpr || clang_isVolatileQualifiedType(clang_getCursorType(cursor)))
        return true;
    if (kind == CXCursor_UnaryOperator &&
        clang_getCursorUnaryOperatorKind(cursor) == CXUnaryOperator_Deref)
        return true;
    if (kind == CXCursor_UnaryExpr) return !is_unevaluated(cursor);
    if (kind == CXCursor_DeclRefExpr) {
        CXCursor target = clang_getCursorReferenced(cursor);
        return clang_getCursorKind(target) == CXCursor_VarDecl &&
               (clang_getCursorLinkage(target) != CXLinkage_NoLinkage ||
                clang_Cursor_getStorageClass(target) == CX_SC_Static);
    }
    if (kind == CXCursor_MemberRefExpr) {
        struct kids kids = kids_of(cursor);
        bool pointer = kids.count && clang_getCanonicalType(clang_getCursorType(kids.list[0])).kind ==
                                         CXType_Pointer;
        free(kids.list);
        if (pointer) return true;
    }
    return any_kid(cursor, is_impure);
}

static bool has_effect(CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (!clang_isExpression(kind) && !clang_isReference(kind)) return kind != CXCursor_TypeRef;
    if (kind == CXCursor_CallExpr || kind == CXCursor_CompoundAssignOperator ||
        kind == CXCursor_StmtExpr || clang_isVolatileQualifiedType(clang_getCursorType(cursor)))
        return true;
    if (kind == CXCursor_BinaryOperator &&
        clang_getCursorBinaryOperatorKind(cursor) == CXBinaryOperator_Assign)
        return true;
    if (kind == CXCursor_UnaryOperator &&
        clang_getCursorUnaryOperatorKind(cursor) <= CXUnaryOperator_PreDec)
        return true;
    return any_kid(cursor, has_effect);
}

bool has_no_effect(CXCursor cursor) {
    return clang_isExpression(clang_getCursorKind(cursor)) && !has_effect(cursor);
}
