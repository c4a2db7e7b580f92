// SPDX-License-Identifier: MIT
/*
 * entry.h: loom_rt_get, the one symbol that libloom-rt.so.1 exports, and how the runtime begins.
 */
#ifndef LOOM_ENTRY_H
#define LOOM_ENTRY_H
#include "slot.h"

/* The runtime's entry points (slot.h). The first call prepares the process: barrier, key, fork
 * handlers. Called by constructors, before or after threads exist. Never null. If anything fails,
 * Loom is off: the entry points do nothing. */
__attribute__((visibility("default"))) struct loom_rt *loom_rt_get(void);

/* struct loom_rt.slot, .slot_values and .slot_found, in slot.c. */
void slot_hit(loom_op *point, void *stack);
void slot_hit_values(loom_op *point, void *stack, const struct loom_values *values);
void slot_hit_found(loom_op *point, void *stack, const unsigned char *back,
                    const unsigned long *words);

#endif
