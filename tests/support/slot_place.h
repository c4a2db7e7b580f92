// SPDX-License-Identifier: MIT
/* slot_place.h: the places of values that slots pass (struct loom_values.places), read without the runtime. */
#ifndef LOOM_TEST_SLOT_PLACE_H
#define LOOM_TEST_SLOT_PLACE_H
#include <stdbool.h>

/* The value at one place, ended by ';', or false: it cannot be read. registers: as struct loom_values.words; size: of
 * the value, in bytes. */
bool read_place(const char *place, const unsigned long *registers, unsigned size, unsigned long *value);

#endif
