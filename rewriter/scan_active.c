// SPDX-License-Identifier: MIT
/*
 * scan_active.c: the byte map of active code: what belongs to tokens, and is not in comments, directives or
 * parts that this configuration skips.
 *
 * A file may be included several times, and each inclusion skips other parts (zstd's fse.h gives its
 * inline functions at the second time only). So there is a map per inclusion, and the function that is
 * read says which one counts.
 *
 * Vocabulary
 *   inclusion  number of a file's first byte among those of the unit, which differs for each #include of
 *              it. libclang has no call for that; its locations in files are that number plus the offset.
 */
#include "scan.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct activity {
    struct activity *next;
    unsigned inclusion;
    char *map;
};

static unsigned skip_block_comment(const char *s, unsigned i, unsigned n) {
    for (i += 2; i < n && !(s[i] == '*' && s[i + 1] == '/'); i++) {}
    return i + 2 < n ? i + 2 : n;
}

/* Behind the byte, or the two after a backslash, or the end of a line after one. */
static unsigned skip_byte(const char *s, unsigned i) {
    if (s[i] != '\\') return i + 1;
    return i + (s[i + 1] == '\r' && s[i + 2] == '\n' ? 3 : 2);
}

static unsigned skip_line_comment(const char *s, unsigned i, unsigned n) {
    while (i < n && s[i] != '\n') i = skip_byte(s, i);
    return i < n ? i : n;
}

/* A string or character begins there; not a digit behind the apostrophe of C23: 1'000 */
static bool is_quote(const char *s, unsigned i) {
    unsigned begin = i;
    if (s[i] != '"' && s[i] != '\'') return false;
    while (begin && (isalnum((unsigned char)s[begin - 1]) || s[begin - 1] == '\'')) begin--;
    return s[i] == '"' || begin == i || !isdigit((unsigned char)s[begin]);
}

/* An apostrophe may be one: in an #error, or in a part that is skipped. It ends with the line then. */
static unsigned skip_quoted(const char *s, unsigned i, unsigned n) {
    char quote = s[i++];
    while (i < n && s[i] != quote && s[i] != '\n') i = skip_byte(s, i);
    if (i >= n) return n;
    return s[i] == quote ? i + 1 : i;
}

static unsigned skip_directive(const char *s, unsigned i, unsigned n) {
    while (i < n && s[i] != '\n') {
        if (s[i] == '/' && s[i + 1] == '*') i = skip_block_comment(s, i, n);
        else if (s[i] == '/' && s[i + 1] == '/') i = skip_line_comment(s, i, n);
        else if (is_quote(s, i)) i = skip_quoted(s, i, n);
        else i = skip_byte(s, i);
    }
    return i < n ? i : n;
}

unsigned behind_quoted(const struct source *s, unsigned at) {
    return is_quote(s->text, at) ? skip_quoted(s->text, at, s->size) : at;
}

/* # or its digraph */
static bool is_hash(const char *text) { return *text == '#' || (*text == '%' && text[1] == ':'); }

static void add_directive(struct source *source, unsigned offset) {
    if (!(source->directive_count & (source->directive_count + 1)))
        source->directives = realloc(source->directives, (2 * source->directive_count + 2) *
                                                             sizeof *source->directives);
    source->directives[source->directive_count++] = offset;
}

/* What is code in any configuration. */
static void mark_code(struct source *source) {
    const char *s = source->text;
    char *active = source->code = calloc(source->size + 1, 1);
    unsigned i = 0, n = source->size;
    bool line_start = true;
    while (i < n) {
        if (s[i] == '\n') line_start = true, i++;
        else if (s[i] == '\\' && (s[i + 1] == '\n' || s[i + 1] == '\r')) i = skip_byte(s, i);
        else if (isspace((unsigned char)s[i])) i++;
        else if (s[i] == '/' && s[i + 1] == '*') i = skip_block_comment(s, i, n);
        else if (s[i] == '/' && s[i + 1] == '/') i = skip_line_comment(s, i, n);
        else if (is_hash(s + i) && line_start) add_directive(source, i), i = skip_directive(s, i, n);
        else if (is_quote(s, i)) {
            unsigned end = skip_quoted(s, i, n);
            memset(active + i, 1, end - i);
            i = end, line_start = false;
        } else active[i++] = 1, line_start = false;
    }
}

/* 0: comes out of a macro. */
static unsigned inclusion_at(CXSourceLocation location) {
    unsigned offset;
    clang_getFileLocation(location, NULL, NULL, NULL, &offset);
    return location.int_data >> 31 ? 0 : location.int_data - offset;
}

static void drop_skipped(struct scan *scan, struct activity *activity, unsigned size) {
    if (!scan->skipped) scan->skipped = clang_getAllSkippedRanges(scan->unit);
    for (unsigned i = 0; scan->skipped && i < scan->skipped->count; i++) {
        CXSourceRange range = scan->skipped->ranges[i];
        unsigned begin, end;
        if (inclusion_at(clang_getRangeStart(range)) != activity->inclusion) continue;
        clang_getFileLocation(clang_getRangeStart(range), 0, 0, 0, &begin);
        clang_getFileLocation(clang_getRangeEnd(range), 0, 0, 0, &end);
        if (begin < end && end <= size) memset(activity->map + begin, 0, end - begin);
    }
}

static void use_inclusion(struct scan *scan, struct source *source, unsigned inclusion) {
    struct activity *activity = source->activities;
    while (activity && activity->inclusion != inclusion) activity = activity->next;
    if (!activity) {
        activity = calloc(1, sizeof *activity);
        *activity = (struct activity){source->activities, inclusion, calloc(source->size + 1, 1)};
        source->activities = activity;
        memcpy(activity->map, source->code, source->size);
        drop_skipped(scan, activity, source->size);
    }
    source->active = activity->map;
}

void active_load(struct scan *scan, struct source *source) {
    mark_code(source);
    use_inclusion(scan, source, inclusion_at(clang_getLocationForOffset(scan->unit, source->file, 0)));
}

void active_choose(struct scan *scan, struct source *source, CXCursor name, CXCursor body) {
    unsigned inclusion = inclusion_at(clang_getCursorLocation(name));
    if (!inclusion) inclusion = inclusion_at(clang_getRangeStart(clang_getCursorExtent(body)));
    if (inclusion) use_inclusion(scan, source, inclusion);
}

void active_free(struct source *source) {
    for (struct activity *a = source->activities, *next; a; a = next) {
        next = a->next;
        free(a->map);
        free(a);
    }
    free(source->code);
    free(source->directives);
}
