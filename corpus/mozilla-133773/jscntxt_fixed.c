// SPDX-License-Identifier: MIT
/* jscntxt_fixed.c: jscntxt.c with the conventional fix: a context leaves the list behind its
 * collection, so that the last one knows that nobody is in the collector any more. */
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

    for (unsigned i = 0; i < cx->variables; i++) js_ReleaseAtom(&rt->atoms, cx->variable[i].name);
    js_GC(rt);

    /* Remove cx from the context list behind its collection. */
    pthread_mutex_lock(&rt->lock);
    if (cx->prev)
        cx->prev->next = cx->next;
    else
        rt->contexts = cx->next;
    if (cx->next) cx->next->prev = cx->prev;
    bool last = !rt->contexts;
    pthread_mutex_unlock(&rt->lock);

    /* Nobody else has a context, so nobody else collects. */
    if (last) {
        js_UnpinPinnedAtoms(&rt->atoms);
        js_GC(rt);
        js_FreeAtomState(&rt->atoms);
    }

    js_free(cx);
}
