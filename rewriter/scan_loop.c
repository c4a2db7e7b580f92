// SPDX-License-Identifier: MIT
/*
 * scan_loop.c: conditions of loops, and the progress rule (design 2, research/perf.md): a leaf
 * loop whose condition has a variable that steps from its own old value is not polled. Calls are
 * judged later, by place. Where a loop has no condition, those of the ifs that leave it count.
 */
#include "scan.h"
#include <stdlib.h>
#include <string.h>

int constant_condition(CXCursor condition) {
    condition = without_parens(condition);
    if (clang_getCursorKind(condition) != CXCursor_IntegerLiteral) return -1;
    CXEvalResult value = clang_Cursor_Evaluate(condition);
    int result = -1;
    if (value && clang_EvalResult_getKind(value) == CXEval_Int)
        result = clang_EvalResult_getAsInt(value) != 0;
    if (value) clang_EvalResult_dispose(value);
    return result;
}

/* for (;;): two semicolons in a row in the tokens of the header. */
bool is_for_without_condition(CXCursor loop, unsigned kid_count) {
    if (kid_count >= 4) return false;
    CXTranslationUnit unit = clang_Cursor_getTranslationUnit(loop);
    CXToken *tokens = NULL;
    unsigned count = 0, depth = 0, semicolons = 0;
    bool previous = false, empty = false;
    clang_tokenize(unit, clang_getCursorExtent(loop), &tokens, &count);
    for (unsigned i = 0; i < count && semicolons < 2; i++) {
        if (clang_getTokenKind(tokens[i]) == CXToken_Comment) continue;
        char *token = copy_string(clang_getTokenSpelling(unit, tokens[i]));
        bool semicolon = false;
        if (*token == '(') depth++;
        else if (*token == ')') depth--;
        else if (*token == ';' && depth == 1) semicolon = true, empty = ++semicolons == 2 && previous;
        free(token);
        previous = semicolon;
        if (!depth && i > 1) break;
    }
    clang_disposeTokens(unit, tokens, count);
    return empty;
}

#define VARIABLES_MAX 64
struct variables {
    CXCursor list[VARIABLES_MAX];
    unsigned count;
};

static void collect_variables(CXCursor cursor, struct variables *variables) {
    if (clang_getCursorKind(cursor) == CXCursor_DeclRefExpr) {
        CXCursor target = clang_getCursorReferenced(cursor);
        enum CXCursorKind kind = clang_getCursorKind(target);
        if ((kind == CXCursor_VarDecl || kind == CXCursor_ParmDecl) &&
            variables->count < VARIABLES_MAX)
            variables->list[variables->count++] = target;
        return;
    }
    struct kids kids = kids_of(cursor);
    for (unsigned i = 0; i < kids.count; i++) collect_variables(kids.list[i], variables);
    free(kids.list);
}

static bool is_variable(CXCursor cursor, const struct variables *variables) {
    cursor = without_parens(cursor);
    if (clang_getCursorKind(cursor) != CXCursor_DeclRefExpr) return false;
    CXCursor target = clang_getCursorReferenced(cursor);
    for (unsigned i = 0; i < variables->count; i++)
        if (clang_equalCursors(variables->list[i], target)) return true;
    return false;
}

/* v = v->next */
static bool follows_itself(CXCursor left, CXCursor right) {
    right = without_parens(right);
    if (clang_getCursorKind(right) != CXCursor_MemberRefExpr) return false;
    struct kids kids = kids_of(right);
    bool result = false;
    if (kids.count) {
        CXCursor base = without_parens(kids.list[0]);
        result = clang_getCursorKind(base) == CXCursor_DeclRefExpr &&
                 clang_equalCursors(clang_getCursorReferenced(base),
                                    clang_getCursorReferenced(without_parens(left)));
    }
    free(kids.list);
    return result;
}

static bool is_step(CXCursor cursor, const struct kids *kids, const struct variables *variables) {
    switch (clang_getCursorKind(cursor)) {
    case CXCursor_UnaryOperator:
        return kids->count && clang_getCursorUnaryOperatorKind(cursor) <= CXUnaryOperator_PreDec &&
               is_variable(kids->list[0], variables);
    case CXCursor_CompoundAssignOperator: {
        enum CXBinaryOperatorKind kind = clang_getCursorBinaryOperatorKind(cursor);
        return kids->count && is_variable(kids->list[0], variables) &&
               (kind == CXBinaryOperator_AddAssign || kind == CXBinaryOperator_SubAssign ||
                kind == CXBinaryOperator_ShlAssign || kind == CXBinaryOperator_ShrAssign);
    }
    case CXCursor_BinaryOperator:
        return kids->count == 2 &&
               clang_getCursorBinaryOperatorKind(cursor) == CXBinaryOperator_Assign &&
               is_variable(kids->list[0], variables) &&
               follows_itself(kids->list[0], kids->list[1]);
    default: return false;
    }
}

static bool steps(CXCursor cursor, const struct variables *variables) {
    struct kids kids = kids_of(cursor);
    bool result = is_step(cursor, &kids, variables);
    for (unsigned i = 0; i < kids.count && !result; i++) result = steps(kids.list[i], variables);
    free(kids.list);
    return result;
}

