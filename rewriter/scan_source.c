// SPDX-License-Identifier: MIT
/*
 * scan_source.c: the text side of a unit. libclang has no call for "is this in a macro", "where is
 * the semicolon", "is this byte code"; the answers come from a byte map of active code and from
 * the sorted outermost macro expansions of each file.
 *
 * Rule: an edit is only ever made at a place of the file's own text, never inside a macro
 * expansion, a directive, or a part that this configuration skips.
 */
#include "paths.h"
#include "scan.h"
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static enum CXChildVisitResult add_kid(CXCursor cursor, CXCursor parent, CXClientData data) {
    struct kids *kids = data;
    (void)parent;
    if (!(kids->count & (kids->count + 1)))
        kids->list = realloc(kids->list, (2 * kids->count + 2) * sizeof *kids->list);
    kids->list[kids->count++] = cursor;
    return CXChildVisit_Continue;
}

struct kids kids_of(CXCursor cursor) {
    struct kids kids = {0};
    clang_visitChildren(cursor, add_kid, &kids);
    return kids;
}

char *copy_string(CXString string) {
    const char *text = clang_getCString(string);
    char *copy = strdup(text ? text : "");
    clang_disposeString(string);
    return copy;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void load_text(struct scan *scan, struct source *source) {
    char *name = copy_string(clang_getFileName(source->file)), path[PATH_MAX];
    size_t length = strlen(scan->root), size = 0;
    if (realpath(name, path) && !strncmp(path, scan->root, length) && path[length] == '/') {
        const char *text = clang_getFileContents(scan->unit, source->file, &size);
        if (text && size < UINT_MAX / 2 && paths_speakable(path + length + 1)) {
            source->path = strdup(path + length + 1);
            source->size = (unsigned)size;
            source->text = calloc(size + 4, 1);
            memcpy(source->text, text, size);
            active_load(scan, source);
        }
    }
    free(name);
}

struct source *source_of(struct scan *scan, CXFile file) {
    if (!file) return NULL;
    for (struct source *s = scan->sources; s; s = s->next)
        if (s->file == file || clang_File_isEqual(s->file, file)) return s;
    struct source *source = calloc(1, sizeof *source);
    source->file = file;
    source->next = scan->sources;
    scan->sources = source;
    load_text(scan, source);
    return source;
}

struct source *source_at(struct scan *scan, CXSourceLocation location, unsigned *offset) {
    CXFile file;
    clang_getFileLocation(location, &file, 0, 0, offset);
    return source_of(scan, file);
}

void sources_free(struct scan *scan) {
    clang_disposeSourceRangeList(scan->skipped);
    for (struct source *s = scan->sources, *next; s; s = next) {
        next = s->next;
        free(s->path);
        free(s->text);
        active_free(s);
        free(s->macros);
        free(s);
    }
}

/* ---- macro expansions ------------------------------------------------------------------------ */

/* Behind the parenthesis that closes the one at `open`; 0: none. */
static unsigned behind_parenthesis(const struct source *s, unsigned open) {
    struct lex lex = {.text = s->text, .size = s->size, .end = open};
    int depth = 0;
    while (lex_next(&lex)) {
        if (lex.kind != LEX_CODE || !s->active[lex.begin]) continue;
        char c = s->text[lex.begin];
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (!depth) return lex.end;
    }
    return 0;
}

/* libclang ends an expansion behind its name, or its own arguments. */
static unsigned expansion_end(struct scan *scan, CXCursor cursor, const struct source *s,
                              struct interval expansion) {
    int at = next_active(s, expansion.end);
    if (at < 0 || s->text[at] != '(') return expansion.end;
    char *name = copy_string(clang_getCursorSpelling(cursor));
    bool takes = scan_takes_arguments(scan, name, s, expansion);
    unsigned behind = takes ? behind_parenthesis(s, (unsigned)at) : 0;
    free(name);
    return behind ? behind : expansion.end;
}

static enum CXChildVisitResult add_macro(CXCursor cursor, CXCursor parent, CXClientData data) {
    (void)parent;
    if (clang_getCursorKind(cursor) == CXCursor_MacroDefinition) {
        scan_macro(data, cursor);
        scan_macro_text(data, cursor);
    }
    if (clang_getCursorKind(cursor) != CXCursor_MacroExpansion) return CXChildVisit_Continue;
    CXSourceRange range = clang_getCursorExtent(cursor);
    unsigned begin, end;
    struct source *s = source_at(data, clang_getRangeStart(range), &begin);
    clang_getFileLocation(clang_getRangeEnd(range), 0, 0, 0, &end);
    if (!s || !s->text) return CXChildVisit_Continue;
    if (s->macro_count == s->macro_room) {
        s->macro_room = s->macro_room * 2 + 64;
        s->macros = realloc(s->macros, s->macro_room * sizeof *s->macros);
    }
    end = expansion_end(data, cursor, s, (struct interval){begin, end});
    s->macros[s->macro_count++] = (struct interval){begin, end};
    return CXChildVisit_Continue;
}

static int by_place(const void *x, const void *y) {
    const struct interval *a = x, *b = y;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    return a->end > b->end ? -1 : a->end < b->end;
}

static void keep_outermost(struct source *s) {
    unsigned kept = 0;
    if (!s->macro_count) return;
    qsort(s->macros, s->macro_count, sizeof *s->macros, by_place);
    for (unsigned i = 0; i < s->macro_count; i++)
        if (!kept || s->macros[i].begin >= s->macros[kept - 1].end) s->macros[kept++] = s->macros[i];
    s->macro_count = kept;
}

void sources_load(struct scan *scan) {
    clang_visitChildren(clang_getTranslationUnitCursor(scan->unit), add_macro, scan);
    for (struct source *s = scan->sources; s; s = s->next) keep_outermost(s);
}

const struct interval *macro_at(const struct source *s, unsigned offset) {
    unsigned low = 0, high = s->macro_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (s->macros[middle].end <= offset) low = middle + 1;
        else high = middle;
    }
    return low < s->macro_count && s->macros[low].begin <= offset ? &s->macros[low] : NULL;
}

