// SPDX-License-Identifier: MIT
/* cache.c: see cache.h. */
#include "cache.h"
#include "mem.h"
#include "names.h"
#include "rt/plan.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t hash_text(uint64_t hash, const char *text) {
    return loom_hash64(hash, text, strlen(text) + 1);
}

uint64_t cache_hash(const char *path) {
    enum { ROOM = 1 << 16 };
    static char bytes[ROOM];
    uint64_t hash = LOOM_HASH64_START;
    ssize_t size;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    while ((size = read(fd, bytes, ROOM)) > 0) hash = loom_hash64(hash, bytes, (size_t)size);
    close(fd);
    return size < 0 ? 0 : hash;
}

/* A run looks at the same headers again and again. */
static uint64_t hash_file(const char *path) {
    static struct names known;
    static uint64_t *hashes;
    bool fresh;
    unsigned at = names_add(&known, path, &fresh);
    if (!fresh) return hashes[at];
    hashes = mem_grow(hashes, known.count, sizeof *hashes);
    return hashes[at] = cache_hash(path);
}

char *cache_path(const char *folder, const char *root, const struct unit *unit) {
    uint64_t hash = hash_file("/proc/self/exe");
    hash = hash_text(hash_text(hash_text(hash, root), unit->file), unit->directory);
    for (int i = 0; i < unit->argc; i++) hash = hash_text(hash, unit->argv[i]);
    return mem_format("%s/%016llx", folder, (unsigned long long)hash);
}

char *cache_list(const char *facts_path) {
    return mem_format("%s.read", facts_path);
}

static bool holds(const char *list_path) {
    char *line = NULL, *path;
    size_t room = 0, lines = 0;
    bool good = true;
    FILE *list = fopen(list_path, "re");
    while (list && good && getline(&line, &room, list) > 0) {
        line[strcspn(line, "\n")] = 0;
        uint64_t hash = strtoull(line, &path, 16);
        good = *path == ' ' && hash && hash_file(path + 1) == hash;
        lines++;
    }
    free(line);
    if (list) fclose(list);
    return good && lines;
}

bool cache_take(const char *old, const char *fresh) {
    char *old_list = cache_list(old), *fresh_list = cache_list(fresh);
    bool taken = holds(old_list) && link(old, fresh) == 0;
    if (taken && link(old_list, fresh_list) != 0) {
        unlink(fresh);
        taken = false;
    }
    free(old_list);
    free(fresh_list);
    return taken;
}
