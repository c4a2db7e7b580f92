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

int report_write(const char *path) {
    FILE *out = fopen(path, "we");
    if (!out) return report_error(-errno, "%s: cannot write the report: %m", path);
    if (note_count) qsort(notes, note_count, sizeof *notes, by_place);
    for (size_t i = 0; i < note_count; i++)
        if (i == 0 || by_place(&notes[i - 1], &notes[i]) != 0) write_note(out, &notes[i]);
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
    note_count = note_room = 0;
}
