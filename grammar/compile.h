/* SPDX-License-Identifier: MIT */
/* compile.h: trees of the machine to programs of a plan's code section. */
#ifndef LOOM_COMPILE_H
#define LOOM_COMPILE_H
#include "diag.h"
#include "machine.h"

struct code { /* the code section of a plan */
    struct loom_plan_code *items;
    uint32_t count;
};

/* The program's number, 1 + index in the section: of a new one, or of an equal one that is there
 * already. 0: it is too long, and `span` was told so. The caller frees items. */
uint32_t compile(struct code *code, const struct step *step, struct span span,
                 struct diagnostics *diagnostics);

/* Instructions of a program, its end included. */
uint32_t program_length(const struct code *code, uint32_t program);

#endif
