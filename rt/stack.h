// SPDX-License-Identifier: MIT
/*
 * stack.h: which frames of the calling thread are gone.
 *
 * A frame is known by its stack pointer at the slot; higher = older. Stacks compare only with
 * themselves: on a signal stack the interrupted frames are elsewhere, and alive.
 */
#ifndef LOOM_STACK_H
#define LOOM_STACK_H
#include <stdbool.h>
#include <stdint.h>

/* Did the frame end without saying so, when the thread is in the frame of `stack` now? landed:
 * after a jump; looks closer at signal stacks. Async-signal-safe. */
bool stack_is_gone_deeper(uintptr_t frame, uintptr_t stack);
static inline bool stack_is_gone(uintptr_t frame, uintptr_t stack, bool landed) {
    return (frame < stack || landed) && stack_is_gone_deeper(frame, stack);
}

#endif
