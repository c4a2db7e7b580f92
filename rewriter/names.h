// SPDX-License-Identifier: MIT
/*
 * names.h: a set of strings, each with its number in the order in which they came.
 */
#ifndef LOOM_NAMES_H
#define LOOM_NAMES_H
#include <stdbool.h>

struct names {
    char **list; /* by number; copies, owned */
    unsigned count;
    unsigned *slots, room; /* 1 + number, hashed */
};

#define NO_NAME (~0u)

/* The string's number; adds it if it is not there. *fresh (may be null): it was added. */
unsigned names_add(struct names *names, const char *text, bool *fresh);
/* NO_NAME: not there. */
unsigned names_find(const struct names *names, const char *text);
void names_free(struct names *names);

#endif
