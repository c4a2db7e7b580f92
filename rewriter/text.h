// SPDX-License-Identifier: MIT
/*
 * text.h: the text of one file, as the merge side sees it: without libclang, so without knowledge
 * of which #if parts are active.
 */
#ifndef LOOM_TEXT_H
#define LOOM_TEXT_H
#include "lex.h"
#include <stdbool.h>
#include <stdint.h>

/* A stretch between an #if, #elif or #else and the next directive that belongs to it. */
struct branch {
    unsigned parent; /* the branch around it; number 0 is the whole file */
    unsigned begin, end; /* end: offset of the line that ends it */
};

struct text {
    char *bytes; /* NUL behind the end */
    unsigned size;
    uint64_t hash;  /* FNV-1a 64 of the content */
    unsigned *lines; /* offset of each line's first byte */
    unsigned line_count;
    struct directives directives;
    bool has_line_directives;
    bool has_slow_names; /* contains `__slow`, `__fast` or `__outside`, how twins are named */
    struct branch *branches; /* by begin */
    unsigned branch_count;
};

int text_load(const char *path, struct text *text); /* 0 or -errno */
void text_free(struct text *text);

/* The line number that __LINE__ would give at the offset: honours #line directives. */
unsigned text_line(const struct text *text, unsigned offset);

/* Every #if inside begins and ends inside, no #else of an outer one, and no #define, #undef or
 * #include: the range can be written twice. */
bool text_balanced(const struct text *text, unsigned begin, unsigned end);
/* The same, with a #define and #undef of what is not mentioned in front of it. */
bool text_repeats(const struct text *text, unsigned begin, unsigned end);
/* The innermost branch at the offset; the innermost one around two. */
unsigned text_branch(const struct text *text, unsigned offset);
unsigned text_common_branch(const struct text *text, unsigned a, unsigned b);
/* What stands at the offset, but not what stands at `other`, is in an #if with an #else or #elif. */
bool text_has_alternative(const struct text *text, unsigned offset, unsigned other);
/* Behind the line of the #endif, if the branch is of an #if with an #else or #elif; else 0. */
unsigned text_alternatives_end(const struct text *text, unsigned branch);
bool text_has_newline(const struct text *text, unsigned begin, unsigned end);

#endif
