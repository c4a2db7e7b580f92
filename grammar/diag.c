// SPDX-License-Identifier: MIT
/* diag.c: see diag.h. */
#include "diag.h"
#include "json.h"
#include <stdlib.h>
#include <string.h>

static int said_already(const struct diagnostics *all, enum severity severity, struct span span,
                        const char *message) {
    for (size_t i = 0; i < all->count; i++) {
        const struct diagnostic *item = &all->items[i];
        if (item->severity == severity && item->span.start == span.start &&
            item->span.end == span.end && strcmp(item->message, message) == 0)
            return 1;
    }
    return 0;
}

void diag_add(struct diagnostics *all, enum severity severity, struct span span, const char *format,
              ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vprint(&all->arena, format, arguments);
    va_end(arguments);
    all->errors += severity == SEVERITY_ERROR;
    all->current = DIAG_FOLDED;
    if (said_already(all, severity, span, message)) return;
    all->items = grow(all->items, all->count, sizeof *all->items);
    all->current = all->count++;
    all->items[all->current] = (struct diagnostic){severity, span, message, NULL};
}

void diag_absent(struct diagnostics *all) {
    all->absent++;
}

void diag_hint(struct diagnostics *all, const char *format, ...) {
    va_list arguments;
    if (all->current == DIAG_FOLDED) return;
    struct diagnostic *item = &all->items[all->current];
    va_start(arguments, format);
    const char *line = arena_vprint(&all->arena, format, arguments);
    va_end(arguments);
    item->hint = item->hint ? arena_print(&all->arena, "%s\n%s", item->hint, line) : line;
}

void diag_free(struct diagnostics *all) {
    arena_free(&all->arena);
    free(all->items);
    *all = (struct diagnostics){0};
}

static int is_tail(char byte) {
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static uint32_t line_start(const struct text *text, uint32_t at) {
    while (at && text->bytes[at - 1] != '\n') at--;
    return at;
}

static uint32_t line_end(const struct text *text, uint32_t at) {
    while (at < text->size && text->bytes[at] != '\n') at++;
    return at;
}

void text_place(const struct text *text, uint32_t at, unsigned *line, unsigned *column) {
    *line = *column = 1;
    for (uint32_t i = 0; i < at && i < text->size; i++) {
        if (text->bytes[i] == '\n') {
            ++*line;
            *column = 1;
        } else {
            *column += !is_tail(text->bytes[i]);
        }
    }
}

/* The first line of a span: [*start, *end) on that line, not empty if the line is not. */
static void first_line(const struct text *text, struct span span, uint32_t *start, uint32_t *end) {
    uint32_t size = (uint32_t)text->size;
    *start = span.start < size ? span.start : size;
    *end = line_end(text, *start);
    if (span.end < *end) *end = span.end;
    if (*end <= *start) *end = *start + 1;
    while (*end < size && is_tail(text->bytes[*end])) ++*end;
}

void print_plain(FILE *out, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        putc(byte == '\t' || (byte >= 32 && byte != 127) ? byte : '?', out);
    }
}

/* The part of a long line that is shown, so that a megabyte on one line stays readable. */
enum { SHOWN_BEFORE = 60, SHOWN = 120 };

static void print_source(FILE *out, const struct text *text, struct span span, unsigned line,
                         const char *colour, const char *plain) {
    uint32_t start, end, from = line_start(text, span.start), to;
    first_line(text, span, &start, &end);
    if (start - from > SHOWN_BEFORE && line_end(text, start) - from > SHOWN)
        from = start - SHOWN_BEFORE;
    while (from < start && is_tail(text->bytes[from])) from++;
    to = line_end(text, start);
    if (to - from > SHOWN) to = from + SHOWN;
    int width = fprintf(out, "%u", line);
    fputs(" | ", out);
    uint32_t stop = to > from && text->bytes[to - 1] == '\r' ? to - 1 : to;
    print_plain(out, text->bytes + from, stop - from);
    fprintf(out, "\n%*s | %s", width < 0 ? 1 : width, "", colour);
    for (uint32_t i = from; i < end && i < to + 1; i++) {
        char byte = i < text->size ? text->bytes[i] : ' ';
        if (is_tail(byte)) continue;
        putc(i >= start ? '~' : byte == '\t' ? '\t' : ' ', out);
    }
    fprintf(out, "%s\n", plain);
}

