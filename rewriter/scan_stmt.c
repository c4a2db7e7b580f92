// SPDX-License-Identifier: MIT
/*
 * scan_stmt.c: a cursor of a statement becomes a struct stmt: its kind, its place, and which edits
 * the text around it allows. The order of the kids is that of the text.
 */
#include "scan.h"
#include <stdlib.h>
#include <string.h>

static enum stmt_kind kind_of(CXCursor cursor) {
    switch (clang_getCursorKind(cursor)) {
    case CXCursor_CompoundStmt: return STMT_COMPOUND;
    case CXCursor_NullStmt: return STMT_NULL;
    case CXCursor_DeclStmt: return STMT_DECL;
    case CXCursor_IfStmt: return STMT_IF;
    case CXCursor_WhileStmt: return STMT_WHILE;
    case CXCursor_DoStmt: return STMT_DO;
    case CXCursor_ForStmt: return STMT_FOR;
    case CXCursor_SwitchStmt: return STMT_SWITCH;
    case CXCursor_CaseStmt: return STMT_CASE;
    case CXCursor_DefaultStmt: return STMT_DEFAULT;
    case CXCursor_LabelStmt: return STMT_LABEL;
    case CXCursor_ReturnStmt: return STMT_RETURN;
    case CXCursor_GotoStmt: return STMT_GOTO;
    case CXCursor_IndirectGotoStmt: return STMT_GOTO_ANY;
    case CXCursor_BreakStmt: return STMT_BREAK;
    case CXCursor_ContinueStmt: return STMT_CONTINUE;
    case CXCursor_GCCAsmStmt:
    case CXCursor_MSAsmStmt: return STMT_ASM;
    default:
        return clang_isExpression(clang_getCursorKind(cursor)) ? STMT_EXPR : STMT_OTHER;
    }
}

/* A macro that expands to nothing here may be the front of the statement in another configuration
 * (`TESTONLY( rc = ) f();`): the statement then begins at the macro. */
static void slide_over_prefix(struct span *span, unsigned low) {
    const struct source *s = span->source;
    for (;;) {
        int at = previous_active(s, span->begin);
        const struct interval *macro = at >= 0 ? macro_at(s, (unsigned)at) : NULL;
        if (!macro || macro->begin < low || macro->end > span->begin) return;
        if (s->text[macro->end - 1] == ';' || s->text[macro->end - 1] == '}') return;
        span->begin = macro->begin;
        span->from_macro = true;
    }
}

static void presumed(CXSourceLocation location, unsigned *line, unsigned *column) {
    CXString file;
    clang_getPresumedLocation(location, &file, line, column);
    clang_disposeString(file);
}

static void set_place(struct scan *scan, struct stmt *stmt, struct span span, unsigned end,
                      CXCursor cursor, unsigned low, const char *after) {
    CXSourceRange range = clang_getCursorExtent(cursor);
    presumed(clang_getRangeStart(range), &stmt->line, &stmt->column);
    presumed(clang_getRangeEnd(range), &stmt->end_line, &stmt->end_column);
    if (!span.ok || !span.source->path || strcmp(span.source->path, scan->function->file)) {
        stmt->flags |= FROM_MACRO;
        return;
    }
    if (strchr(after, ';')) slide_over_prefix(&span, low);
    stmt->begin = span.begin;
    stmt->end = end;
    if (span.from_macro) stmt->flags |= FROM_MACRO;
    if (span.to_macro) stmt->flags |= TO_MACRO;
    if (!end || end <= span.begin) return;
    stmt->flags |= IN_TEXT;
    const struct interval *macro = macro_at(span.source, end - 1);
    if (macro && macro->end != end) return;
    if (insertable(&span, low, after))
        stmt->flags |= strchr(after, ';') ? INSERT_LIST : INSERT_BODY;
    bool control = stmt->kind == STMT_IF || stmt->kind == STMT_SWITCH || is_loop(stmt);
    if (control ? control_cut_by_directive(span.source, span.begin, end)
                : cut_by_directive(span.source, span.begin, end))
        stmt->flags |= CUT;
}

static void add_kid_stmt(struct stmt *stmt, struct stmt *kid) {
    stmt->kids = realloc(stmt->kids, (stmt->kid_count + 1) * sizeof *stmt->kids);
    stmt->kids[stmt->kid_count++] = kid;
}

/* From `offset` on its text belongs to something else, too: no braces around what ends there. */
static void unbrace(struct stmt *stmt, unsigned offset) {
    if (stmt->end && stmt->end <= offset) return;
    if (stmt->end > offset) stmt->flags &= ~(unsigned)INSERT_BODY;
    for (unsigned i = 0; i < stmt->kid_count; i++) unbrace(stmt->kids[i], offset);
}

