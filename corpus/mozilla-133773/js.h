// SPDX-License-Identifier: MIT
/*
 * js.h: a small script engine with the life cycle of SpiderMonkey around 2002.
 *
 *   runtime   one per process: the list of contexts, the atom table, the collector
 *   context   one per script that runs; owned by the thread that runs it
 *   atom      a name, kept once per runtime in the atom table; contexts hold the atoms they use
 *   pinned    an atom that the engine itself needs; it lives as long as the atom table
 *
 * The first context makes the atom table, the last one to go frees it.
 *
 * Locks: JSRuntime.lock guards the context list, JSRuntime.gcLock the collector's counters,
 * JSAtomState.lock the atom table and its atoms. None is taken while another is held, but for
 * JSAtomState.lock under JSRuntime.lock in js_NewContext.
 */
#ifndef JS_H
#define JS_H
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct JSAtom JSAtom;
typedef struct JSAtomTable JSAtomTable;
typedef struct JSContext JSContext;
typedef struct JSRuntime JSRuntime;

/* ---- jsheap.c: malloc that remembers what was freed ---- */

void *js_malloc(size_t size);
void js_free(void *block);
/* False if the block was freed; it may be asked for until the next js_EmptyQuarantine. */
bool js_IsLive(const void *block);
/* Gives freed blocks back to the system. Nobody may hold a pointer to one any more. */
void js_EmptyQuarantine(void);
size_t js_LiveBlocks(void);

/* ---- jsatom.c ---- */

struct JSAtom {
    JSAtom *next; /* in its bucket */
    uint32_t hash;
    unsigned holders; /* contexts that hold it */
    unsigned mark;    /* number of the last collection that found it in use */
    bool pinned;
    char name[];
};

enum { JS_ATOM_BUCKETS = 256 };
struct JSAtomTable {
    JSAtom *buckets[JS_ATOM_BUCKETS];
};

typedef struct JSAtomState {
    pthread_mutex_t lock;
    JSAtomTable *table; /* null while there is no context */
} JSAtomState;

void js_InitAtomState(JSAtomState *state);
void js_FreeAtomState(JSAtomState *state);
void js_UnpinPinnedAtoms(JSAtomState *state);
/* The atom of that name, held by one more context. */
JSAtom *js_Atomize(JSAtomState *state, const char *name, size_t length);
void js_ReleaseAtom(JSAtomState *state, JSAtom *atom);
/* Both return false if the table turned out to be freed memory. */
bool js_MarkAtomState(JSAtomState *state, unsigned mark);
bool js_SweepAtomState(JSAtomState *state, unsigned mark);

/* ---- jscntxt.c ---- */

typedef struct JSVariable {
    JSAtom *name;
    long value;
} JSVariable;

enum { JS_VARIABLES_MAX = 64 };
struct JSContext {
    JSContext *prev, *next; /* in the runtime's list */
    JSRuntime *runtime;
    unsigned variables;
    JSVariable variable[JS_VARIABLES_MAX];
};

struct JSRuntime {
    pthread_mutex_t lock;
    JSContext *contexts;
    JSAtomState atoms;

    pthread_mutex_t gcLock;
    unsigned gcLevel;    /* 0: nobody collects; above 1: collect once more */
    unsigned gcNumber;   /* collections so far */
    unsigned freedMarks; /* times the collector stood on freed memory: see README.md */
};

JSContext *js_NewContext(JSRuntime *rt);
void js_DestroyContext(JSContext *cx);

/* ---- jsgc.c ---- */

/* Frees the atoms that no context holds. If another thread is collecting, asks it to go round
 * once more and returns at once. */
void js_GC(JSRuntime *rt);

/* ---- jsscript.c ---- */

/* Runs `name = term + term ...;` statements; the value is that of the last one. */
long js_Execute(JSContext *cx, const char *source);

#endif
