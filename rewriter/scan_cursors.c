// SPDX-License-Identifier: MIT
/* scan_cursors.c: a table from cursors to numbers; see scan.h. The room is a power of two and never
 * full. */
#include "scan.h"
#include <stdlib.h>

struct cursor_number {
    CXCursor cursor;
    unsigned number;
    bool used;
};

static struct cursor_number *place_of(const struct cursors *cursors, CXCursor cursor) {
    unsigned at = clang_hashCursor(cursor) * 2654435769u >> 7;
    for (;; at++) {
        struct cursor_number *place = &cursors->list[at & (cursors->room - 1)];
        if (!place->used || clang_equalCursors(place->cursor, cursor)) return place;
    }
}

static void grow(struct cursors *cursors) {
    struct cursors old = *cursors;
    cursors->room = old.room ? old.room * 2 : 64;
    cursors->list = calloc(cursors->room, sizeof *cursors->list);
    for (unsigned i = 0; i < old.room; i++)
        if (old.list[i].used) *place_of(cursors, old.list[i].cursor) = old.list[i];
    free(old.list);
}

void cursors_add(struct cursors *cursors, CXCursor cursor, unsigned number) {
    if (cursors->count * 2 >= cursors->room) grow(cursors);
    struct cursor_number *place = place_of(cursors, cursor);
    cursors->count += !place->used;
    *place = (struct cursor_number){cursor, number, true};
}

bool cursors_find(const struct cursors *cursors, CXCursor cursor, unsigned *number) {
    if (!cursors->count) return false;
    const struct cursor_number *place = place_of(cursors, cursor);
    if (place->used && number) *number = place->number;
    return place->used;
}

void cursors_free(struct cursors *cursors) {
    free(cursors->list);
    *cursors = (struct cursors){0};
}
