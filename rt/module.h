// SPDX-License-Identifier: MIT
/*
 * module.h: the instrumented files of the process, and the way from a point's address to its file.
 *
 * Rule: the list belongs to RANK_INSTALL. A file's number (`index`) stays while it is attached.
 * Readers without the lock (threads in `wake`) use the index of ranges: an immutable sorted array,
 * replaced as a whole by the updater and freed after a grace; detach strikes a file out in place,
 * so that a file loaded later at the same address is never taken for the old one.
 *
 * Vocabulary: a PLACE is (file number, point number). NOWHERE is the place of an address that no
 * attached file owns; it is unsafe for every filter.
 */
#ifndef LOOM_MODULE_H
#define LOOM_MODULE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slot.h"

struct module {
    struct loom_file *file; /* null: a free entry */
    uint16_t *slow;         /* [functions] filters that want this function slow; null: none yet */
    uint16_t *pause;        /* [functions] filters that want polls of this function */
};

enum { MODULE_NONE = 0xffffffffu, MODULES_MAX = 1u << 20 };
struct place {
    uint32_t file; /* MODULE_NONE: nowhere */
    uint32_t point;
};

/* All of the following: caller holds RANK_INSTALL. */
int module_add(struct loom_file *file);
/* Strikes the file out and frees the runtime's data of it. Returns its number, or MODULE_NONE. */
uint32_t module_remove(struct loom_file *file);
uint32_t module_limit(void);              /* numbers are below this */
struct module *module_at(uint32_t index); /* null if there is none of this number */
uint32_t module_count(void);
uint64_t modules_hash(void); /* as in plan.h */
/* Free numbers may be given out again only if no filter still speaks of them. */
void module_reuse_numbers(bool allowed);

/* Prepares a new index of ranges (null: no memory); swap makes it current and gives back the old
 * one, to be freed with sys_unmap(old, index_size(old)) after a grace. */
struct module_index;
struct module_index *module_index_build(void);
struct module_index *module_index_swap(struct module_index *fresh);
size_t module_index_size(const struct module_index *index);

/* The place of an address. Lock-free; the caller is in the runtime (grace.h) or holds
 * RANK_INSTALL. */
struct place module_place(uintptr_t address);

#endif
