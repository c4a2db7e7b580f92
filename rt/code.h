// SPDX-License-Identifier: MIT
/*
 * code.h: the code section of a plan: programs that operations evaluate, and their verifier.
 *
 * Rule: what the verifier passed runs in bounds, whatever the program of the process does: jumps
 * lead forward and stay inside, the stack is never below or above its memory, and it is equally
 * high on both ways to an instruction. run_code.c relies on that and checks nothing of it again.
 *
 * A PROGRAM goes from its first instruction to the first LOOM_CODE_END (plan.h). Programs may
 * overlap: an operation may name the tail of another's.
 */
#ifndef LOOM_CODE_H
#define LOOM_CODE_H
#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

/* The low bytes of a value, extended: `size` is 1, 2, 4 or 8, with or without LOOM_CODE_SIGNED. */
static inline uint64_t code_cut(uint64_t value, unsigned size) {
    unsigned unused = 64 - 8 * (size & ~LOOM_CODE_SIGNED);
    return size & LOOM_CODE_SIGNED ? (uint64_t)((int64_t)(value << unused) >> unused)
                                   : value << unused >> unused;
}

/* Null if `program` (1 + index of its first instruction) is whole and right, else "bad-plan TEXT".
 * code: the section, `count` instructions, of any content. Reads nothing else. */
const char *code_verify(const struct loom_plan_code *code, uint32_t count, uint32_t program);

/* Does a verified program name a value that the slot passes? */
bool code_names_locals(const struct loom_plan_code *program);

#endif
