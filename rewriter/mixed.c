// SPDX-License-Identifier: MIT
/* mixed.c: see mixed.h. */
#include "mixed.h"
#include "mem.h"
#include "text.h"
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool mixed_is_source(const char *path) {
    static const char *const suffixes[] = {".cc", ".cpp", ".cxx", ".c++", ".C", ".m", ".mm"};
    const char *dot = strrchr(base_name(path), '.');
    for (unsigned i = 0; dot && i < sizeof suffixes / sizeof *suffixes; i++)
        if (!strcmp(dot, suffixes[i])) return true;
    return false;
}

/* The name between the quotes or angles that `at` leads to. */
static void add_name(struct names *names, const char *at) {
    at += strspn(at, " \t");
    if (*at != '"' && *at != '<') return; /* a macro: not known */
    const char *end = strpbrk(at + 1, "\">\n");
    if (!end || *end == '\n') return;
    char *path = mem_format("%.*s", (int)(end - at - 1), at + 1);
    names_add(names, base_name(path), NULL);
    free(path);
}

void mixed_add(struct names *names, const char *path) {
    struct text text;
    if (text_load(path, &text)) return;
    for (unsigned i = 0; i < text.directives.count; i++) {
        const char *at = directive_name(text.bytes + text.directives.at[i]);
        if (!strncmp(at, "include_next", 12)) add_name(names, at + 12);
        else if (!strncmp(at, "include", 7)) add_name(names, at + 7);
        else if (!strncmp(at, "import", 6)) add_name(names, at + 6);
    }
    text_free(&text);
}

bool mixed_reads(const struct names *names, const char *path) {
    return names_find(names, base_name(path)) != NO_NAME;
}

/* ---- the tree -------------------------------------------------------------------------------- */

static struct names files; /* nftw takes no context */

static int add_file(const char *path, const struct stat *status, int kind, struct FTW *level) {
    (void)level;
    if (kind == FTW_F && S_ISREG(status->st_mode)) names_add(&files, path, NULL);
    return 0;
}

void mixed_follow(struct names *names, const char *root) {
    if (!names->count) return;
    nftw(root, add_file, 32, FTW_PHYS);
    bool *read = mem_zero(files.count + 1, sizeof *read), more = true;
    while (more) {
        more = false;
        for (unsigned i = 0; i < files.count; i++) {
            if (read[i] || !mixed_reads(names, files.list[i])) continue;
            read[i] = more = true;
            mixed_add(names, files.list[i]);
        }
    }
    free(read);
    names_free(&files);
}
