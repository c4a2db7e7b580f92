/* SPDX-License-Identifier: MIT */
/* slots.h: --slots, what a filter can name in a process, and --ps, the processes. */
#ifndef LOOM_SLOTS_H
#define LOOM_SLOTS_H
#include "process.h"

/* pattern: null (one line per function), a function name or a glob, or file or file:line. */
int print_slots(const struct program *program, const char *pattern, int json);
int print_processes(int json);

#endif
