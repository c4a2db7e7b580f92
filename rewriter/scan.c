// SPDX-License-Identifier: MIT
/*
 * scan.c: one unit: libclang parses it, its functions and address-taken functions are written as
 * facts. Runs in a process of its own. A unit with errors gives a partial tree and wrong edits: it
 * is refused whole.
 */
#include "mem.h"
#include "scan.h"
#include "cache.h"
#include "flags.h"
#include "rt/plan.h"
#include "stack.h"
#include "stages.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- functions ------------------------------------------------------------------------------- */

/* The compiler may treat functions of these names as it knows them: no pause points inside. */
static bool is_builtin_name(const char *name) {
    static const char *const names[] = {"malloc",  "calloc", "realloc",      "free",   "memcpy",
                                        "memmove", "memset", "memcmp",       "strlen", "strcmp",
                                        "strcpy",  "strchr", "aligned_alloc"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) return true;
    return false;
}

/* Its text can be a parameter of a second function, and its name an argument of a call: not
 * without name, without type (`f(a) { }`), with the name of the function, or with an effect in its
 * type (`int a[n++]`). */
static bool is_plain_parameter(CXCursor param, const char *name, const struct function *f) {
    CXSourceLocation first = clang_getRangeStart(clang_getCursorExtent(param));
    if (!*name || !strcmp(name, f->name)) return false;
    if (clang_equalLocations(first, clang_getCursorLocation(param))) return false;
    bool plain = true;
    struct kids kids = kids_of(param);
    for (unsigned i = 0; i < kids.count; i++)
        plain &= !clang_isExpression(clang_getCursorKind(kids.list[i])) || has_no_effect(kids.list[i]);
    free(kids.list);
    return plain;
}

static void add_params(CXCursor cursor, struct function *f) {
    int count = clang_Cursor_getNumArguments(cursor);
    for (int i = 0; i < count; i++) {
        CXCursor param = clang_Cursor_getArgument(cursor, (unsigned)i);
        char *name = copy_string(clang_getCursorSpelling(param));
        if (!is_plain_parameter(param, name, f)) f->flags |= FN_OLD_STYLE;
        check_shadow(f, param);
        f->params = realloc(f->params, (f->param_count + 1) * sizeof(char *));
        f->params[f->param_count++] = name;
    }
}

/* The macro at `at` is the end of the declaration in front: START_TEST(x) { ... } END_TEST */
static bool ends_declaration(const struct scan *scan, const struct source *s, int at) {
    const struct span *before = &scan->before;
    const struct interval *macro = macro_at(s, (unsigned)at);
    return macro && before->source == s && before->begin < macro->begin && macro->begin < before->end;
}

/* FORCE_INLINE int f(...): macros in front may hold attributes, here or in other configurations. */
static unsigned before_prefix_macros(const struct scan *scan, const struct source *s,
                                     unsigned begin) {
    for (;;) {
        int at = previous_active(s, begin);
        const struct interval *macro = at >= 0 ? macro_at(s, (unsigned)at) : NULL;
        if (!macro || ends_declaration(scan, s, at)) return begin;
        begin = macro->begin;
    }
}

/* name ( parameters ) { with nothing between: the text of a twin's head can be made from it. */
static void find_head(struct scan *scan, CXCursor cursor, struct span whole, struct function *f) {
    unsigned offset;
    struct source *s = source_at(scan, clang_getCursorLocation(cursor), &offset);
    if (s != whole.source || macro_at(s, offset) ||
        strncmp(s->text + offset, f->name, strlen(f->name)))
        return;
    f->name_begin = offset;
    whole.begin = f->begin = before_prefix_macros(scan, s, whole.begin);
    int open = next_active(s, offset + (unsigned)strlen(f->name)), depth = 0;
    int before = previous_active(s, whole.begin);
    if (open < 0 || s->text[open] != '(') return;
    if (before >= 0 && s->text[before] != ';' && s->text[before] != '}' &&
        !ends_declaration(scan, s, before))
        return;
    unsigned at = (unsigned)open;
    for (; at < f->body_begin; at++) {
        if (!s->active[at]) continue;
        if (s->text[at] == '(')
            depth++;
        else if (s->text[at] == ')' && !--depth)
            break;
        else if (s->text[at] == '{')
            return;
    }
    if (next_active(s, at + 1) != (int)f->body_begin) return;
    if (cut_by_directive(s, whole.begin, f->body_begin)) return;
    f->params_begin = (unsigned)open;
    f->params_end = at + 1;
    f->flags |= FN_SIMPLE_HEAD;
}

