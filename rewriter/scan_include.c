// SPDX-License-Identifier: MIT
/*
 * scan_include.c: which file each #include means, as this unit's flags say. A unit that is
 * rewritten alone is compiled elsewhere (unit.c); there its #includes name the files they mean.
 */
#include "scan.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Behind the word at `at`; blanks before it are skipped. */
static unsigned behind_word(const struct source *s, unsigned at) {
    while (at < s->size && strchr(" \t", s->text[at])) at++;
    while (at < s->size && (s->text[at] == '_' || (s->text[at] >= 'a' && s->text[at] <= 'z'))) at++;
    return at;
}

/* From the word behind # to the end of what it names. False: not written in one line. */
static bool find_words(const struct source *s, unsigned hash, struct include *include) {
    if (hash >= s->size || s->text[hash] != '#') return false;
    unsigned at = hash + 1;
    while (at < s->size && strchr(" \t", s->text[at])) at++;
    include->begin = at;
    at = behind_word(s, at);
    while (at < s->size && strchr(" \t", s->text[at])) at++;
    char open = at < s->size ? s->text[at] : '\n';
    char close = open == '<' ? '>' : open;
    include->local = open == '"';
    bool macro = open != '"' && open != '<';
    if (!macro) at++;
    while (at < s->size && s->text[at] != '\n' && s->text[at] != (macro ? '/' : close)) at++;
    if (at >= s->size || (!macro && s->text[at] == '\n')) return false;
    include->end = macro ? at : at + 1;
    return !memchr(s->text + hash, '\\', include->end - hash);
}

static char *make_absolute(const char *name) {
    char here[PATH_MAX], path[2 * PATH_MAX];
    if (name[0] == '/' || !getcwd(here, sizeof here)) return strdup(name);
    snprintf(path, sizeof path, "%s/%s", here, name);
    return strdup(path);
}

void scan_include(struct scan *scan, CXCursor directive) {
    unsigned offset;
    struct source *s = source_at(scan, clang_getCursorLocation(directive), &offset);
    CXFile file = clang_getIncludedFile(directive);
    struct include include = {0};
    if (!s || !s->path || !file || !find_words(s, offset, &include)) return;
    struct source *target = source_of(scan, file);
    include.file = s->path;
    include.target = target ? target->path : NULL;
    include.shown = copy_string(clang_getFileName(file));
    include.spelled = make_absolute(include.shown);
    facts_write_include(scan->out, &include);
    free(include.shown);
    free(include.spelled);
}
