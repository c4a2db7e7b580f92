// SPDX-License-Identifier: MIT
/*
 * scan_loop.c: conditions of loops, and the progress rule (design 2, research/perf.md): a leaf
 * loop whose condition has a place that steps from its own old value is not polled: i++, n /= 10,
 * p = p->next, next = p->next; p = next. Calls are judged later, by place. The conditions of the ifs that
 * leave the loop count, too, and so does what is read where such a place steps: c = *p++.
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

/* Places: variables, p->member, *p, each by the expression that names it. */
#define PLACES_MAX 64
struct places {
    CXCursor list[PLACES_MAX];
    unsigned count;
};

static bool is_object(CXCursor reference) {
    enum CXCursorKind kind = clang_getCursorKind(clang_getCursorReferenced(reference));
    return kind == CXCursor_VarDecl || kind == CXCursor_ParmDecl;
}

static bool is_place(CXCursor cursor) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_DeclRefExpr) return is_object(cursor);
    return kind == CXCursor_MemberRefExpr ||
           (kind == CXCursor_UnaryOperator &&
            clang_getCursorUnaryOperatorKind(cursor) == CXUnaryOperator_Deref);
}

static CXCursor first_kid(CXCursor cursor) {
    struct kids kids = kids_of(cursor);
    CXCursor kid = kids.count ? without_parens(kids.list[0]) : clang_getNullCursor();
    free(kids.list);
    return kid;
}

/* The same by its text: what lies between the two may have changed what it leads to. */
static bool same_place(CXCursor a, CXCursor b) {
    a = without_parens(a);
    b = without_parens(b);
    enum CXCursorKind kind = clang_getCursorKind(a);
    if (kind != clang_getCursorKind(b) || !is_place(a) || !is_place(b)) return false;
    if (kind != CXCursor_UnaryOperator &&
        !clang_equalCursors(clang_getCursorReferenced(a), clang_getCursorReferenced(b)))
        return false;
    return kind == CXCursor_DeclRefExpr || same_place(first_kid(a), first_kid(b));
}

static void collect_places(CXCursor cursor, struct places *places) {
    if (is_place(cursor) && places->count < PLACES_MAX) places->list[places->count++] = cursor;
    struct kids kids = kids_of(cursor);
    for (unsigned i = 0; i < kids.count; i++) collect_places(kids.list[i], places);
    free(kids.list);
}

static bool is_among(CXCursor cursor, const struct places *places) {
    for (unsigned i = 0; i < places->count; i++)
        if (same_place(places->list[i], cursor)) return true;
    return false;
}

static bool mentions(CXCursor expression, CXCursor place) {
    if (same_place(expression, place)) return true;
    struct kids kids = kids_of(expression);
    bool found = false;
    for (unsigned i = 0; i < kids.count && !found; i++) found = mentions(kids.list[i], place);
    free(kids.list);
    return found;
}

/* v++, v += x and the like; not v |= x, which may come to stand still */
static bool is_step(CXCursor cursor, const struct kids *kids, const struct places *places) {
    if (!kids->count || !is_among(kids->list[0], places)) return false;
    if (clang_getCursorKind(cursor) == CXCursor_UnaryOperator)
        return clang_getCursorUnaryOperatorKind(cursor) <= CXUnaryOperator_PreDec;
    if (clang_getCursorKind(cursor) != CXCursor_CompoundAssignOperator) return false;
    switch (clang_getCursorBinaryOperatorKind(cursor)) {
    case CXBinaryOperator_AddAssign:
    case CXBinaryOperator_SubAssign:
    case CXBinaryOperator_MulAssign:
    case CXBinaryOperator_DivAssign:
    case CXBinaryOperator_ShlAssign:
    case CXBinaryOperator_ShrAssign: return true;
    default: return false;
    }
}

/* Assignments `left = right` of a loop. */
struct assignments {
    struct places left, right;
};

static void collect_assignments(CXCursor cursor, struct assignments *all) {
    struct kids kids = kids_of(cursor);
    bool assigns = clang_getCursorKind(cursor) == CXCursor_BinaryOperator && kids.count == 2 &&
                   clang_getCursorBinaryOperatorKind(cursor) == CXBinaryOperator_Assign;
    bool declares = clang_getCursorKind(cursor) == CXCursor_VarDecl && kids.count;
    if ((assigns || declares) && all->left.count < PLACES_MAX) {
        all->left.list[all->left.count++] = assigns ? kids.list[0] : cursor;
        all->right.list[all->right.count++] = kids.list[kids.count - 1];
    }
    for (unsigned i = 0; i < kids.count; i++) collect_assignments(kids.list[i], all);
    free(kids.list);
}