static uint32_t type_flags(CXCursor cursor, const struct function *f) {
    uint32_t flags = 0;
    CXType type = clang_getCanonicalType(clang_getCursorType(cursor));
    CXType result = clang_getCanonicalType(clang_getCursorResultType(cursor));
    if (type.kind == CXType_FunctionNoProto && f->param_count) flags |= FN_OLD_STYLE;
    if (clang_isFunctionTypeVariadic(type)) flags |= FN_VARIADIC;
    if (result.kind == CXType_Void) flags |= FN_VOID;
    if (is_unnamed(f->result)) flags |= FN_RECORD;
    if (!strcmp(f->type, "void (int)") || !strcmp(f->type, "void (int, siginfo_t *, void *)") ||
        !strcmp(f->type, "void (int, struct siginfo_t *, void *)"))
        flags |= FN_SIGNAL_TYPE;
    if (clang_Cursor_getStorageClass(cursor) == CX_SC_Static)
        flags |= FN_STATIC;
    else if (clang_Cursor_isFunctionInlined(cursor))
        flags |= FN_INLINE_EXTERN;
    return flags;
}

/* The canonical name, with its tag, cannot be hidden by an object. */
static void unshadow_result(CXCursor cursor, struct function *f) {
    if (!(f->flags & FN_SHADOWS_RESULT)) return;
    char *canonical = copy_string(
        clang_getTypeSpelling(clang_getCanonicalType(clang_getCursorResultType(cursor))));
    if (!strncmp(canonical, "struct ", 7) || !strncmp(canonical, "union ", 6) ||
        !strncmp(canonical, "enum ", 5)) {
        free(f->result);
        f->result = canonical;
        return;
    }
    f->flags |= FN_RESULT_VARIES;
    free(canonical);
}

/* Compilers make functions of the blocks behind such directives, which may come out of macros. */
static bool is_taken_apart(struct scan *scan, const struct source *s, const struct function *f) {
    return has_directive(s, f->body_begin, f->body_end, "pragma acc") ||
           (scan->openmp && (has_directive(s, f->body_begin, f->body_end, "pragma omp") ||
                             scan_has_pragma(scan, s, f->body_begin, f->body_end)));
}

/* A va_list among the parameters of a function whose address is returned: libclang spells what it is made
 * of, a type that has no name in C. Takes and returns text on the heap. */
static char *name_va_lists(char *type) {
    static const char *const tags[] = {"struct __va_list_tag *", "__va_list_tag *"}, name[] = "__builtin_va_list";
    for (unsigned i = 0; i < 2; i++)
        for (char *found; (found = strstr(type, tags[i]));) {
            char *whole = mem_format("%.*s%s%s", (int)(found - type), type, name, found + strlen(tags[i]));
            free(type);
            type = whole;
        }
    return type;
}

static void scan_function(struct scan *scan, CXCursor cursor) {
    struct span whole = span_of(scan, cursor);
    if (!whole.source || !whole.source->path) return;
    struct kids kids = kids_of(cursor);
    CXCursor body = kids.count ? kids.list[kids.count - 1] : cursor;
    free(kids.list);
    if (clang_getCursorKind(body) != CXCursor_CompoundStmt) return;
    active_choose(scan, whole.source, cursor, body);
    whole = span_of(scan, cursor);
    struct span inner = span_of(scan, body);
    struct function *f = calloc(1, sizeof *f);
    f->name = copy_string(clang_getCursorSpelling(cursor));
    f->file = strdup(whole.source->path);
    f->type = type_name(clang_getCursorType(cursor));
    f->result = name_va_lists(copy_string(clang_getTypeSpelling(clang_getCursorResultType(cursor))));
    f->begin = whole.begin;
    f->body_begin = inner.begin;
    f->body_end = inner.end;
    add_params(cursor, f);
    f->flags |= type_flags(cursor, f) | scan_attribute_flags(scan, cursor);
    f->target = scan_target(scan, f->name);
    if (is_builtin_name(f->name)) f->flags |= FN_PURE;
    if (never_returns(cursor)) f->flags |= FN_NO_RETURN;
    scan->function = f;
    scan_parameters(scan, cursor);
    scan_escaping(scan, body);
    f->body = scan_stmt(scan, body, whole.begin, ")");
    scan_wholes(scan, body, f->body);
    if (f->body->flags & BRACED && inner.source == whole.source) f->flags |= FN_BODY_IN_TEXT;
    if (f->flags & FN_BODY_IN_TEXT) find_head(scan, cursor, whole, f);
    if (inner.source && inner.source->text && is_taken_apart(scan, inner.source, f))
        f->flags |= FN_OPENMP;
    unshadow_result(cursor, f);
    CXString ignored;
    clang_getPresumedLocation(clang_getCursorLocation(cursor), &ignored, &f->line, &f->column);
    clang_disposeString(ignored);
    f->end_line = f->body->end_line;
    facts_write_function(scan->out, f);
    scan->function = NULL;
    cursors_free(&scan->escaping);
    cursors_free(&scan->ends);
    names_free(&scan->value_keys);
    function_free(f);
}

