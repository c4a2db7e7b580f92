/* SPDX-License-Identifier: MIT */
/* names.h: names as small numbers: equal texts have equal numbers, dense from 0. */
#ifndef LOOM_NAMES_H
#define LOOM_NAMES_H
#include <stdint.h>
#include "memory.h"

#define NO_NAME UINT32_MAX

struct names {
    struct arena arena;
    const char **texts;
    uint32_t *slots; /* hash table of numbers + 1, 0: free */
    uint32_t count, room;
};

uint32_t names_add(struct names *names, const char *bytes, size_t size);
uint32_t names_find(const struct names *names, const char *bytes, size_t size); /* or NO_NAME */
void names_free(struct names *names);

/* How many letters must change to make one name of the other; more than `limit`: limit + 1. */
unsigned name_distance(const char *one, const char *other, unsigned limit);

#endif
