// SPDX-License-Identifier: MIT
/* stack.c: see stack.h. The limit counts when the stack grows; at least 128 MB are kept free. */
#include "stack.h"
#include <sys/resource.h>

enum { MEGABYTES = 512 };

void stack_enlarge(void) {
    const rlim_t wanted = (rlim_t)MEGABYTES << 20;
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) || limit.rlim_cur == RLIM_INFINITY) return;
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted ? wanted
                                                                               : limit.rlim_max;
    setrlimit(RLIMIT_STACK, &limit);
}
