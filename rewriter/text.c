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
    t->has_slow_names = memmem(t->bytes, t->size, "__slow", 6) != NULL;
    index_lines(t);
    for (unsigned i = 0; i < t->line_count; i++) {
        unsigned at = t->lines[i];
        while (t->bytes[at] == ' ' || t->bytes[at] == '\t') at++;
        if (t->bytes[at] != '#') continue;
        for (at++; t->bytes[at] == ' ' || t->bytes[at] == '\t'; at++) {}
        if (!strncmp(t->bytes + at, "line", 4) || isdigit((unsigned char)t->bytes[at]))
            t->has_line_directives = true;
    }
    return error;
}

void text_free(struct text *t) {
    free(t->bytes);
    free(t->lines);
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
    for (unsigned i = here; i-- > 0;) {
        const char *p = t->bytes + t->lines[i];
        while (*p == ' ' || *p == '\t') p++;
        if (*p++ != '#') continue;
        while (*p == ' ' || *p == '\t') p++;
        if (!strncmp(p, "line", 4)) p += 4;
        while (*p == ' ' || *p == '\t') p++;
        if (isdigit((unsigned char)*p)) return (unsigned)strtoul(p, NULL, 10) + here - i - 1;
    }
    return here + 1;
}

static bool starts(const char *text, const char *word) {
    return !strncmp(text, word, strlen(word));
}

/* The directive's name if a directive starts at the line's first byte, else NULL. */
static const char *directive(const char *p) {
    while (*p == ' ' || *p == '\t') p++;
    if (*p++ != '#') return NULL;
    while (*p == ' ' || *p == '\t') p++;
    return p;
}

bool text_balanced(const struct text *t, unsigned begin, unsigned end) {
    int depth = 0;
    for (unsigned i = physical_line(t, begin) + 1; i < t->line_count && t->lines[i] < end; i++) {
        const char *name = directive(t->bytes + t->lines[i]);
        if (!name) continue;
        if (starts(name, "if")) depth++;
        else if (starts(name, "endif")) {
            if (--depth < 0) return false;
        } else if (starts(name, "el")) {
            if (!depth) return false;
        } else if (starts(name, "define") || starts(name, "undef") || starts(name, "include") ||
                   starts(name, "line") || isdigit((unsigned char)*name))
            return false;
    }
    return depth == 0;
}

bool text_has_newline(const struct text *t, unsigned begin, unsigned end) {
    return memchr(t->bytes + begin, '\n', end - begin) != NULL;
}
