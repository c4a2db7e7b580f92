// SPDX-License-Identifier: MIT
/* stack.c: see stack.h. */
#include "stack.h"

#include "sys.h"

bool stack_is_gone_deeper(uintptr_t frame, uintptr_t stack) {
    bool on_it, frame_there = sys_on_signal_stack((void *)frame, &on_it);
    if (on_it == frame_there) return frame < stack;
    return frame_there; /* we left the signal stack: its frames are gone */
}