/* The expression reads what the assignment writes: `next = p->next`, or `T *next = p->next`. */
static bool reads_left(CXCursor expression, CXCursor left) {
    if (clang_getCursorKind(left) != CXCursor_VarDecl) return mentions(expression, left);
    if (clang_getCursorKind(expression) == CXCursor_DeclRefExpr)
        return clang_equalCursors(clang_getCursorReferenced(expression), left);
    struct kids kids = kids_of(expression);
    bool found = false;
    for (unsigned i = 0; i < kids.count && !found; i++) found = reads_left(kids.list[i], left);
    free(kids.list);
    return found;
}

static bool calls(CXCursor cursor) {
    return clang_getCursorKind(cursor) == CXCursor_CallExpr || any_kid(cursor, calls);
}

/* v = v->next, v = v / 10; or by way of another one: next = v->next; ...; v = next. Not v = next(v):
 * a worker may get its jobs so, for ever. */
static bool is_assigned_from_itself(const struct assignments *all, unsigned i) {
    CXCursor place = all->left.list[i], right = all->right.list[i];
    if (calls(right)) return false;
    if (mentions(right, place)) return true;
    for (unsigned k = 0; k < all->left.count; k++)
        if (k != i && reads_left(right, all->left.list[k]) && !calls(all->right.list[k]) &&
            mentions(all->right.list[k], place))
            return true;
    return false;
}

static bool chains(CXCursor loop, const struct places *places) {
    struct assignments all = {.left.count = 0};
    collect_assignments(loop, &all);
    for (unsigned i = 0; i < all.left.count; i++)
        if (is_among(all.left.list[i], places) && is_assigned_from_itself(&all, i)) return true;
    return false;
}

static bool steps(CXCursor cursor, const struct places *places) {
    struct kids kids = kids_of(cursor);
    bool result = is_step(cursor, &kids, places);
    for (unsigned i = 0; i < kids.count && !result; i++) result = steps(kids.list[i], places);
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

static bool switches(CXCursor cursor) {
    return clang_getCursorKind(cursor) == CXCursor_SwitchStmt || any_kid(cursor, switches);
}

/* The places of the conditions under which the loop is left. */
static void collect_ways_out(CXCursor cursor, struct places *places) {
    struct kids kids = kids_of(cursor);
    bool out = clang_getCursorKind(cursor) == CXCursor_IfStmt && kids.count > 1 && leaves(cursor);
    if (out) collect_places(kids.list[0], places);
    for (unsigned i = 0; i < kids.count; i++) collect_ways_out(kids.list[i], places);
    free(kids.list);
}

/* c = *p; ...; while (c == 255): what the condition is about is read at *p. */
static void collect_sources(CXCursor loop, struct places *places) {
    struct assignments all = {.left.count = 0};
    unsigned conditions = places->count;
    collect_assignments(loop, &all);
    for (unsigned i = 0; i < all.left.count; i++) {
        bool read = false;
        for (unsigned k = 0; k < conditions && !read; k++)
            read = reads_left(places->list[k], all.left.list[i]);
        if (read && !calls(all.right.list[i])) collect_places(all.right.list[i], places);
    }
}

/* What says when the loop ends: its condition, or, in one that has none, those of the ifs that leave
 * it (a search). The loop of an interpreter is no search. */
static void collect_conditions(CXCursor loop, const struct kids *kids, struct places *places) {
    CXCursor condition = condition_of(loop, kids);
    bool endless = clang_Cursor_isNull(condition) || constant_condition(condition) == 1;
    if (!endless) collect_places(condition, places);
    else if (kids->count && !any_kid(loop, switches)) collect_ways_out(loop, places);
}

/* i++; i += 4: not by something that may be nothing */
static bool steps_surely(CXCursor cursor, const struct places *places) {
    struct kids kids = kids_of(cursor);
    bool result = is_step(cursor, &kids, places) &&
                  (kids.count == 1 ||
                   clang_getCursorKind(without_parens(kids.list[1])) == CXCursor_IntegerLiteral);
    for (unsigned i = 0; i < kids.count && !result; i++) result = steps_surely(kids.list[i], places);
    free(kids.list);
    return result;
}

/* A loop with a condition that steps towards an if that leaves it, or that reads on and on. */
static bool searches(CXCursor loop, const struct kids *kids) {
    struct places places = {.count = 0};
    collect_conditions(loop, kids, &places);
    if (kids->count && !any_kid(loop, switches)) collect_ways_out(loop, &places);
    collect_sources(loop, &places);
    return places.count && steps_surely(loop, &places);
}

/* The progress rule (research/perf.md, rule 3): a leaf loop whose condition has a place that steps
 * from its own old value. Calls are judged later, by place. */
bool makes_progress(CXCursor loop) {
    struct kids kids = kids_of(loop);
    struct places places = {.count = 0};
    collect_conditions(loop, &kids, &places);
    bool result = places.count && (steps(loop, &places) || chains(loop, &places));
    result = result || searches(loop, &kids);
    for (unsigned i = 0; i < kids.count && result; i++) result = !disturbs_leaf(kids.list[i]);
    free(kids.list);
    return result;
}