/* ---- places ---------------------------------------------------------------------------------- */

/* A file that includes itself inside a function: the function's file, but not its text. */
static bool outside_body(const struct function *f, const struct span *span) {
    return f && f->body_end && span->source->path && !strcmp(span->source->path, f->file) &&
           (span->begin < f->body_begin || span->end > f->body_end);
}

struct span span_of(struct scan *scan, CXCursor cursor) {
    struct span span = {0};
    CXFile first, last;
    CXSourceRange range = clang_getCursorExtent(cursor);
    clang_getFileLocation(clang_getRangeStart(range), &first, 0, 0, &span.begin);
    clang_getFileLocation(clang_getRangeEnd(range), &last, 0, 0, &span.end);
    if (!first || !last || !clang_File_isEqual(first, last)) return span;
    span.source = source_of(scan, first);
    if (!span.source || !span.source->text) return span;
    const struct interval *macro = macro_at(span.source, span.begin);
    if (macro) span.begin = macro->begin, span.from_macro = true;
    if (span.end && (macro = macro_at(span.source, span.end - 1)))
        span.end = macro->end, span.to_macro = true;
    span.ok = span.begin < span.end && !outside_body(scan->function, &span);
    return span;
}

int next_active(const struct source *s, unsigned offset) {
    for (; offset < s->size; offset++)
        if (s->active[offset]) return (int)offset;
    return -1;
}

int previous_active(const struct source *s, unsigned offset) {
    while (offset-- > 0)
        if (s->active[offset]) return (int)offset;
    return -1;
}

bool ends_word(const struct source *s, int at, const char *word) {
    int length = (int)strlen(word);
    return at + 1 >= length && !strncmp(s->text + at + 1 - length, word, (size_t)length) &&
           (at < length || !(isalnum((unsigned char)s->text[at - length]) ||
                             s->text[at - length] == '_'));
}

/* Can a statement be inserted in front of the span? low: nothing of the enclosing construct ends
 * behind it. after: the bytes that may stand in front; with ')' also the words else and do. Never
 * between a pragma and its statement. */
bool insertable(const struct span *span, unsigned low, const char *after) {
    const struct source *s = span->source;
    if (!span->ok || span->begin < low) return false;
    int at = previous_active(s, span->begin);
    if (at < 0) return false;
    if (!strchr(after, s->text[at]) && !macro_at(s, (unsigned)at) &&
        !(strchr(after, ')') && (ends_word(s, at, "else") || ends_word(s, at, "do"))))
        return false;
    for (unsigned i = (unsigned)at + 1; i + 6 < span->begin; i++)
        if (s->text[i] == '#' && memmem(s->text + i, span->begin - i, "pragma", 6)) return false;
    return !(macro_at(s, (unsigned)at) && ends_word(s, at, ")") &&
             memmem(s->text + macro_at(s, (unsigned)at)->begin,
                    macro_at(s, (unsigned)at)->end - macro_at(s, (unsigned)at)->begin, "_Pragma", 7));
}

