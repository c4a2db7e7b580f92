// SPDX-License-Identifier: MIT
/*
 * kill_at.c: preloaded into loom-pipe: it is killed in front of its $KILL_AT-th write of a frame,
 * or, with $KILL_BEHIND, behind it.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "rt/plan.h"

ssize_t write(int fd, const void *bytes, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    static int frames;
    struct loom_frame head;
    ssize_t result;
    int now = 0;
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "write");
    if (size >= sizeof head && memcpy(&head, bytes, sizeof head) && head.magic == LOOM_MAGIC)
        now = ++frames == atoi(getenv("KILL_AT"));
    if (now && !getenv("KILL_BEHIND")) raise(SIGKILL);
    result = real(fd, bytes, size);
    if (now) raise(SIGKILL);
    return result;
}