/* ---- address-taken functions ----------------------------------------------------------------- */

static void write_address(struct scan *scan, CXCursor function, CXType type, bool start) {
    unsigned offset;
    const char *file = NULL;
    CXCursor definition = clang_getCursorDefinition(function);
    if (!clang_Cursor_isNull(definition)) {
        struct source *s = source_at(scan, clang_getCursorLocation(definition), &offset);
        if (s) file = s->path;
    }
    char *name = copy_string(clang_getCursorSpelling(function));
    char *text = start ? strdup(ADDRESS_STARTS) : type_name(type);
    facts_write_address(scan->out, name, file, text);
    free(name);
    free(text);
}

/* Is it a call that starts threads, in a function that is named there? */
static bool starts_named(CXCursor call) {
    CXCursor callee = clang_getCursorReferenced(call);
    if (clang_getCursorKind(callee) != CXCursor_FunctionDecl) return false;
    char *name = copy_string(clang_getCursorSpelling(callee));
    char *routine = strcmp(name, "pthread_create") ? NULL : start_routine(call);
    bool named = routine && strcmp(routine, "?");
    free(name);
    free(routine);
    return named;
}

struct address_walk {
    struct scan *scan;
    CXType casts[8];
    unsigned cast_count;
    bool start; /* in the argument that says where a thread starts */
};

static void find_addresses(struct address_walk *walk, CXCursor cursor, bool callee) {
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    unsigned casts = walk->cast_count;
    if (kind == CXCursor_DeclRefExpr && !callee) {
        CXCursor target = clang_getCursorReferenced(cursor);
        if (clang_getCursorKind(target) == CXCursor_FunctionDecl) {
            scan_global(walk->scan, cursor, target);
            write_address(walk->scan, target, clang_getCursorType(target), walk->start);
            for (unsigned i = 0; i < casts; i++)
                write_address(walk->scan, target, walk->casts[i], false);
        }
    }
    if (kind == CXCursor_CStyleCastExpr && casts < 8 &&
        is_function_type(clang_getCursorType(cursor)))
        walk->casts[walk->cast_count++] = clang_getCursorType(cursor);
    bool through = kind == CXCursor_UnexposedExpr || kind == CXCursor_ParenExpr;
    bool starts = kind == CXCursor_CallExpr && starts_named(cursor), start = walk->start;
    struct kids kids = kids_of(cursor);
    for (unsigned i = 0; i < kids.count; i++) {
        walk->start = starts ? i == 3 : start; /* behind the callee */
        find_addresses(walk, kids.list[i], kind == CXCursor_CallExpr ? i == 0 : through && callee);
    }
    free(kids.list);
    walk->start = start;
    walk->cast_count = casts;
}

/* ---- the unit -------------------------------------------------------------------------------- */

static enum CXChildVisitResult at_top(CXCursor cursor, CXCursor parent, CXClientData data) {
    struct scan *scan = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    (void)parent;
    if (kind == CXCursor_InclusionDirective) scan_include(scan, cursor);
    if (clang_Location_isInSystemHeader(clang_getCursorLocation(cursor)))
        return CXChildVisit_Continue;
    if (kind == CXCursor_FunctionDecl || kind == CXCursor_VarDecl) {
        struct address_walk walk = {.scan = scan, .cast_count = 0};
        find_addresses(&walk, cursor, false);
    }
    if (kind == CXCursor_FunctionDecl && clang_isCursorDefinition(cursor)) {
        scan_function(scan, cursor);
        char *name = copy_string(clang_getCursorSpelling(cursor));
        names_add(&scan->defined, name, NULL);
        free(name);
    }
    if (clang_isDeclaration(kind)) scan->before = span_of(scan, cursor);
    return CXChildVisit_Continue;
}

