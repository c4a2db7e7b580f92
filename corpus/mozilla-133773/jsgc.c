// SPDX-License-Identifier: MIT
/* jsgc.c: the collector. One thread collects at a time; the others do not wait for it. */
#include "js.h"

void js_GC(JSRuntime *rt) {
    pthread_mutex_lock(&rt->gcLock);
    if (rt->gcLevel++ > 0) { /* somebody is at it and will see that more is wanted */
        pthread_mutex_unlock(&rt->gcLock);
        return;
    }
    do {
        rt->gcLevel = 1;
        unsigned mark = ++rt->gcNumber;
        pthread_mutex_unlock(&rt->gcLock);

        bool sound = js_MarkAtomState(&rt->atoms, mark) && js_SweepAtomState(&rt->atoms, mark);

        pthread_mutex_lock(&rt->gcLock);
        if (!sound) rt->freedMarks++;
    } while (rt->gcLevel > 1);
    rt->gcLevel = 0;
    pthread_mutex_unlock(&rt->gcLock);
}
