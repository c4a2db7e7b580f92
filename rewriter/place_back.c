// SPDX-License-Identifier: MIT
/*
 * place_back.c: to which labels a function jumps back. Where an address of a label is taken, a
 * jump may come from anywhere.
 */
#include "place.h"
#include "mem.h"
#include <limits.h>
#include <stdlib.h>

static void add_jump(struct jumps *jumps, const char *label, unsigned from) {
    bool fresh;
    unsigned number = names_add(&jumps->labels, label, &fresh);
    if (fresh) {
        jumps->last = mem_grow(jumps->last, number + 1, sizeof *jumps->last);
        jumps->last[number] = 0;
    }
    if (jumps->last[number] < from) jumps->last[number] = from;
}

void find_jumps(struct jumps *jumps, const struct stmt *s) {
    if (s->kind == STMT_GOTO && s->name) add_jump(jumps, s->name, s->begin);
    for (unsigned i = 0; i < s->target_count; i++) add_jump(jumps, s->targets[i], UINT_MAX);
    for (unsigned i = 0; i < s->kid_count; i++) find_jumps(jumps, s->kids[i]);
}

bool jumps_back(const struct jumps *jumps, const struct stmt *label) {
    unsigned number = names_find(&jumps->labels, label->name);
    return number != NO_NAME && jumps->last[number] > label->begin;
}

void jumps_free(struct jumps *jumps) {
    names_free(&jumps->labels);
    free(jumps->last);
}
