// SPDX-License-Identifier: MIT
/*
 * other_rt.c: a runtime of another version, named by LOOM_RT; $OTHER_RT is the real one. A newer
 * one has entry points that the program does not know; one of another ABI (-DABI) must not be used at
 * all.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "rt/slot.h"

static struct {
    struct loom_rt rt;
    void *more[16];
} table;

struct loom_rt *loom_rt_get(void) {
    void *real = dlopen(getenv("OTHER_RT"), RTLD_NOW);
    struct loom_rt *(*get)(void);
    *(void **)&get = dlsym(real, "loom_rt_get");
    memset(&table, 0xff, sizeof table);
    table.rt = *get();
    table.rt.size = sizeof table;
#ifdef ABI
    table.rt.abi = LOOM_ABI + 1;
    memset(&table.rt.attach, 0xff, sizeof table.rt - offsetof(struct loom_rt, attach));
#endif
    return &table.rt;
}