static const char *const severity_names[] = {"error", "warning", "note"};

/* NAME:LINE:FIRST-LAST */
static void print_place(FILE *out, const struct text *text, struct span span) {
    unsigned line, column, last_line, last_column;
    uint32_t start, end;
    first_line(text, span, &start, &end);
    text_place(text, start, &line, &column);
    if (end) end--;
    while (end > start && end < text->size && is_tail(text->bytes[end])) end--; /* of a character */
    text_place(text, end, &last_line, &last_column);
    fprintf(out, "%s:%u:%u", text->name, line, column);
    if (last_line == line && last_column > column) fprintf(out, "-%u", last_column);
}

static void print_hints(FILE *out, const char *hint, const char *bold, const char *off) {
    while (hint) {
        const char *stop = strchr(hint, '\n');
        fprintf(out, "%shint:%s ", bold, off);
        print_plain(out, hint, stop ? (size_t)(stop - hint) : strlen(hint));
        putc('\n', out);
        hint = stop ? stop + 1 : NULL;
    }
}

static void print_one(FILE *out, const struct text *text, const struct diagnostic *item,
                      int colour) {
    static const char *const colours[] = {"\033[1;31m", "\033[1;33m", "\033[1;36m"};
    const char *on = colour ? colours[item->severity] : "", *off = colour ? "\033[0m" : "";
    const char *bold = colour ? "\033[1m" : "";
    unsigned line, column;
    uint32_t start, end;
    first_line(text, item->span, &start, &end);
    text_place(text, start, &line, &column);
    fputs(bold, out);
    print_place(out, text, item->span);
    fprintf(out, ":%s %s%s:%s ", off, on, severity_names[item->severity], off);
    print_plain(out, item->message, strlen(item->message));
    putc('\n', out);
    print_source(out, text, (struct span){start, end}, line, on, off);
    print_hints(out, item->hint, bold, off);
}

static int by_place(const void *a, const void *b) {
    const struct diagnostic *const *one = a, *const *other = b;
    if ((*one)->span.start != (*other)->span.start)
        return (*one)->span.start < (*other)->span.start ? -1 : 1;
    return *one < *other ? -1 : *one > *other;
}

static const struct diagnostic **sorted(const struct diagnostics *all) {
    const struct diagnostic **order = take(all->count, sizeof *order);
    for (size_t i = 0; i < all->count; i++) order[i] = &all->items[i];
    qsort(order, all->count, sizeof *order, by_place);
    return order;
}

/* The same warning or note, about another place. */
static int is_repeated(const struct diagnostic *one, const struct diagnostic *other) {
    return one->severity != SEVERITY_ERROR && one->severity == other->severity &&
           strcmp(one->message, other->message) == 0 &&
           strcmp(one->hint ? one->hint : "", other->hint ? other->hint : "") == 0;
}

/* Prints the first of those that say the same, and where else it is so; strikes those out. */
static void print_group(FILE *out, const struct text *text, const struct diagnostic **order,
                        size_t count, int colour) {
    const char *before = "also at ";
    print_one(out, text, order[0], colour);
    for (size_t i = 1; i < count; i++) {
        if (!order[i] || !is_repeated(order[0], order[i])) continue;
        fputs(before, out);
        print_place(out, text, order[i]->span);
        before = ", ";
        order[i] = NULL;
    }
    if (*before == ',') putc('\n', out);
}

void diag_print(FILE *out, const struct text *text, const struct diagnostics *all, int colour) {
    const struct diagnostic **order = sorted(all);
    for (size_t i = 0; i < all->count; i++)
        if (order[i]) print_group(out, text, order + i, all->count - i, colour);
    free(order);
}

void diag_print_json(FILE *out, const struct text *text, const struct diagnostics *all) {
    const struct diagnostic **order = sorted(all);
    putc('[', out);
    for (size_t i = 0; i < all->count; i++) {
        unsigned line, column;
        text_place(text, order[i]->span.start, &line, &column);
        fprintf(out, "%s{\"severity\":\"%s\",\"line\":%u,\"column\":%u,\"message\":", i ? "," : "",
                severity_names[order[i]->severity], line, column);
        json_string(out, order[i]->message);
        if (order[i]->hint) {
            fputs(",\"hint\":", out);
            json_string(out, order[i]->hint);
        }
        putc('}', out);
    }
    putc(']', out);
    free(order);
}
