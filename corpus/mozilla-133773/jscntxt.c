// SPDX-License-Identifier: MIT
/* jscntxt.c: contexts come and go. */
#include "js.h"

JSContext *js_NewContext(JSRuntime *rt) {
    JSContext *cx = js_malloc(sizeof *cx);
    cx->runtime = rt;

    pthread_mutex_lock(&rt->lock);
    if (!rt->contexts) js_InitAtomState(&rt->atoms);
    cx->next = rt->contexts;
    if (cx->next) cx->next->prev = cx;
    rt->contexts = cx;
    pthread_mutex_unlock(&rt->lock);
    return cx;
}

void js_DestroyContext(JSContext *cx) {
    JSRuntime *rt = cx->runtime;

    /* Remove cx from the context list first. */
    pthread_mutex_lock(&rt->lock);
    if (cx->prev)
        cx->prev->next = cx->next;
    else
        rt->contexts = cx->next;
    if (cx->next) cx->next->prev = cx->prev;
    bool last = !rt->contexts;
    pthread_mutex_unlock(&rt->lock);

    for (unsigned i = 0; i < cx->variables; i++) js_ReleaseAtom(&rt->atoms, cx->variable[i].name);

    /* Unpin all pinned atoms before the final collection. */
    if (last) js_UnpinPinnedAtoms(&rt->atoms);

    js_GC(rt);

    /* Free the atom table now that the collector has run. */
    if (last) js_FreeAtomState(&rt->atoms);

    js_free(cx);
}
