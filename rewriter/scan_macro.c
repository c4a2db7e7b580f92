// SPDX-License-Identifier: MIT
/*
 * scan_macro.c: macro expansions that can be marked as a whole: `mutex_lock(x)` whose text stays as
 * it is, with something around it.
 *
 * Rule: the expansion is one statement, or one expression that is no lvalue, and nothing else: no
 * token of what is around it, no way out of it, nothing declared or labelled in it for others. What
 * libclang does not tell (which tokens an expansion has) follows from the tree: exactly one topmost
 * cursor lies in the expansion, no other cursor has a token of its own in it, and what stands in
 * front and behind in the text cannot be half of an operator.
 *
 * A macro that is the name of a function (#define closesocket close) is marked up to the end of the
 * call.
 */
#include "scan.h"
#include <stdlib.h>
#include <string.h>

struct whole {
    unsigned begin, end; /* end: of the call, where the macro is a function's name */
    unsigned topmost;    /* cursors that lie in it, their parents not */
    bool broken;
    bool open; /* a statement, and no `;` behind that belongs to it */
};

struct wholes {
    struct scan *scan;
    struct whole *list;
    unsigned count;
};

static struct whole *whole_of(struct wholes *w, const struct interval *macro) {
    for (unsigned i = w->count; i-- > 0;)
        if (w->list[i].begin == macro->begin) return &w->list[i];
    if (!(w->count & (w->count + 1)))
        w->list = realloc(w->list, (2 * w->count + 2) * sizeof *w->list);
    w->list[w->count] = (struct whole){.begin = macro->begin, .end = macro->end};
    return &w->list[w->count++];
}

/* ---- what is in it --------------------------------------------------------------------------- */

static bool leaves(CXCursor cursor, bool in_loop, bool in_switch) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    switch (kind) {
    case CXCursor_ReturnStmt:
    case CXCursor_GotoStmt:
    case CXCursor_IndirectGotoStmt:
    case CXCursor_LabelStmt:
    case CXCursor_AddrLabelExpr:
    case CXCursor_CompoundLiteralExpr: /* lives as long as the block around */
    case CXCursor_FunctionDecl: return true;
    case CXCursor_BreakStmt: return !in_loop && !in_switch;
    case CXCursor_ContinueStmt: return !in_loop;
    case CXCursor_CaseStmt:
    case CXCursor_DefaultStmt:
        if (!in_switch) return true;
        break;
    case CXCursor_ForStmt:
    case CXCursor_WhileStmt:
    case CXCursor_DoStmt: in_loop = true; break;
    case CXCursor_SwitchStmt: in_switch = true; break;
    case CXCursor_UnaryExpr: return false; /* sizeof */
    default: break;
    }
    struct kids kids = kids_of(cursor);
    bool result = false;
    for (unsigned i = 0; i < kids.count && !result; i++)
        result = leaves(kids.list[i], in_loop, in_switch);
    free(kids.list);
    return result;
}

/* An expression whose value stays the same as the value of a statement expression. */
static bool is_value(CXCursor cursor) {
    for (;;) {
        enum CXCursorKind kind = clang_getCursorKind(cursor);
        if (kind == CXCursor_UnaryOperator)
            return clang_getCursorUnaryOperatorKind(cursor) != CXUnaryOperator_Deref;
        if (kind == CXCursor_CallExpr || kind == CXCursor_CStyleCastExpr ||
            kind == CXCursor_BinaryOperator || kind == CXCursor_CompoundAssignOperator ||
            kind == CXCursor_ConditionalOperator || kind == CXCursor_StmtExpr)
            return true;
        if (kind != CXCursor_ParenExpr && kind != CXCursor_UnexposedExpr) return false;
        struct kids kids = kids_of(cursor);
        if (kids.count == 1) cursor = kids.list[0];
        free(kids.list);
        if (kids.count != 1) return false;
    }
}

/* ---- what is around it ----------------------------------------------------------------------- */

static bool holds_statements(enum CXCursorKind kind) {
    return kind == CXCursor_CompoundStmt || kind == CXCursor_LabelStmt ||
           kind == CXCursor_CaseStmt || kind == CXCursor_DefaultStmt;
}

static bool is_control(enum CXCursorKind kind) {
    return kind == CXCursor_IfStmt || kind == CXCursor_WhileStmt || kind == CXCursor_ForStmt ||
           kind == CXCursor_DoStmt || kind == CXCursor_SwitchStmt;
}

static bool fits_behind(const struct source *s, unsigned begin, enum CXCursorKind parent) {
    int at = previous_active(s, begin);
    if (at < 0 || macro_at(s, (unsigned)at)) return false;
    if (ends_word(s, at, "return") || ends_word(s, at, "else") || ends_word(s, at, "do"))
        return true;
    if (is_control(parent)) return strchr(parent == CXCursor_ForStmt ? "(;)" : "()", s->text[at]);
    if (s->text[at] == ')') return parent == CXCursor_CStyleCastExpr;
    return strchr("(,=?:;{}[<>|&^!~+-*/%", s->text[at]) != NULL;
}

static bool fits_before(const struct source *s, unsigned end) {
    int at = next_active(s, end);
    if (at < 0 || macro_at(s, (unsigned)at)) return false;
    char c = s->text[at];
    if (c == '&' || c == '|' || c == '!') return s->text[at + 1] == (c == '!' ? '=' : c);
    return strchr(";),]?:}<>=^/%", c) != NULL;
}

/* A body behind `if (...)`, not its condition. */
static bool is_body(const struct source *s, unsigned begin, enum CXCursorKind parent) {
    int at = previous_active(s, begin);
    return is_control(parent) && at >= 0 &&
           (s->text[at] == ')' || ends_word(s, at, "else") || ends_word(s, at, "do"));
}

