// SPDX-License-Identifier: MIT
/*
 * scan_argument.c: calls in arguments of macros: `if (unlikely(f(x)))`. The name of the callee is in the
 * text, so a copy can call another function there.
 *
 * Rule: not if a macro on the way has a # in what it is defined as: the argument's text may become a
 * string, or part of another name. libclang does not tell of expansions within expansions; so every macro
 * counts whose name is among the words of the expansion's text, or of the definition of one that counts.
 * In the same way it is found whether a text may be a directive in part (_Pragma).
 */
#include "scan.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct macro_text {
    struct macro_text *next; /* it may be defined more than once */
    const char *text;        /* of the file, behind the name */
    unsigned size;
    enum { UNSEEN, OPEN, HARMLESS, HAS_IT } found[2]; /* of the first in the list, for all; by what is sought */
};
static const char *const sought[2] = {"#", "_Pragma"};
enum { HASH, DIRECTIVE };

void scan_macro_text(struct scan *scan, CXCursor definition) {
    CXFile file;
    unsigned begin, end;
    size_t size;
    CXSourceRange range = clang_getCursorExtent(definition);
    clang_getFileLocation(clang_getRangeStart(range), &file, NULL, NULL, &begin);
    clang_getFileLocation(clang_getRangeEnd(range), NULL, NULL, NULL, &end);
    const char *text = file ? clang_getFileContents(scan->unit, file, &size) : NULL;
    if (!text || end > size || begin > end) return; /* a builtin, or -D */
    char *name = copy_string(clang_getCursorSpelling(definition));
    bool fresh;
    unsigned number = names_add(&scan->all_macros, name, &fresh);
    if (!(number & (number + 1)) && fresh)
        scan->macro_texts = realloc(scan->macro_texts, (2 * number + 2) * sizeof *scan->macro_texts);
    if (fresh) scan->macro_texts[number] = NULL;
    struct macro_text *macro = calloc(1, sizeof *macro);
    unsigned behind = begin + (unsigned)strlen(name) <= end ? begin + (unsigned)strlen(name) : end;
    *macro = (struct macro_text){scan->macro_texts[number], text + behind, end - behind, {UNSEEN, UNSEEN}};
    scan->macro_texts[number] = macro;
    free(name);
}

void macro_texts_free(struct scan *scan) {
    for (unsigned i = 0; i < scan->all_macros.count; i++)
        for (struct macro_text *m = scan->macro_texts[i], *next; m; m = next) {
            next = m->next;
            free(m);
        }
    free(scan->macro_texts);
    names_free(&scan->all_macros);
}

static bool word_has(struct scan *scan, int what, const char *word, const struct macro_text *within);

/* within: the macro that the text defines, or NULL */
static bool words_have(struct scan *scan, int what, const char *text, unsigned size,
                       const struct macro_text *within) {
    enum { LONGEST = 200 };
    for (unsigned i = 0, end; i < size; i = end) {
        for (end = i; end < size && (isalnum((unsigned char)text[end]) || text[end] == '_'); end++) {}
        if (end - i > LONGEST) return true;
        if (end > i && !isdigit((unsigned char)text[i])) {
            char word[LONGEST + 1];
            memcpy(word, text + i, end - i);
            word[end - i] = 0;
            if (word_has(scan, what, word, within)) return true;
        }
        if (end == i) end++;
    }
    return false;
}

/* A macro that names itself is not expanded again; of one in a larger circle nothing is known yet. */
static bool word_has(struct scan *scan, int what, const char *word, const struct macro_text *within) {
    unsigned number = names_find(&scan->all_macros, word);
    struct macro_text *macro = number == NO_NAME ? NULL : scan->macro_texts[number];
    bool found = false;
    if (!macro || macro == within) return false;
    if (macro->found[what] != UNSEEN) return macro->found[what] != HARMLESS;
    macro->found[what] = OPEN;
    for (struct macro_text *m = macro; m && !found; m = m->next)
        found = memmem(m->text, m->size, sought[what], strlen(sought[what])) ||
                words_have(scan, what, m->text, m->size, macro);
    macro->found[what] = found ? HAS_IT : HARMLESS;
    return found;
}

/* The word that the definition ends in; to be freed. NULL: it ends in something else. */
static char *last_word(const struct macro_text *macro) {
    unsigned begin = macro->size;
    while (begin && (isalnum((unsigned char)macro->text[begin - 1]) || macro->text[begin - 1] == '_')) begin--;
    return begin < macro->size ? strndup(macro->text + begin, macro->size - begin) : NULL;
}

/* way: how many macros lead to this one */
static bool ends_in_macro(struct scan *scan, const char *name, int way) {
    enum { LONGEST = 8 };
    unsigned number = names_find(&scan->all_macros, name);
    struct macro_text *macro = number == NO_NAME || way > LONGEST ? NULL : scan->macro_texts[number];
    bool found = false;
    for (; macro && !found; macro = macro->next) {
        char *word = last_word(macro);
        found = (way && macro->size && *macro->text == '(') || (word && ends_in_macro(scan, word, way + 1));
        free(word);
    }
    return found;
}

/* An argument is the bare name of a macro with parameters: THROUGH(NAME)(...) may expand that one, too. */
static bool argument_is_macro(struct scan *scan, const struct source *s, struct interval expansion) {
    struct lex lex = {.text = s->text, .size = expansion.end, .end = expansion.begin, .behind_code = true};
    bool found = false;
    while (!found && lex_next(&lex)) {
        if (lex.kind != LEX_CODE || lex.begin == expansion.begin || s->text[lex.end] == '(') continue;
        char *word = strndup(s->text + lex.begin, lex.end - lex.begin);
        found = ends_in_macro(scan, word, 1);
        free(word);
    }
    return found;
}

bool scan_takes_arguments(struct scan *scan, const char *name, const struct source *s, struct interval expansion) {
    return ends_in_macro(scan, name, 0) || argument_is_macro(scan, s, expansion);
}

bool scan_has_pragma(struct scan *scan, const struct source *s, unsigned begin, unsigned end) {
    return memmem(s->text + begin, end - begin, sought[DIRECTIVE], strlen(sought[DIRECTIVE])) ||
           words_have(scan, DIRECTIVE, s->text + begin, end - begin, NULL);
}

bool is_callee_at(const struct source *s, unsigned at, const char *callee) {
    size_t length = strlen(callee);
    if (at + length >= s->size || strncmp(s->text + at, callee, length)) return false;
    const char *behind = s->text + at + length;
    return behind[strspn(behind, " \t")] == '(';
}

unsigned scan_argument_name(struct scan *scan, CXCursor call, const char *callee) {
    CXFile file;
    unsigned at;
    if (!callee) return 0;
    struct kids kids = kids_of(call);
    if (!kids.count) return 0;
    CXCursor name = without_parens(kids.list[0]);
    free(kids.list);
    clang_getSpellingLocation(clang_getCursorLocation(name), &file, NULL, NULL, &at);
    const struct source *s = source_of(scan, file);
    if (!s || !s->path || strcmp(s->path, scan->function->file) || at < scan->function->begin ||
        at >= scan->function->body_end || !is_callee_at(s, at, callee) || !s->active[at])
        return 0;
    const struct interval *macro = macro_at(s, at);
    if (!macro || words_have(scan, HASH, s->text + macro->begin, macro->end - macro->begin, NULL))
        return 0;
    return at;
}