static void unbrace_all(struct stmt *stmt, unsigned offset) {
    for (unsigned i = 0; i < stmt->kid_count; i++) unbrace(stmt->kids[i], offset);
}

static void scan_list(struct scan *scan, const struct kids *kids, struct span span,
                      struct stmt *stmt) {
    const struct interval *macro =
        span.ok && span.from_macro ? macro_at(span.source, span.begin) : NULL;
    unsigned low = macro ? macro->end : span.ok ? span.begin + 1 : 0;
    for (unsigned i = 0; i < kids->count; i++) {
        struct stmt *kid = scan_stmt(scan, kids->list[i], low, ";{}:");
        if (kid->kind == STMT_NULL && kid->flags & IN_TEXT && kid->end == low) {
            stmt_free(kid); /* the `;` behind a macro that has one of its own */
            continue;
        }
        if (kid->begin && kid->begin < low) /* if (x) MACRO; that is two statements */
            unbrace_all(stmt, kid->begin);
        add_kid_stmt(stmt, kid);
        if (kid->flags & IN_TEXT && kid->end > low) low = kid->end;
    }
    if (span.ok && span.to_macro)
        unbrace_all(stmt, macro_at(span.source, span.end - 1)->begin); /* ... or one and a `}` */
    if (stmt->flags & IN_TEXT && !span.from_macro && !span.to_macro &&
        span.source->text[span.begin] == '{' && span.source->text[span.end - 1] == '}')
        stmt->flags |= BRACED;
}

static void scan_label(struct scan *scan, const struct kids *kids, struct span span,
                       struct stmt *stmt, unsigned low) {
    for (unsigned i = 0; i + 1 < kids->count; i++)
        if (stmt->kind == STMT_CASE) scan_expr(scan, kids->list[i], stmt);
    if (!kids->count) return;
    CXCursor inner = kids->list[kids->count - 1];
    struct stmt *kid = scan_stmt(scan, inner, span.ok && span.begin >= low ? span.begin + 1 : low,
                                 ";{}:");
    bool slid = kid->flags & IN_TEXT && kid->begin < span_of(scan, inner).begin;
    if ((stmt->flags & FROM_MACRO && kid->begin <= stmt->begin) ||
        (stmt->kind == STMT_LABEL && slid)) /* a macro in front may be the label's attribute */
        kid->flags &= ~(unsigned)(INSERT_LIST | INSERT_BODY);
    add_kid_stmt(stmt, kid);
}

/* if (c) break; - what follows has a slot. Not `continue`: it leads to a condition, which has none. */
static void mark_lone_jump(struct stmt *branch) {
    if (branch->kind == STMT_COMPOUND && branch->kid_count == 1) branch = branch->kids[0];
    if ((branch->kind == STMT_BREAK || branch->kind == STMT_GOTO) && !(branch->flags & FROM_MACRO))
        branch->flags |= PRIVATE;
}

static void scan_if(struct scan *scan, const struct kids *kids, struct span span,
                    struct stmt *stmt) {
    if (kids->count < 2) return;
    scan_expr(scan, kids->list[0], stmt);
    scan_must(stmt, kids->list, 1);
    scan_reads(scan, stmt, kids->list, 1);
    struct span cond = span_of(scan, kids->list[0]);
    int at = cond.ok ? previous_active(cond.source, cond.begin) : -1;
    if (at > 0 && span.ok && !span.from_macro && cond.begin > span.begin &&
        cond.source->text[at] == '(' && !macro_at(cond.source, (unsigned)at)) {
        stmt->cond_begin = cond.begin;
        stmt->flags |= COND_IN_TEXT;
    }
    unsigned low = span.ok ? span.begin + 1 : 0;
    add_kid_stmt(stmt, scan_stmt(scan, kids->list[1], low, ")"));
    mark_lone_jump(stmt->kids[0]);
    if (kids->count < 3) return;
    unsigned end = statement_end(scan, kids->list[1]);
    add_kid_stmt(stmt, scan_stmt(scan, kids->list[2], end ? end : low, ")"));
    if (!else_apart(scan, kids->list[1], kids->list[2])) unbrace(stmt->kids[0], end ? end - 1 : 0);
    mark_lone_jump(stmt->kids[1]);
}

/* What a loop evaluates before its body: not the step, not the condition of `do`. */
static void scan_loop_reads(struct scan *scan, const struct kids *kids, struct span span,
                            struct stmt *stmt) {
    if (stmt->kind == STMT_DO || !span.ok) return;
    unsigned count = 0, semicolons = 0, at = span.begin;
    for (; count + 1 < kids->count; count++) {
        struct span part = span_of(scan, kids->list[count]);
        for (; part.ok && at < part.begin; at++)
            semicolons += span.source->active[at] && span.source->text[at] == ';';
        if (!part.ok || semicolons > 1) break;
    }
    scan_reads(scan, stmt, kids->list, count);
}

