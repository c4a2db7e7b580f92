// SPDX-License-Identifier: MIT
/* source.c: see source.h. */
#include "source.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "rt/plan.h"

void source_read(struct source *source, const struct program *p, uint32_t file,
                 const char *folder) {
    char path[4096];
    if (source->file == file) return;
    free(source->bytes);
    *source = (struct source){.file = file};
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", p->files[file].path);
    FILE *in = fopen(p->files[file].path[0] == '/' ? p->files[file].path : path, "re");
    if (!in) return;
    size_t count;
    do {
        source->bytes = realloc(source->bytes, source->size + 65536);
        if (!source->bytes) break;
        count = fread(source->bytes + source->size, 1, 65536, in);
        source->size += count;
    } while (count);
    fclose(in);
    if (!source->bytes ||
        loom_hash64(LOOM_HASH64_START, source->bytes, source->size) == p->files[file].hash)
        return;
    fprintf(stderr, "loom-pipe: %s is another version than the one that runs\n", path);
    free(source->bytes);
    source->bytes = NULL;
}

const char *source_line(const struct source *source, uint32_t line, size_t *size) {
    const char *at = source->bytes, *end = at + source->size;
    if (!at) return NULL;
    for (uint32_t i = 1; i < line && at; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (at) at++;
    }
    if (!at || at >= end) return NULL;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *size = (size_t)((stop ? stop : end) - at);
    return at;
}

void source_free(struct source *source) {
    free(source->bytes);
    *source = (struct source){.file = NONE};
}
