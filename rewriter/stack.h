// SPDX-License-Identifier: MIT
/*
 * stack.h: trees of statements are walked by recursion, and generated code nests as deeply as it
 * likes (an `else if` and a `case` behind a `case` are a level each).
 */
#ifndef LOOM_STACK_H
#define LOOM_STACK_H

/* Lets the stack of this process grow as far as the kernel left room for it. */
void stack_enlarge(void);

#endif