static void scan_loop(struct scan *scan, CXCursor cursor, const struct kids *kids,
                      struct span span, struct stmt *stmt) {
    if (!kids->count) return;
    unsigned body = stmt->kind == STMT_DO ? 0 : kids->count - 1;
    for (unsigned i = 0; i < kids->count; i++)
        if (i != body) scan_expr(scan, kids->list[i], stmt);
    scan_loop_reads(scan, kids, span, stmt);
    if (stmt->kind == STMT_FOR) {
        if (is_for_without_condition(cursor, kids->count)) stmt->flags |= ALWAYS_TRUE;
    } else if (kids->count == 2) {
        int value = constant_condition(kids->list[1 - body]);
        if (value == 1) stmt->flags |= ALWAYS_TRUE;
        if (value == 0) stmt->flags |= NEVER_TRUE;
    }
    if (makes_progress(cursor)) stmt->flags |= PROGRESS;
    add_kid_stmt(stmt, scan_stmt(scan, kids->list[body], span.ok ? span.begin + 1 : 0, ")"));
}

static void scan_return(struct scan *scan, const struct kids *kids, struct span span,
                        struct stmt *stmt) {
    if (!kids->count) return;
    scan_expr(scan, kids->list[0], stmt);
    scan_must(stmt, kids->list, 1);
    scan_reads(scan, stmt, kids->list, 1);
    if (is_call(kids->list[0])) stmt->flags |= TAIL_CALL;
    if (!(stmt->flags & IN_TEXT) || span.from_macro || stmt->flags & CUT) return;
    const char *text = span.source->text;
    if (strncmp(text + stmt->begin, "return", 6) || text[stmt->end - 1] != ';') return;
    stmt->value_begin = stmt->begin + 6;
    while (strchr(" \t", text[stmt->value_begin])) stmt->value_begin++;
    stmt->value_end = stmt->end - 1;
}

/* __attribute__((cleanup(f))): f is called at the end of the scope without a call expression. */
static bool scan_cleanup(struct scan *scan, CXCursor variable, struct stmt *stmt) {
    if (!clang_Cursor_hasAttrs(variable)) return false;
    CXPrintingPolicy policy = clang_getCursorPrintingPolicy(variable);
    char *printed = copy_string(clang_getCursorPrettyPrinted(variable, policy));
    clang_PrintingPolicy_dispose(policy);
    char *found = strstr(printed, "cleanup(");
    if (found) {
        char *name = found + strlen("cleanup("), *end = strchr(name, ')');
        if (end) *end = 0;
        stmt->calls = realloc(stmt->calls, (stmt->call_count + 1) * sizeof *stmt->calls);
        stmt->calls[stmt->call_count++] = (struct call){.callee = strdup(name), .at_scope_end = true};
        facts_write_address(scan->out, name, NULL, "void (void *)");
        stmt->flags |= OWN_STATIC; /* keep its scope as written */
    }
    free(printed);
    return found != NULL;
}

static void scan_declaration(struct scan *scan, const struct kids *kids, struct stmt *stmt) {
    bool impure = false, cleaned = false;
    for (unsigned i = 0; i < kids->count; i++) {
        CXCursor kid = kids->list[i];
        scan_expr(scan, kid, stmt);
        if (clang_getCursorKind(kid) == CXCursor_UnexposedDecl) scan->function->flags |= FN_LOCAL_LABELS;
        if (clang_getCursorKind(kid) != CXCursor_VarDecl) continue;
        cleaned |= scan_cleanup(scan, kid, stmt);
        struct kids parts = kids_of(kid);
        for (unsigned j = 0; j < parts.count; j++)
            if (clang_isExpression(clang_getCursorKind(parts.list[j])))
                impure |= is_impure(parts.list[j]) || !has_no_effect(parts.list[j]);
        free(parts.list);
    }
    scan_must(stmt, kids->list, kids->count);
    scan_reads(scan, stmt, kids->list, kids->count);
    if (impure && (cleaned || !(stmt->flags & (OWN_STATIC | OWN_TABLE)))) stmt->flags |= IMPURE;
    else stmt->flags |= DECL_PLAIN;
}

static void scan_goto(const struct kids *kids, struct stmt *stmt) {
    if (kids->count)
        stmt->name = copy_string(clang_getCursorSpelling(clang_getCursorReferenced(kids->list[0])));
}

