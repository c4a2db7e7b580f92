// SPDX-License-Identifier: MIT
/* names.c: see names.h. */
#include "names.h"
#include "mem.h"
#include "rt/plan.h"
#include <stdlib.h>
#include <string.h>

/* Where the string is, or would be. The room is a power of two and never full. */
static unsigned *find(const struct names *names, const char *text) {
    unsigned at = (unsigned)(loom_hash64(LOOM_HASH64_START, text, strlen(text)) >> 7);
    for (;; at++) {
        unsigned *slot = &names->slots[at & (names->room - 1)];
        if (!*slot || !strcmp(names->list[*slot - 1], text)) return slot;
    }
}

static void grow(struct names *names) {
    free(names->slots);
    names->room = names->room ? names->room * 2 : 64;
    names->slots = mem_zero(names->room, sizeof *names->slots);
    names->list = mem_grow(names->list, names->room, sizeof *names->list);
    for (unsigned i = 0; i < names->count; i++) *find(names, names->list[i]) = i + 1;
}

unsigned names_add(struct names *names, const char *text, bool *fresh) {
    if (names->count * 2 >= names->room) grow(names);
    unsigned *slot = find(names, text);
    if (fresh) *fresh = !*slot;
    if (!*slot) {
        names->list[names->count++] = mem_copy(text);
        *slot = names->count;
    }
    return *slot - 1;
}

unsigned names_find(const struct names *names, const char *text) {
    if (!names->count) return NO_NAME;
    unsigned slot = *find(names, text);
    return slot ? slot - 1 : NO_NAME;
}

void names_free(struct names *names) {
    for (unsigned i = 0; i < names->count; i++) free(names->list[i]);
    free(names->list);
    free(names->slots);
    *names = (struct names){0};
}
