// SPDX-License-Identifier: MIT
/* jsscript.c: scripts are lists of `name = term + term ...;` with numbers and names as terms. */
#include "js.h"
#include <ctype.h>
#include <stdlib.h>

static void skipBlanks(const char **at) {
    while (isspace((unsigned char)**at)) ++*at;
}

static JSVariable *findVariable(JSContext *cx, const char **at) {
    const char *name = *at;
    while (isalnum((unsigned char)**at) || **at == '_') ++*at;
    JSAtomState *atoms = &cx->runtime->atoms;
    JSAtom *atom = js_Atomize(atoms, name, (size_t)(*at - name));
    for (unsigned i = 0; i < cx->variables; i++) {
        if (cx->variable[i].name == atom) {
            js_ReleaseAtom(atoms, atom); /* the context holds it already */
            return &cx->variable[i];
        }
    }
    if (cx->variables == JS_VARIABLES_MAX) abort();
    JSVariable *fresh = &cx->variable[cx->variables++];
    fresh->name = atom;
    fresh->value = 0;
    return fresh;
}

static long evaluateTerm(JSContext *cx, const char **at) {
    skipBlanks(at);
    if (isdigit((unsigned char)**at)) {
        char *end;
        long value = strtol(*at, &end, 10);
        *at = end;
        return value;
    }
    return findVariable(cx, at)->value;
}

long js_Execute(JSContext *cx, const char *source) {
    long value = 0;
    for (skipBlanks(&source); *source; skipBlanks(&source)) {
        JSVariable *target = findVariable(cx, &source);
        value = 0;
        do { /* at `=` first, then at each `+` */
            skipBlanks(&source);
            source++;
            value += evaluateTerm(cx, &source);
            skipBlanks(&source);
        } while (*source == '+');
        source++; /* `;` */
        target->value = value;
    }
    return value;
}
