// SPDX-License-Identifier: MIT
/* cc_root.c: see cc_root.h. */
#include "cc_root.h"
#include "mem.h"
#include "paths.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has(const char *folder, const char *name) {
    char *path = mem_format("%s/%s", folder, name);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static bool has_build(const char *folder) {
    static const char *const names[] = {"configure",   "configure.ac", "CMakeLists.txt",
                                        "meson.build", "Makefile",     "makefile",
                                        "GNUmakefile"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (has(folder, names[i])) return true;
    return false;
}

static char *given_root(const char *name, const char *file) {
    char *root = realpath(name, NULL);
    if (root && paths_below(file, root)) return root;
    free(root);
    return NULL;
}

char *cc_root(const char *file) {
    const char *given = getenv("LOOM_ROOT"), *home = getenv("HOME");
    if (given && *given) return given_root(given, file);
    char *folder = mem_copy(file), *best = NULL;
    *strrchr(folder, '/') = 0;
    char *own = mem_copy(folder);
    for (; *folder; *strrchr(folder, '/') = 0) {
        bool git = has(folder, ".git"), top = home && strcmp(folder, home) == 0;
        if (top && !git) break;
        if (!git && !has_build(folder)) continue;
        free(best);
        best = mem_copy(folder);
        if (git) break;
    }
    free(folder);
    if (!best) return own;
    free(own);
    return best;
}