static void meet_name(struct wholes *w, struct whole *whole, CXCursor parent) {
    struct span call = span_of(w->scan, parent);
    const struct source *s = call.source;
    int at = next_active(s, whole->end);
    if (!call.ok || call.begin != whole->begin || call.to_macro || s->text[call.end - 1] != ')' ||
        at < 0 || s->text[at] != '(' || cut_by_directive(s, call.begin, call.end))
        whole->broken = true;
    else whole->end = call.end;
}

static bool is_function_name(CXCursor cursor, enum CXCursorKind parent) {
    CXCursor target = without_parens(cursor);
    return parent == CXCursor_CallExpr && clang_getCursorKind(target) == CXCursor_DeclRefExpr &&
           clang_getCursorKind(clang_getCursorReferenced(target)) == CXCursor_FunctionDecl;
}

static void meet(struct wholes *w, struct whole *whole, const struct source *s, CXCursor cursor,
                 CXCursor parent) {
    enum CXCursorKind kind = clang_getCursorKind(cursor), above = clang_getCursorKind(parent);
    if (whole->topmost++) return;
    if (is_function_name(cursor, above)) {
        meet_name(w, whole, parent);
        return;
    }
    bool statement = holds_statements(above) || is_body(s, whole->begin, above);
    whole->broken |= kind == CXCursor_DeclStmt || cut_by_directive(s, whole->begin, whole->end) ||
                     !fits_behind(s, whole->begin, above) || leaves(cursor, false, false);
    if (!statement) {
        whole->broken |= !is_value(cursor) || !fits_before(s, whole->end);
        return;
    }
    /* A `;` behind `if (...) { ... }` is a statement of its own. */
    int at = next_active(s, whole->end);
    whole->open = at < 0 || s->text[at] != ';' || macro_at(s, (unsigned)at) ||
                  !(clang_isExpression(kind) || kind == CXCursor_DoStmt);
}

/* The first, the last token is that of a part: it may come out of a macro of its own. */
static bool begins_with_part(enum CXCursorKind kind) {
    return kind == CXCursor_BinaryOperator || kind == CXCursor_CompoundAssignOperator ||
           kind == CXCursor_ConditionalOperator || kind == CXCursor_CallExpr ||
           kind == CXCursor_MemberRefExpr || kind == CXCursor_ArraySubscriptExpr ||
           kind == CXCursor_UnexposedExpr || kind == CXCursor_UnaryOperator;
}

static bool ends_with_part(enum CXCursorKind kind) {
    return kind == CXCursor_BinaryOperator || kind == CXCursor_CompoundAssignOperator ||
           kind == CXCursor_ConditionalOperator || kind == CXCursor_UnexposedExpr ||
           kind == CXCursor_UnaryOperator || kind == CXCursor_CStyleCastExpr ||
           kind == CXCursor_VarDecl || kind == CXCursor_DeclStmt || kind == CXCursor_ReturnStmt ||
           kind == CXCursor_IfStmt || kind == CXCursor_WhileStmt || kind == CXCursor_ForStmt ||
           kind == CXCursor_SwitchStmt || kind == CXCursor_LabelStmt || kind == CXCursor_CaseStmt ||
           kind == CXCursor_DefaultStmt;
}

/* if (x) MACRO b(); with an `else` in the macro: no cursor stands for that word. */
static void visit_else(struct wholes *w, const struct kids *branches) {
    struct span then = span_of(w->scan, branches->list[1]);
    const struct interval *last = then.ok ? macro_at(then.source, then.end - 1) : NULL;
    if (last && !else_apart(w->scan, branches->list[1], branches->list[2]))
        whole_of(w, last)->broken = true;
}

static void visit(struct wholes *w, CXCursor cursor, CXCursor parent) {
    struct span span = span_of(w->scan, cursor);
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (span.ok && (span.from_macro || span.to_macro)) {
        const struct source *s = span.source;
        const struct interval *first = span.from_macro ? macro_at(s, span.begin) : NULL;
        const struct interval *last = span.to_macro ? macro_at(s, span.end - 1) : NULL;
        if (first && first == last) {
            meet(w, whole_of(w, first), s, cursor, parent);
            return;
        }
        if (first && !begins_with_part(kind)) whole_of(w, first)->broken = true;
        if (last && !ends_with_part(kind)) whole_of(w, last)->broken = true;
    }
    struct kids kids = kids_of(cursor);
    if (kind == CXCursor_IfStmt && kids.count == 3) visit_else(w, &kids);
    for (unsigned i = 0; i < kids.count; i++) visit(w, kids.list[i], cursor);
    free(kids.list);
}

/* ---- the calls of a function ----------------------------------------------------------------- */

static bool any_from_macro(const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++)
        if (s->calls[i].from_macro) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (any_from_macro(s->kids[i])) return true;
    return false;
}

static void set_wholes(const struct wholes *w, struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++) {
        struct call *call = &s->calls[i];
        for (unsigned j = 0; j < w->count && call->from_macro; j++) {
            const struct whole *whole = &w->list[j];
            if (whole->begin != call->macro_begin || whole->topmost != 1 || whole->broken) continue;
            call->macro_end = whole->end;
            call->open = whole->open;
        }
    }
    for (unsigned i = 0; i < s->kid_count; i++) set_wholes(w, s->kids[i]);
}

void scan_wholes(struct scan *scan, CXCursor body, struct stmt *stmt) {
    struct wholes w = {.scan = scan};
    if (!any_from_macro(stmt)) return;
    visit(&w, body, clang_getNullCursor());
    set_wholes(&w, stmt);
    free(w.list);
}
