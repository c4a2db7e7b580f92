// SPDX-License-Identifier: MIT
/* names.c: see names.h. Open addressing, at most half full. */
#include "names.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "rt/plan.h"

static uint32_t *slot_of(const struct names *names, const char *bytes, size_t size) {
    uint32_t at = loom_checksum(LOOM_CHECKSUM_START, bytes, size) & (names->room - 1);
    while (names->slots[at]) {
        const char *text = names->texts[names->slots[at] - 1];
        if (strlen(text) == size && memcmp(text, bytes, size) == 0) break;
        at = (at + 1) & (names->room - 1);
    }
    return &names->slots[at];
}

static void widen(struct names *names) {
    free(names->slots);
    names->room = names->room ? names->room * 2 : 256;
    names->slots = take(names->room, sizeof *names->slots);
    for (uint32_t i = 0; i < names->count; i++)
        *slot_of(names, names->texts[i], strlen(names->texts[i])) = i + 1;
}

uint32_t names_find(const struct names *names, const char *bytes, size_t size) {
    return names->room ? *slot_of(names, bytes, size) - 1 : NO_NAME;
}

uint32_t names_add(struct names *names, const char *bytes, size_t size) {
    if (names->count * 2 >= names->room) widen(names);
    uint32_t *slot = slot_of(names, bytes, size);
    if (!*slot) {
        names->texts = grow(names->texts, names->count, sizeof *names->texts);
        names->texts[names->count] = arena_copy(&names->arena, bytes, size);
        *slot = ++names->count;
    }
    return *slot - 1;
}

void names_free(struct names *names) {
    arena_free(&names->arena);
    free(names->texts);
    free(names->slots);
    *names = (struct names){0};
}

enum { LONGEST = 64 };

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

static int alike(char a, char b) {
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned name_distance(const char *one, const char *other, unsigned limit) {
    size_t rows = strlen(one), columns = strlen(other);
    unsigned rows_kept[3][LONGEST + 1], *before = rows_kept[0], *last = rows_kept[1],
                                        *now = rows_kept[2];
    if (rows > LONGEST || columns > LONGEST) return limit + 1;
    if ((rows > columns ? rows - columns : columns - rows) > limit) return limit + 1;
    for (size_t j = 0; j <= columns; j++) last[j] = before[j] = (unsigned)j;
    for (size_t i = 1; i <= rows; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= columns; j++) {
            unsigned change = last[j - 1] + !alike(one[i - 1], other[j - 1]);
            now[j] = least(change, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && alike(one[i - 1], other[j - 2]) && /* two letters swapped */
                alike(one[i - 2], other[j - 1]))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        unsigned *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return least(last[columns], limit + 1);
}
