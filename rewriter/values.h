// SPDX-License-Identifier: MIT
/*
 * values.h: values that slots pass, where a function has variants: what all of them agree on.
 */
#ifndef LOOM_VALUES_H
#define LOOM_VALUES_H
#include "program.h"

/* The same type: the same text, and records of the same layout where both see one. */
bool types_agree(const char *a, const struct unit_types *in_a, const char *b,
                 const struct unit_types *in_b);

/* Drops what the other does not pass with the same name and type. */
void uses_keep(struct uses *uses, const struct uses *other);

/* For nodes of several variants that share a number; after number_points. */
void agree_on_values(struct definition *definition);

/* What the slot of this node passes. */
const struct uses *uses_of(const struct node *node, const struct function *function);

#endif
