// SPDX-License-Identifier: MIT
/*
 * calls.h: what a call of a function that is not in the tree can do. The list is calls.def, which
 * also explains the letters (b i k l n); what it does not name gets all that is possible.
 */
#ifndef LOOM_CALLS_H
#define LOOM_CALLS_H

#define CALLS_UNKNOWN "bik"

/* Reads the user's additions, lines `NAME LETTERS` (- for none; NAME* for a prefix; # comments).
 * They win over the list. 0 or -errno (said). */
int calls_load(const char *path);

/* The letters of `name`: in alphabetical order, "" for none, CALLS_UNKNOWN if it is not listed. */
const char *calls_class(const char *name);

#endif
