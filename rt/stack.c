// SPDX-License-Identifier: MIT
/* stack.c: see stack.h. */
#include "stack.h"

#include "sys.h"

bool stack_is_gone(uintptr_t frame, uintptr_t stack, bool landed) {
    bool frame_there, on_it;
    if (frame >= stack && !landed) return false;
    frame_there = sys_on_signal_stack((void *)frame, &on_it);
    if (on_it == frame_there) return frame < stack;
    return frame_there; /* we left the signal stack: its frames are gone */
}
