// SPDX-License-Identifier: MIT
/*
 * lower_hint.c: what somebody may have meant whose text was not understood.
 *
 * A slip is looked at on its own line only: what stands in front of the place (parentheses, braces,
 * the word before) and behind it. The first guess that fits is the hint; whoever typed something
 * else sees how a filter, or an expression, looks.
 */
#include "lowering.h"

static const char blanks[] = " \t", breaks[] = " \t\r\n";

struct slip {
    const struct text *text;
    struct span span, line, before; /* before: the word in front of the span */
    int inside, in_braces;          /* of open parentheses; of braces */
    int open;                       /* parentheses of the line that are never closed; negative:
                                     * of those that close nothing */
    char next;                      /* the first byte of the span; 0: the end of the text */
};

struct span word_before(const struct text *text, uint32_t at, const char *between) {
    while (at && strchr(between, text->bytes[at - 1])) at--;
    struct span word = {at, at};
    while (word.start && !strchr(" \t\n;,{}()", text->bytes[word.start - 1])) word.start--;
    return word;
}

/* ---- the line -------------------------------------------------------------------------------- */

static char byte_at(const struct slip *s, uint32_t at) {
    return at < s->line.end ? s->text->bytes[at] : 0;
}

static uint32_t skip_blanks(const struct slip *s, uint32_t at) {
    while (at < s->line.end && strchr(blanks, s->text->bytes[at])) at++;
    return at;
}

static int is_word_byte(char byte) {
    return byte == '_' || (byte >= '0' && byte <= '9') ||
           ((byte | 32) >= 'a' && (byte | 32) <= 'z');
}

static int is_quote(char byte) {
    return byte == '"' || byte == '\'';
}

static void count_brackets(struct slip *s) {
    for (uint32_t at = s->line.start; at < s->line.end; at++) {
        int parenthesis = (byte_at(s, at) == '(') - (byte_at(s, at) == ')');
        s->open += parenthesis;
        if (at >= s->span.start) continue;
        s->inside += parenthesis;
        s->in_braces += (byte_at(s, at) == '{') - (byte_at(s, at) == '}');
    }
}

static struct slip slip_at(const struct text *text, struct span span) {
    struct slip s = {.text = text, .span = span, .line = {span.start, span.start}};
    while (s.line.start && text->bytes[s.line.start - 1] != '\n') s.line.start--;
    while (s.line.end < text->size && text->bytes[s.line.end] != '\n') s.line.end++;
    s.before = word_before(text, span.start, blanks);
    s.next = byte_at(&s, span.start);
    count_brackets(&s);
    return s;
}

static int before_is(const struct slip *s, const char *word) {
    return same(s->text, s->before, word);
}

/* The word is the one before the place, or the first one of it. */
static int is_at(const struct slip *s, const char *word) {
    return before_is(s, word) || same(s->text, s->span, word);
}

static int before_ends_with(const struct slip *s, const char *end) {
    size_t size = strlen(end);
    return s->before.end - s->before.start > size &&
           memcmp(s->text->bytes + s->before.end - size, end, size) == 0;
}

/* The next word, from a place on. */
static int next_is(const struct slip *s, uint32_t at, const char *word) {
    size_t size = strlen(word);
    at = skip_blanks(s, at);
    return at + size <= s->line.end && memcmp(s->text->bytes + at, word, size) == 0 &&
           !is_word_byte(byte_at(s, at + (uint32_t)size));
}

/* `(type *)` in front of a value, behind `(` or an operator. `at`: its parenthesis. */
static int is_cast(const struct slip *s, uint32_t at) {
    uint32_t front = at, end = at + 1;
    if (byte_at(s, at) != '(') return 0;
    while (front > s->line.start && strchr(blanks, byte_at(s, front - 1))) front--;
    if (front == s->line.start || !strchr("(,=<>!&|+-*/%^~", byte_at(s, front - 1))) return 0;
    while (is_word_byte(byte_at(s, end)) || byte_at(s, end) == ' ' || byte_at(s, end) == '*') end++;
    if (end == at + 1 || byte_at(s, end) != ')') return 0;
    end = skip_blanks(s, end + 1);
    return is_word_byte(byte_at(s, end)) || byte_at(s, end) == '(';
}

static int has_cast(const struct slip *s) {
    for (uint32_t at = s->line.start; at < s->line.end; at++)
        if (is_cast(s, at)) return 1;
    return 0;
}

/* ---- guesses --------------------------------------------------------------------------------- */

static const char key_hint[] = "a key or a condition stands behind a region, a condition behind an "
                               "event of an order: f(key), {file.c:10; file.c:20} (n > 4)";

