// SPDX-License-Identifier: MIT
/* lex.c: see lex.h. */
#include "lex.h"
#include "mem.h"
#include <ctype.h>
#include <string.h>

/* Each of these says where it ends; it may be one byte behind the file. */

static unsigned block_comment(const char *s, unsigned i, unsigned n) {
    for (i += 2; i < n && !(s[i] == '*' && s[i + 1] == '/'); i++) {}
    return i + 2;
}

/* The byte, or the two after a backslash, or the end of a line after one. */
static unsigned byte(const char *s, unsigned i) {
    if (s[i] != '\\') return i + 1;
    return i + (s[i + 1] == '\r' && s[i + 2] == '\n' ? 3 : 2);
}

static unsigned line_comment(const char *s, unsigned i, unsigned n) {
    while (i < n && s[i] != '\n') i = byte(s, i);
    return i;
}

/* An apostrophe may be one: in an #error, or in a part that is skipped. It ends with the line then. */
static unsigned quoted(const char *s, unsigned i, unsigned n) {
    char quote = s[i++];
    while (i < n && s[i] != quote && s[i] != '\n') i = byte(s, i);
    return i < n && s[i] == quote ? i + 1 : i;
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* An apostrophe may stand in a number of C23: 1'000 */
static unsigned word(const char *s, unsigned i) {
    bool number = isdigit((unsigned char)s[i]);
    while (is_word(s[i]) || (number && s[i] == '\'' && is_word(s[i + 1]))) i++;
    return i;
}

/* # or its digraph */
static bool is_hash(const char *text) { return *text == '#' || (*text == '%' && text[1] == ':'); }

static enum lex_kind item(struct lex *lex) {
    const char *s = lex->text;
    unsigned i = lex->begin, n = lex->size;
    lex->end = i + 1;
    if (s[i] == '\n') return LEX_NEWLINE;
    if (isspace((unsigned char)s[i])) return LEX_BLANK;
    if (s[i] == '\\' && (s[i + 1] == '\n' || s[i + 1] == '\r')) return lex->end = byte(s, i), LEX_BLANK;
    if (s[i] == '/' && s[i + 1] == '*') return lex->end = block_comment(s, i, n), LEX_BLANK;
    if (s[i] == '/' && s[i + 1] == '/') return lex->end = line_comment(s, i, n), LEX_BLANK;
    if (is_hash(s + i) && !lex->behind_code) return lex->end = i + (s[i] == '#' ? 1 : 2), LEX_HASH;
    if (s[i] == '"' || s[i] == '\'') return lex->end = quoted(s, i, n), LEX_QUOTED;
    if (is_word(s[i])) lex->end = word(s, i);
    return LEX_CODE;
}

bool lex_next(struct lex *lex) {
    if (lex->end >= lex->size) return false;
    if (lex->kind == LEX_NEWLINE && lex->end) lex->line = lex->end;
    lex->begin = lex->end;
    lex->kind = item(lex);
    if (lex->end > lex->size) lex->end = lex->size;
    if (lex->kind == LEX_NEWLINE) lex->behind_code = lex->in_directive = false;
    else if (lex->kind != LEX_BLANK) {
        lex->behind_code = true;
        if (lex->in_directive) lex->kind = LEX_DIRECTIVE;
        else lex->in_directive = lex->kind == LEX_HASH;
    }
    return true;
}

void directives_add(struct directives *directives, unsigned at) {
    unsigned count = directives->count;
    if (!(count & (count + 1)))
        directives->at = mem_grow(directives->at, 2 * count + 2, sizeof *directives->at);
    directives->at[directives->count++] = at;
}

unsigned directives_from(const struct directives *directives, unsigned offset) {
    unsigned low = 0, high = directives->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (directives->at[middle] < offset) low = middle + 1;
        else high = middle;
    }
    return low;
}

const char *directive_name(const char *hash) {
    hash += *hash == '#' ? 1 : 2;
    return hash + strspn(hash, " \t");
}
