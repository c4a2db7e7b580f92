// SPDX-License-Identifier: MIT
/* report.c: see report.h. Notes are kept in memory as (file, line, text) until report_write. */
#include "report.h"
#include "mem.h"
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct note {
    char *file; /* "" for the whole tree */
    unsigned line;
    char *text;
};

static struct note *notes;
static size_t note_count, note_room;

static struct {
    const char *name;
    unsigned value;
} counts[16];
static size_t count_count;

void report_note(const char *file, unsigned line, const char *format, ...) {
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) text = mem_copy("(out of memory)");
    va_end(arguments);
    if (note_count == note_room) {
        note_room = note_room ? 2 * note_room : 64;
        notes = mem_grow(notes, note_room, sizeof *notes);
    }
    notes[note_count++] = (struct note){mem_copy(file ? file : ""), line, text};
}

static const char *speaker = "loom-rewrite";

void report_as(const char *program) {
    speaker = program;
}

static void say(const char *kind, const char *format, va_list arguments) {
    flockfile(stderr);
    fprintf(stderr, "%s: %s: ", speaker, kind);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
}

int report_error(int error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("error", format, arguments);
    va_end(arguments);
    return error;
}

void report_warning(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("warning", format, arguments);
    va_end(arguments);
}

size_t report_notes(void) {
    return note_count;
}

void report_count(const char *name, unsigned value) {
    if (count_count == sizeof counts / sizeof *counts) abort(); /* a list of ours */
    counts[count_count].name = name;
    counts[count_count++].value = value;
}

static int by_place(const void *left, const void *right) {
    const struct note *a = left, *b = right;
    int order = strcmp(a->file, b->file);
    if (order) return order;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return strcmp(a->text, b->text);
}

static void write_note(FILE *out, const struct note *note) {
    if (note->file[0] && note->line)
        fprintf(out, "%s:%u: %s\n", note->file, note->line, note->text);
    else if (note->file[0])
        fprintf(out, "%s: %s\n", note->file, note->text);
    else
        fprintf(out, "%s\n", note->text);
}

static void write_text(FILE *out) {
    for (size_t i = 0; i < count_count; i++)
        fprintf(out, "%u %s\n", counts[i].value, counts[i].name);
    if (count_count && note_count) fputc('\n', out);
    for (size_t i = 0; i < note_count; i++)
        if (i == 0 || by_place(&notes[i - 1], &notes[i]) != 0) write_note(out, &notes[i]);
}

/* The bytes at `c` are one character of UTF-8, as far as JSON readers mind; its length, or 0. */
static unsigned utf8_length(const unsigned char *c) {
    unsigned length = *c < 0x80 ? 1 : *c >> 5 == 6 ? 2 : *c >> 4 == 14 ? 3 : *c >> 3 == 30 ? 4 : 0;
    for (unsigned i = 1; i < length; i++)
        if (c[i] >> 6 != 2) return 0;
    return length;
}

static bool is_utf8(const char *text) {
    const unsigned char *c = (const unsigned char *)text;
    for (unsigned length; *c; c += length)
        if (!(length = utf8_length(c))) return false;
    return true;
}

/* Bytes that are no UTF-8 are taken for Latin-1: JSON has no other way to say them. */
static void write_string(FILE *out, const char *text) {
    bool utf8 = is_utf8(text);
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
        else if (*c < ' ' || *c == 127 || (*c > 127 && !utf8)) fprintf(out, "\\u%04x", *c);
        else fputc(*c, out);
    fputc('"', out);
}

static void write_json(FILE *out) {
    fputs("{\n  \"counts\": {", out);
    for (size_t i = 0; i < count_count; i++) {
        fputs(i ? ",\n    \"" : "\n    \"", out);
        for (const char *c = counts[i].name; *c; c++) fputc(*c == ' ' ? '_' : *c, out);
        fprintf(out, "\": %u", counts[i].value);
    }
    fputs("\n  },\n  \"notes\": [", out);
    bool first = true;
    for (size_t i = 0; i < note_count; i++) {
        const struct note *note = &notes[i];
        if (i && by_place(&notes[i - 1], note) == 0) continue;
        fputs(first ? "\n    {\"file\": " : ",\n    {\"file\": ", out);
        first = false;
        if (note->file[0]) write_string(out, note->file);
        else fputs("null", out);
        fprintf(out, ", \"line\": %u, \"text\": ", note->line);
        write_string(out, note->text);
        fputc('}', out);
    }
    fputs("\n  ]\n}\n", out);
}

int report_write(const char *path, enum report_format format) {
    FILE *out = fopen(path, "we");
    if (!out) return report_error(-errno, "%s: cannot write the report: %m", path);
    if (note_count) qsort(notes, note_count, sizeof *notes, by_place);
    if (format == REPORT_JSON) write_json(out);
    else write_text(out);
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed)
        return report_error(-(errno ? errno : EIO), "%s: cannot write the report: %m", path);
    return 0;
}

void report_free(void) {
    for (size_t i = 0; i < note_count; i++) {
        free(notes[i].file);
        free(notes[i].text);
    }
    free(notes);
    notes = NULL;
    note_count = note_room = count_count = 0;
}
