// SPDX-License-Identifier: MIT
/* text.c: see text.h. */
#include "text.h"
#include "mem.h"
#include "rt/plan.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void index_lines(struct text *t) {
    unsigned room = 0;
    for (unsigned i = 0; i <= t->size; i++) {
        if (i && t->bytes[i - 1] != '\n') continue;
        if (t->line_count == room) {
            room = room ? room * 2 : 256;
            t->lines = mem_grow(t->lines, room, sizeof *t->lines);
        }
        t->lines[t->line_count++] = i;
    }
}

static bool starts(const char *text, const char *word) {
    return !strncmp(text, word, strlen(word));
}

static bool is_line_directive(const char *name) {
    return starts(name, "line") || isdigit((unsigned char)*name);
}

static unsigned open_branch(struct text *t, unsigned parent, unsigned begin) {
    t->branches = mem_grow(t->branches, t->branch_count + 1, sizeof *t->branches);
    t->branches[t->branch_count] = (struct branch){parent, begin, t->size};
    return t->branch_count++;
}

/* Notes the directive at `at`, whose line begins at `line`: the branch that is open behind it. */
static unsigned after_directive(struct text *t, unsigned open, unsigned line, unsigned at) {
    const char *name = directive_name(t->bytes + at);
    directives_add(&t->directives, at);
    t->has_line_directives |= is_line_directive(name);
    if (starts(name, "if")) return open_branch(t, open, line);
    if (!open || !(starts(name, "el") || starts(name, "endif"))) return open;
    t->branches[open].end = line;
    open = t->branches[open].parent;
    return starts(name, "el") ? open_branch(t, open, line) : open;
}

static void index_directives(struct text *t) {
    struct lex lex = {.text = t->bytes, .size = t->size};
    unsigned open = open_branch(t, 0, 0);
    while (lex_next(&lex))
        if (lex.kind == LEX_HASH) open = after_directive(t, open, lex.line, lex.begin);
}

int text_load(const char *path, struct text *t) {
    *t = (struct text){0};
    FILE *in = fopen(path, "rb");
    if (!in) return -errno;
    size_t room = 0, got;
    do {
        room = room ? room * 2 : 65536;
        t->bytes = mem_grow(t->bytes, room + 1, 1);
        got = fread(t->bytes + t->size, 1, room - t->size, in);
        t->size += (unsigned)got;
    } while (t->size == room && room < (1u << 30));
    int error = ferror(in) ? -EIO : 0;
    fclose(in);
    t->bytes[t->size] = 0;
    t->hash = loom_hash64(LOOM_HASH64_START, t->bytes, t->size);
    t->has_slow_names = memmem(t->bytes, t->size, "__slow", 6) ||
                        memmem(t->bytes, t->size, "__fast", 6) ||
                        memmem(t->bytes, t->size, "__outside", 9);
    index_lines(t);
    index_directives(t);
    return error;
}

void text_free(struct text *t) {
    free(t->bytes);
    free(t->lines);
    free(t->directives.at);
    free(t->branches);
    *t = (struct text){0};
}

static unsigned physical_line(const struct text *t, unsigned offset) {
    unsigned low = 0, high = t->line_count;
    while (high - low > 1) {
        unsigned middle = (low + high) / 2;
        if (t->lines[middle] <= offset) low = middle;
        else high = middle;
    }
    return low;
}

unsigned text_line(const struct text *t, unsigned offset) {
    unsigned here = physical_line(t, offset);
    if (!t->has_line_directives) return here + 1;
    for (unsigned i = directives_from(&t->directives, t->lines[here]); i-- > 0;) {
        const char *p = directive_name(t->bytes + t->directives.at[i]);
        if (!is_line_directive(p)) continue;
        if (!isdigit((unsigned char)*p)) p += 4;
        while (*p == ' ' || *p == '\t') p++;
        if (isdigit((unsigned char)*p))
            return (unsigned)strtoul(p, NULL, 10) + here - physical_line(t, t->directives.at[i]) - 1;
    }
    return here + 1;
}

static bool changes_macro(const char *name) { return starts(name, "define") || starts(name, "undef"); }

/* What a #define or #undef is about. */
static const char *macro_of(const char *name, size_t *length) {
    const char *at = name + strlen(starts(name, "undef") ? "undef" : "define");
    at += strspn(at, " \t");
    for (*length = 0; isalnum((unsigned char)at[*length]) || at[*length] == '_'; ++*length) {}
    return at;
}

