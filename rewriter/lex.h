// SPDX-License-Identifier: MIT
/*
 * lex.h: what a C file consists of in any configuration: code, quoted text, blanks, comments, directives.
 * Both sides ask here: the one that knows a configuration (scan_active.c), and the one that knows none (text.c).
 *
 * Vocabulary
 *   item       a stretch of the file: a word or a single byte of code, a string, a blank, a comment, ...
 *   directive  its # or %: (LEX_HASH) and what follows up to the end of the line, comments left out
 */
#ifndef LOOM_LEX_H
#define LOOM_LEX_H
#include <stdbool.h>

enum lex_kind {
    LEX_BLANK, /* or a comment, or a line that goes on behind a backslash */
    LEX_NEWLINE,
    LEX_CODE,
    LEX_QUOTED,
    LEX_HASH,
    LEX_DIRECTIVE
};

/* Starts as {text, size}, or at any item as {.text, .size, .end = where}. There is a NUL behind the text. */
struct lex {
    const char *text;
    unsigned size;
    unsigned begin, end;  /* the item */
    unsigned line;        /* where its line begins */
    enum lex_kind kind;   /* of the item */
    bool behind_code;     /* no directive can begin any more in this line */
    bool in_directive;
};

/* The next item; false: there is none. */
bool lex_next(struct lex *lex);

/* The directives of a file: offsets of their #, in order. */
struct directives {
    unsigned *at;
    unsigned count;
};
void directives_add(struct directives *directives, unsigned at);
/* The index of the first one at or behind the offset. */
unsigned directives_from(const struct directives *directives, unsigned offset);
/* The name of the one whose # is there, or what stands instead. */
const char *directive_name(const char *hash);

#endif
