/* SPDX-License-Identifier: MIT */
/*
 * diag.h: diagnostics: what the user reads about a filter text.
 *
 *     filter:1:4-22: error: no function `js_DestoryContext`
 *     1 | js_DestoryContext <> self
 *       | ~~~~~~~~~~~~~~~~~
 *     hint: the nearest is `js_DestroyContext` (jscntxt.c:120)
 *
 * Rule: all of a text are collected and printed in the order of the text, each once: a warning or a
 * note that several places have is said for the first, with the others behind it (`also at`). The
 * first place is line:column, columns count characters from 1 and are inclusive. Nothing that a
 * text contains reaches a terminal as a control character.
 */
#ifndef LOOM_DIAG_H
#define LOOM_DIAG_H
#include <stdint.h>
#include <stdio.h>
#include "memory.h"

/* A text as the user gave it. `name` stands in front of places. */
struct text {
    const char *name;
    const char *bytes;
    size_t size;
};

struct span { /* bytes of a text */
    uint32_t start, end;
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

struct diagnostic {
    enum severity severity;
    struct span span;
    const char *message;
    const char *hint; /* null: none; lines separated by \n */
};

struct diagnostics {
    struct arena arena;
    struct diagnostic *items;
    size_t count;
    size_t errors;  /* reported, folded ones too */
    size_t absent;  /* of the errors: names that another module may bring (--wait) */
    size_t current; /* whose hints are added now; DIAG_FOLDED: those of a repetition, dropped */
};
#define DIAG_FOLDED SIZE_MAX

/* What was said already about the same place (by another copy of a function, or at each of its
 * exits) is not said again. */
void diag_add(struct diagnostics *all, enum severity severity, struct span span, const char *format,
              ...) __attribute__((format(printf, 4, 5)));
/* The last diagnostic, an error, is about a name that is not there (yet). */
void diag_absent(struct diagnostics *all);
/* Adds a line of hint to the last diagnostic. */
void diag_hint(struct diagnostics *all, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void diag_print(FILE *out, const struct text *text, const struct diagnostics *all, int colour);
void diag_print_json(FILE *out, const struct text *text, const struct diagnostics *all);
/* Text from a filter or a process, without its control characters. */
void print_plain(FILE *out, const char *bytes, size_t size);
void diag_free(struct diagnostics *all);

/* Line and column (in characters) of a byte, from 1. */
void text_place(const struct text *text, uint32_t at, unsigned *line, unsigned *column);

#endif
