// SPDX-License-Identifier: MIT
/*
 * scan_active.c: the byte map of active code: what belongs to tokens, and is not in comments, directives or
 * parts that this configuration skips.
 *
 * A file may be included several times, and each inclusion skips other parts (zstd's fse.h gives its
 * inline functions at the second time only). So there is a map per inclusion, and the function that is
 * read says which one counts.
 *
 * Vocabulary
 *   inclusion  number of a file's first byte among those of the unit, which differs for each #include of
 *              it. libclang has no call for that; its locations in files are that number plus the offset.
 */
#include "scan.h"
#include <stdlib.h>
#include <string.h>

struct activity {
    struct activity *next;
    unsigned inclusion;
    char *map;
};

/* What is code in any configuration. */
static void mark_code(struct source *source) {
    struct lex lex = {.text = source->text, .size = source->size};
    source->code = calloc(source->size + 1, 1);
    while (lex_next(&lex))
        if (lex.kind == LEX_HASH) directives_add(&source->directives, lex.begin);
        else if (lex.kind == LEX_CODE || lex.kind == LEX_QUOTED)
            memset(source->code + lex.begin, 1, lex.end - lex.begin);
}

/* 0: comes out of a macro. */
static unsigned inclusion_at(CXSourceLocation location) {
    unsigned offset;
    clang_getFileLocation(location, NULL, NULL, NULL, &offset);
    return location.int_data >> 31 ? 0 : location.int_data - offset;
}

static void drop_skipped(struct scan *scan, struct activity *activity, unsigned size) {
    if (!scan->skipped) scan->skipped = clang_getAllSkippedRanges(scan->unit);
    for (unsigned i = 0; scan->skipped && i < scan->skipped->count; i++) {
        CXSourceRange range = scan->skipped->ranges[i];
        unsigned begin, end;
        if (inclusion_at(clang_getRangeStart(range)) != activity->inclusion) continue;
        clang_getFileLocation(clang_getRangeStart(range), 0, 0, 0, &begin);
        clang_getFileLocation(clang_getRangeEnd(range), 0, 0, 0, &end);
        if (begin < end && end <= size) memset(activity->map + begin, 0, end - begin);
    }
}

static void use_inclusion(struct scan *scan, struct source *source, unsigned inclusion) {
    struct activity *activity = source->activities;
    while (activity && activity->inclusion != inclusion) activity = activity->next;
    if (!activity) {
        activity = calloc(1, sizeof *activity);
        *activity = (struct activity){source->activities, inclusion, calloc(source->size + 1, 1)};
        source->activities = activity;
        memcpy(activity->map, source->code, source->size);
        drop_skipped(scan, activity, source->size);
    }
    source->active = activity->map;
}

void active_load(struct scan *scan, struct source *source) {
    mark_code(source);
    use_inclusion(scan, source, inclusion_at(clang_getLocationForOffset(scan->unit, source->file, 0)));
}

void active_choose(struct scan *scan, struct source *source, CXCursor name, CXCursor body) {
    unsigned inclusion = inclusion_at(clang_getCursorLocation(name));
    if (!inclusion) inclusion = inclusion_at(clang_getRangeStart(clang_getCursorExtent(body)));
    if (inclusion) use_inclusion(scan, source, inclusion);
}

void active_free(struct source *source) {
    for (struct activity *a = source->activities, *next; a; a = next) {
        next = a->next;
        free(a->map);
        free(a);
    }
    free(source->code);
    free(source->directives.at);
}