static unsigned log_errors(CXTranslationUnit unit, const char *facts_path) {
    unsigned errors = 0;
    FILE *log = NULL;
    for (unsigned i = 0; i < clang_getNumDiagnostics(unit); i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(unit, i);
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) {
            char path[PATH_MAX];
            snprintf(path, sizeof path, "%s.log", facts_path);
            if (!log) log = fopen(path, "w");
            char *text = copy_string(
                clang_formatDiagnostic(diagnostic, clang_defaultDiagnosticDisplayOptions()));
            if (log) fprintf(log, "%s\n", text);
            free(text);
            errors++;
        }
        clang_disposeDiagnostic(diagnostic);
    }
    if (log) fclose(log);
    return errors;
}

static const char *below(const char *root, const char *path) {
    size_t length = strlen(root);
    return !strncmp(path, root, length) && path[length] == '/' ? path + length + 1 : path;
}

static int write_facts(struct scan *scan, const char *main_file, const char *facts_path) {
    scan->out = fopen(facts_path, "w");
    if (!scan->out) return -errno;
    facts_write_head(scan->out, scan->main_file = main_file);
    scan_attributes(scan);
    clang_visitChildren(clang_getTranslationUnitCursor(scan->unit), at_top, scan);
    scan_records(scan);
    bool failed = ferror(scan->out) != 0;
    if (fclose(scan->out) || failed) {
        unlink(facts_path);
        return -EIO;
    }
    return 0;
}

static void list_file(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data) {
    struct scan *scan = data;
    char *name = copy_string(clang_getFileName(file)), path[PATH_MAX];
    size_t size;
    const char *text = clang_getFileContents(scan->unit, file, &size);
    (void)stack, (void)depth;
    if (text && realpath(name, path))
        fprintf(scan->out, "%016llx %s\n",
                (unsigned long long)loom_hash64(LOOM_HASH64_START, text, size), path);
    free(name);
}

/* Of all files that were read, with their content: the facts hold as long as it does. */
static void write_list(struct scan *scan, const char *facts_path) {
    char *path = cache_list(facts_path);
    scan->out = fopen(path, "we");
    if (scan->out) clang_getInclusions(scan->unit, list_file, scan);
    if (scan->out && (ferror(scan->out) | fclose(scan->out))) unlink(path);
    free(path);
}

int stage_scan(const struct unit *unit, const char *root, const char *facts_path) {
    char file[PATH_MAX];
    struct scan scan = {.root = root};
    if (!realpath(unit->file, file)) return -errno;
    stack_enlarge();
    setenv("LIBCLANG_NOTHREADS", "1", 1); /* its own have a small stack */
    CXIndex index = clang_createIndex(0, 0);
    const char **argv = calloc((size_t)unit->argc + 2, sizeof *argv);
    for (int i = 0; i < unit->argc; i++) {
        argv[i] = unit->argv[i];
        scan.openmp |= !strcmp(argv[i], FLAG_OPENMP);
    }
    argv[unit->argc] = "-fbracket-depth=100000"; /* gcc has no limit */
    enum CXErrorCode failed = clang_parseTranslationUnit2(
        index, unit->file, argv, unit->argc + 1, NULL, 0,
        CXTranslationUnit_DetailedPreprocessingRecord | CXTranslationUnit_KeepGoing, &scan.unit);
    free(argv);
    int error = -EINVAL;
    if (!failed && scan.unit && !log_errors(scan.unit, facts_path)) {
        sources_load(&scan);
        error = write_facts(&scan, below(root, file), facts_path);
        if (!error) write_list(&scan, facts_path);
    }
    sources_free(&scan);
    names_free(&scan.macros);
    macro_texts_free(&scan);
    names_free(&scan.mentions);
    attributes_free(&scan);
    names_free(&scan.defined);
    names_free(&scan.records);
    free(scan.record_cursors);
    if (scan.unit) clang_disposeTranslationUnit(scan.unit);
    clang_disposeIndex(index);
    return error;
}