static void add_word(struct stmt *stmt, char *word) {
    stmt->targets = realloc(stmt->targets, (stmt->target_count + 1) * sizeof(char *));
    stmt->targets[stmt->target_count++] = word;
}

/* asm goto: libclang does not show the labels. Each word may be one; out of a macro, any. */
static void scan_asm(struct scan *scan, CXCursor cursor, struct stmt *stmt) {
    CXToken *tokens = NULL;
    unsigned count = 0;
    clang_tokenize(scan->unit, clang_getCursorExtent(cursor), &tokens, &count);
    for (unsigned i = 0; i < count; i++)
        if (clang_getTokenKind(tokens[i]) == CXToken_Identifier)
            add_word(stmt, copy_string(clang_getTokenSpelling(scan->unit, tokens[i])));
    clang_disposeTokens(scan->unit, tokens, count);
    if (stmt->flags & (FROM_MACRO | TO_MACRO)) add_word(stmt, strdup(ANY_LABEL));
}

static void scan_kids(struct scan *scan, CXCursor cursor, const struct kids *kids,
                      struct span span, struct stmt *stmt, unsigned low) {
    switch (stmt->kind) {
    case STMT_COMPOUND: scan_list(scan, kids, span, stmt); break;
    case STMT_IF: scan_if(scan, kids, span, stmt); break;
    case STMT_WHILE:
    case STMT_DO:
    case STMT_FOR: scan_loop(scan, cursor, kids, span, stmt); break;
    case STMT_SWITCH:
        if (kids->count) scan_expr(scan, kids->list[0], stmt);
        scan_must(stmt, kids->list, kids->count > 0);
        scan_reads(scan, stmt, kids->list, kids->count > 0);
        if (kids->count > 1)
            add_kid_stmt(stmt, scan_stmt(scan, kids->list[kids->count - 1],
                                         span.ok ? span.begin + 1 : 0, ")"));
        break;
    case STMT_LABEL:
        stmt->name = copy_string(clang_getCursorSpelling(cursor)); /* fall through */
    case STMT_CASE:
    case STMT_DEFAULT: scan_label(scan, kids, span, stmt, low); break;
    case STMT_RETURN: scan_return(scan, kids, span, stmt); break;
    case STMT_DECL: scan_declaration(scan, kids, stmt); break;
    case STMT_GOTO: scan_goto(kids, stmt); break;
    default:
        if (stmt->kind == STMT_ASM) scan_asm(scan, cursor, stmt);
        if (stmt->kind == STMT_GOTO_ANY)
            for (unsigned i = 0; i < kids->count; i++) scan_expr(scan, kids->list[i], stmt);
        else
            scan_expr(scan, cursor, stmt);
        scan_must(stmt, &cursor, stmt->kind == STMT_EXPR);
        scan_reads(scan, stmt, &cursor, stmt->kind != STMT_ASM);
    }
}

/* Statements whose own expressions are the whole cursor, or its first part. Several statements may
 * come out of one macro, and only the first has a place for a slot: it stands for all. */
static bool is_private(const struct scan *scan, CXCursor cursor, const struct kids *kids,
                       const struct stmt *stmt) {
    if (stmt->flags & FROM_MACRO || !(stmt->flags & IN_TEXT)) return false;
    if (stmt->kind == STMT_EXPR) return scan_is_private(scan, cursor);
    if (stmt->kind == STMT_RETURN) return !kids->count || scan_is_private(scan, kids->list[0]);
    if (stmt->kind == STMT_IF || stmt->kind == STMT_SWITCH)
        return kids->count && scan_is_private(scan, kids->list[0]);
    return false;
}

/* low: nothing of the enclosing construct ends behind it; after: see insertable(). */
struct stmt *scan_stmt(struct scan *scan, CXCursor cursor, unsigned low, const char *after) {
    struct stmt *stmt = calloc(1, sizeof *stmt);
    struct span span = span_of(scan, cursor);
    stmt->kind = kind_of(cursor);
    set_place(scan, stmt, span, statement_end(scan, cursor), cursor, low, after);
    if (stmt->kind == STMT_EXPR && has_no_effect(cursor)) stmt->flags |= NO_EFFECT;
    if (stmt->kind == STMT_NULL) stmt->flags |= NO_EFFECT;
    struct kids kids = kids_of(cursor);
    scan_kids(scan, cursor, &kids, span, stmt, low);
    if (is_private(scan, cursor, &kids, stmt)) stmt->flags |= PRIVATE;
    if (stmt->flags & PRIVATE && stmt->kind == STMT_IF) scan_hand_down(stmt);
    free(kids.list);
    return stmt;
}