/* The line that is at `at`, if it is a #define or #undef. */
static const char *macro_line(const struct text *t, unsigned begin, const char *at) {
    while (at > t->bytes + begin && at[-1] != '\n') at--;
    unsigned i = directives_from(&t->directives, (unsigned)(at - t->bytes));
    at += strspn(at, " \t");
    if (i == t->directives.count || t->bytes + t->directives.at[i] != at) return NULL;
    return changes_macro(directive_name(at)) ? directive_name(at) : NULL;
}

static int depth_at(const struct text *t, unsigned begin, const char *end) {
    int depth = 0;
    unsigned i = directives_from(&t->directives, begin);
    for (; i < t->directives.count && t->bytes + t->directives.at[i] < end; i++) {
        const char *name = directive_name(t->bytes + t->directives.at[i]);
        depth += starts(name, "if") - starts(name, "endif");
    }
    return depth;
}

/* A #define or #undef that makes no difference to the same text once more: the first that is said of its
 * name is what it means, in any case; or nothing but directives in front knows the name, and it is never
 * taken back. */
static bool defines_again(const struct text *t, unsigned begin, const char *name) {
    size_t length, other_length;
    const char *macro = macro_of(name, &length), *from = t->bytes + begin;
    const char *first = length ? memmem(from, (size_t)(macro + length - from), macro, length) : NULL;
    const char *line = first ? macro_line(t, begin, first) : NULL;
    if (!line) return false;
    if (macro_of(line, &other_length) == first && other_length == length && !depth_at(t, begin, first))
        return true;
    if (starts(name, "undef")) return false;
    while ((from = memmem(from, (size_t)(name - from), macro, length))) {
        if (!macro_line(t, begin, from)) return false;
        from += length;
    }
    return true;
}

static bool balanced(const struct text *t, unsigned begin, unsigned end, bool defines) {
    int depth = 0;
    unsigned i = directives_from(&t->directives, begin);
    for (; i < t->directives.count && t->directives.at[i] < end; i++) {
        const char *name = directive_name(t->bytes + t->directives.at[i]);
        if (starts(name, "if")) depth++;
        else if (starts(name, "endif")) {
            if (--depth < 0) return false;
        } else if (starts(name, "el")) {
            if (!depth) return false;
        } else if (defines && changes_macro(name) && defines_again(t, begin, name)) {
            continue;
        } else if (changes_macro(name) || starts(name, "include") || is_line_directive(name))
            return false;
    }
    return depth == 0;
}

bool text_balanced(const struct text *t, unsigned begin, unsigned end) {
    return balanced(t, begin, end, false);
}

bool text_repeats(const struct text *t, unsigned begin, unsigned end) {
    return balanced(t, begin, end, true);
}

unsigned text_branch(const struct text *t, unsigned offset) {
    unsigned low = 0, high = t->branch_count;
    while (high - low > 1) {
        unsigned middle = (low + high) / 2;
        if (t->branches[middle].begin <= offset) low = middle;
        else high = middle;
    }
    while (low && t->branches[low].end <= offset) low = t->branches[low].parent;
    return low;
}

/* A branch has a higher number than those around it. */
unsigned text_common_branch(const struct text *t, unsigned a, unsigned b) {
    while (a != b)
        if (a > b) a = t->branches[a].parent;
        else b = t->branches[b].parent;
    return a;
}

static bool has_sibling(const struct text *t, unsigned branch) {
    const struct branch *b = &t->branches[branch];
    for (unsigned i = 1; i < t->branch_count; i++) {
        const struct branch *other = &t->branches[i];
        if (i != branch && other->parent == b->parent &&
            (other->begin == b->end || other->end == b->begin))
            return true;
    }
    return false;
}

bool text_has_alternative(const struct text *t, unsigned offset, unsigned other) {
    unsigned branch = text_branch(t, offset);
    unsigned common = text_common_branch(t, branch, text_branch(t, other));
    for (; branch != common; branch = t->branches[branch].parent)
        if (has_sibling(t, branch)) return true;
    return false;
}

unsigned text_alternatives_end(const struct text *t, unsigned branch) {
    if (!has_sibling(t, branch)) return 0;
    unsigned end = t->branches[branch].end;
    for (unsigned i = branch + 1; i < t->branch_count; i++)
        if (t->branches[i].parent == t->branches[branch].parent && t->branches[i].begin == end)
            end = t->branches[i].end;
    struct lex lex = {.text = t->bytes, .size = t->size, .end = end};
    while (lex_next(&lex) && lex.kind != LEX_NEWLINE) {}
    return lex.end;
}

bool text_has_newline(const struct text *t, unsigned begin, unsigned end) {
    return memchr(t->bytes + begin, '\n', end - begin) != NULL;
}
