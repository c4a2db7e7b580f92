/* SPDX-License-Identifier: MIT */
/* passed.h: for people: which values there are at a slot, and which of them a program takes. */
#ifndef LOOM_PASSED_H
#define LOOM_PASSED_H
#include "compile.h"
#include "program.h"

/* `  passes key (char *), n (int)`; nothing if the slot passes nothing. */
void passed_print(const struct program *program, uint32_t node);
/* [{"name":"key","type":"char *"},...] */
void passed_json(const struct program *program, uint32_t node);

/* What number `number` of the code takes at a node: `it (struct item *, passed here), n (int, of
 * src/a.c)`, or `constants only`. */
void taken_print(const struct program *program, const struct code *code, uint32_t number,
                 uint32_t node);
/* The same as [{"name":"it","type":"struct item *","from":"slot"},...]; from: slot or file. */
void taken_json(const struct program *program, const struct code *code, uint32_t number,
                uint32_t node);

#endif