static const char unclosed_hint[] = "on this line a `)` is missing";

static const char *in_expression(const struct slip *s) {
    char behind = byte_at(s, skip_blanks(s, s->span.end));
    if (has_cast(s)) return "an expression has no casts: values have the types of the program";
    if (s->next == '"' || behind == '"' || s->next == '\'' ||
        is_quote(byte_at(s, s->span.start + 1)))
        return "an expression has no strings; one character is compared: key[0] == 'a'";
    if (s->next == '.' && s->span.start > s->line.start &&
        strchr("0123456789", byte_at(s, s->span.start - 1)))
        return "an expression has whole numbers only";
    if (s->next == '=') return "`==` compares; a filter assigns nothing";
    if (behind == '(' && byte_at(s, s->span.end) == '(') return "an expression calls no function";
    if (is_at(s, "and") || is_at(s, "or") || is_at(s, "not") || next_is(s, s->span.end, "and") ||
        next_is(s, s->span.end, "or") || next_is(s, s->span.end, "not"))
        return "as in C: `&&`, `||`, `!`";
    if (s->open > 0) return unclosed_hint;
    return "an expression is written as in C: cache->next, (n & 7), n > 4 && s[i] == 'a'";
}

static const char *of_option(const struct slip *s) {
    if (is_at(s, "within") || is_at(s, "for"))
        return "a duration has a unit, and no blank before it: 2s, 500ms, 1m";
    if (is_at(s, "name")) return "a name stands in quotes on one line: name \"CVE-2026-1\"";
    if (is_at(s, "else")) return "a waiter may pass, nothing else: within 2s else pass";
    return NULL;
}

static const char *of_place(const struct slip *s) {
    if (s->next == '{' && s->span.start > s->line.start)
        return "a count stands behind an event: f:exit{4}";
    if (s->next == '.' || s->next == ':') return "a range of lines: file.c:10-20";
    if (before_ends_with(s, ".entry") || before_ends_with(s, ".exit"))
        return "the edges of a function: f:entry, f:exit";
    if (is_at(s, "end")) return "the end of all threads that were started in f: end(f)";
    if (is_quote(byte_at(s, s->line.start))) return "functions and files stand without quotes";
    return NULL;
}

static const char *of_filter(const struct slip *s) {
    int first = s->before.end == s->before.start;
    if (s->next == '{' || (s->in_braces && (s->next == ';' || s->next == '}')))
        return "in braces, events that enter stand before `;` and events that leave behind it: "
               "{file.c:10; file.c:20}";
    if (s->next == ';' || s->next == ',')
        return "filters stand on lines of their own; `;` separates entries from exits: "
               "{file.c:10; file.c:20}";
    if (first && (s->next == '<' || s->next == '>'))
        return "a region or an event is missing in front; an operator stands at the end of a line "
               "that goes on";
    if (s->next && strchr("<>=!-", s->next))
        return "`<>` excludes, `>` comes before; there is no other operator here";
    return NULL;
}

static const char *guess(const struct slip *s) {
    const char *hint;
    int key = s->next == '(' && (has_cast(s) || is_quote(byte_at(s, s->span.start + 1)));
    if (s->inside > 0 || key) return in_expression(s);
    if ((hint = of_option(s))) return hint;
    if (s->next == '(' || next_is(s, s->line.start, "if"))
        return s->open > 0 ? unclosed_hint : key_hint;
    if (s->open < 0) return "on this line a `)` closes nothing";
    if ((hint = of_place(s)) || (hint = of_filter(s))) return hint;
    return "a filter reads like `f <> self`, `cache.c:evict <> log.c:10-20` or "
           "`{log.c:10; log.c:20} <> self`";
}

void lower_hint(struct lowering *l, struct span span) {
    struct slip slip = slip_at(l->text, span);
    diag_hint(l->diagnostics, "%s", guess(&slip));
}

void lower_hint_missing(struct lowering *l, struct span span) {
    struct slip slip = slip_at(l->text, span);
    while (slip.span.start < slip.line.end && strchr(breaks, byte_at(&slip, slip.span.start)))
        slip.span.start++;
    if (byte_at(&slip, slip.span.start) == '(' && !slip.inside)
        diag_hint(l->diagnostics, "%s", key_hint);
    else if (slip.inside > 0 && slip.open > 0)
        diag_hint(l->diagnostics, "%s", unclosed_hint);
}

int lower_is_inside(struct lowering *l, struct span span) {
    return slip_at(l->text, span).inside > 0;
}