static bool directive_is(const struct source *s, unsigned at, const char *name) {
    return !strncmp(directive_name(s->text + at), name, strlen(name));
}

/* words: as `pragma omp` */
bool has_directive(const struct source *s, unsigned begin, unsigned end, const char *words) {
    size_t first = strcspn(words, " ");
    for (unsigned d = directives_from(&s->directives, begin); d < s->directives.count; d++) {
        if (s->directives.at[d] >= end) break;
        const char *name = directive_name(s->text + s->directives.at[d]);
        if (strncmp(name, words, first)) continue;
        name += first;
        name += strspn(name, " \t");
        if (!strncmp(name, words + first + 1, strlen(words + first + 1))) return true;
    }
    return false;
}

/* The `else` of another configuration. */
static bool foreign_else_behind(const struct source *s, unsigned end) {
    while (end < s->size && isspace((unsigned char)s->text[end])) end++;
    if (end >= s->size || s->text[end] != '#') return false;
    unsigned rest = s->size - end < 200 ? s->size - end : 200;
    return memmem(s->text + end, rest, "else", 4) && strncmp(s->text + end, "#else", 5) &&
           strncmp(s->text + end, "#endif", 6);
}

/* A directive inside, or a foreign `else` right behind: no braces around it. */
bool cut_by_directive(const struct source *s, unsigned begin, unsigned end) {
    unsigned i = directives_from(&s->directives, begin);
    return (i < s->directives.count && s->directives.at[i] < end) || foreign_else_behind(s, end);
}

/* The same for a control statement, which may have whole #if ... #endif inside: it begins and ends
 * at the same places in every configuration. */
bool control_cut_by_directive(const struct source *s, unsigned begin, unsigned end) {
    int depth = 0;
    for (unsigned d = directives_from(&s->directives, begin); d < s->directives.count; d++) {
        unsigned i = s->directives.at[d];
        if (i >= end) break;
        if (directive_is(s, i, "if")) depth++;
        else if (directive_is(s, i, "endif")) depth--;
        else if (!directive_is(s, i, "el")) return true;
        else if (!depth) return true;
        if (depth < 0) return true;
    }
    return depth || foreign_else_behind(s, end);
}

unsigned statement_end(struct scan *scan, CXCursor cursor) {
    unsigned known;
    if (cursors_find(&scan->ends, cursor, &known)) return known;
    struct span span = span_of(scan, cursor);
    if (!span.ok) return 0;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    if (kind == CXCursor_CompoundStmt || kind == CXCursor_NullStmt) return span.end;
    if (kind == CXCursor_DeclStmt &&
        (span.to_macro || span.source->text[span.end - 1] == ';'))
        return span.end;
    if (kind == CXCursor_IfStmt || kind == CXCursor_ForStmt || kind == CXCursor_WhileStmt ||
        kind == CXCursor_SwitchStmt || kind == CXCursor_LabelStmt || kind == CXCursor_CaseStmt ||
        kind == CXCursor_DefaultStmt) {
        unsigned end = 0;
        struct kids kids = kids_of(cursor);
        if (kids.count) end = statement_end(scan, kids.list[kids.count - 1]);
        free(kids.list);
        cursors_add(&scan->ends, cursor, end);
        return end;
    }
    int at = next_active(span.source, span.end);
    if (at >= 0 && span.source->text[at] == ';' && !macro_at(span.source, (unsigned)at))
        return (unsigned)at + 1;
    return span.to_macro ? span.end : 0;
}

bool else_apart(struct scan *scan, CXCursor then, CXCursor otherwise) {
    struct span first = span_of(scan, then), second = span_of(scan, otherwise);
    unsigned end = statement_end(scan, then);
    if (!first.ok || !second.ok || !end || second.begin < end) return false;
    if (!macro_at(first.source, end - 1)) return true;
    int at = next_active(first.source, end);
    return at >= 0 && !macro_at(first.source, (unsigned)at) &&
           !strncmp(first.source->text + at, "else", 4);
}