static bool is_empty(CXCursor body) {
    if (clang_getCursorKind(body) == CXCursor_NullStmt) return true;
    struct kids kids = kids_of(body);
    bool empty = clang_getCursorKind(body) == CXCursor_CompoundStmt && !kids.count;
    free(kids.list);
    return empty;
}

/* while (*++a == *++b && a < end); */
static bool is_scan(CXCursor loop) {
    struct kids kids = kids_of(loop);
    unsigned body = clang_getCursorKind(loop) == CXCursor_DoStmt ? 0 : kids.count - 1;
    bool empty = kids.count > 1 && is_empty(kids.list[body]);
    free(kids.list);
    return empty && makes_progress(loop);
}

/* Not in a leaf loop: nested loops that do something, volatile and atomic accesses, asm, computed
 * goto. */
static bool disturbs_leaf(CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_GCCAsmStmt || kind == CXCursor_MSAsmStmt ||
        kind == CXCursor_IndirectGotoStmt)
        return true;
    if ((kind == CXCursor_WhileStmt || kind == CXCursor_ForStmt) && !is_scan(cursor)) return true;
    if (kind == CXCursor_DoStmt) {
        struct kids kids = kids_of(cursor);
        bool once = kids.count == 2 && constant_condition(kids.list[1]) == 0;
        free(kids.list);
        if (!once && !is_scan(cursor)) return true;
    }
    if (clang_isExpression(kind)) {
        CXType type = clang_getCanonicalType(clang_getCursorType(cursor));
        if (clang_isVolatileQualifiedType(type) || type.kind == CXType_Atomic) return true;
    }
    return any_kid(cursor, disturbs_leaf);
}

static bool is_plain_step(CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_DeclStmt || kind == CXCursor_CompoundAssignOperator ||
        kind == CXCursor_CallExpr)
        return true;
    if (kind == CXCursor_BinaryOperator) {
        enum CXBinaryOperatorKind operator= clang_getCursorBinaryOperatorKind(cursor);
        return operator== CXBinaryOperator_Assign || operator== CXBinaryOperator_Comma;
    }
    return kind == CXCursor_UnaryOperator &&
           clang_getCursorUnaryOperatorKind(cursor) <= CXUnaryOperator_PreDec;
}

/* libclang gives the parts of a `for` without their roles: the condition is the first part that is
 * not a declaration, an assignment or a step. */
static CXCursor condition_of(CXCursor loop, const struct kids *kids) {
    enum CXCursorKind kind = clang_getCursorKind(loop);
    if (kind == CXCursor_WhileStmt && kids->count == 2) return kids->list[0];
    if (kind == CXCursor_DoStmt && kids->count == 2) return kids->list[1];
    if (kind == CXCursor_ForStmt && kids->count == 4) return kids->list[1];
    for (unsigned i = 0; kind == CXCursor_ForStmt && i + 1 < kids->count; i++)
        if (!is_plain_step(without_parens(kids->list[i]))) return kids->list[i];
    return clang_getNullCursor();
}

static bool leaves(CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    return kind == CXCursor_BreakStmt || kind == CXCursor_ReturnStmt ||
           kind == CXCursor_GotoStmt || any_kid(cursor, leaves);
}

static bool calls_or_switches(CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    return kind == CXCursor_CallExpr || kind == CXCursor_SwitchStmt ||
           any_kid(cursor, calls_or_switches);
}

/* The variables of the conditions under which the loop is left. */
static void collect_ways_out(CXCursor cursor, struct variables *variables) {
    struct kids kids = kids_of(cursor);
    bool out = clang_getCursorKind(cursor) == CXCursor_IfStmt && kids.count > 1 && leaves(cursor);
    if (out) collect_variables(kids.list[0], variables);
    for (unsigned i = 0; i < kids.count; i++) collect_ways_out(kids.list[i], variables);
    free(kids.list);
}

/* What says when the loop ends: its condition, or, in one that has none and calls nothing, those of
 * the ifs that leave it (a search through a chain). The loop of an interpreter is none of these. */
static void collect_conditions(CXCursor loop, const struct kids *kids,
                               struct variables *variables) {
    CXCursor condition = condition_of(loop, kids);
    bool endless = clang_Cursor_isNull(condition) || constant_condition(condition) == 1;
    if (!endless) collect_variables(condition, variables);
    else if (kids->count && !any_kid(loop, calls_or_switches)) collect_ways_out(loop, variables);
}

/* The progress rule (research/perf.md, rule 3): a leaf loop whose condition has a variable that
 * steps from its own old value. Calls are judged later, by place. */
bool makes_progress(CXCursor loop) {
    struct kids kids = kids_of(loop);
    struct variables variables = {.count = 0};
    collect_conditions(loop, &kids, &variables);
    bool result = variables.count && steps(loop, &variables);
    for (unsigned i = 0; i < kids.count && result; i++) result = !disturbs_leaf(kids.list[i]);
    free(kids.list);
    return result;
}
