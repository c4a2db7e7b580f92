// SPDX-License-Identifier: MIT
/* jsatom.c: the atom table. Every access is under its lock; whether it still exists is another
 * question. */
#include "js.h"
#include "../common/rounds.h"
#include <sched.h>
#include <string.h>

static const char *const pinnedNames[] = {
    "Array",     "Boolean",  "Date",        "Function",  "Math",      "Number", "Object",
    "RegExp",    "String",   "anchor",      "apply",     "arguments", "arity",  "call",
    "callee",    "caller",   "constructor", "eval",      "exec",      "false",  "index",
    "input",     "join",     "length",      "name",      "null",      "parent", "proto",
    "prototype", "toString", "true",        "undefined", "valueOf",
};

static uint32_t hashName(const char *name, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)name[i]) * 16777619u;
    return hash;
}

void js_InitAtomState(JSAtomState *state) {
    pthread_mutex_lock(&state->lock);
    state->table = js_malloc(sizeof *state->table);
    pthread_mutex_unlock(&state->lock);
    for (size_t i = 0; i < sizeof pinnedNames / sizeof *pinnedNames; i++) {
        JSAtom *atom = js_Atomize(state, pinnedNames[i], strlen(pinnedNames[i]));
        atom->pinned = true;
        js_ReleaseAtom(state, atom);
    }
}

void js_FreeAtomState(JSAtomState *state) {
    pthread_mutex_lock(&state->lock);
    for (int i = 0; i < JS_ATOM_BUCKETS; i++) {
        JSAtom *atom = state->table->buckets[i];
        while (atom) {
            JSAtom *next = atom->next;
            js_free(atom);
            atom = next;
        }
    }
    js_free(state->table);
    state->table = NULL;
    pthread_mutex_unlock(&state->lock);
}

void js_UnpinPinnedAtoms(JSAtomState *state) {
    pthread_mutex_lock(&state->lock);
    for (int i = 0; i < JS_ATOM_BUCKETS; i++) {
        for (JSAtom *atom = state->table->buckets[i]; atom; atom = atom->next) atom->pinned = false;
    }
    pthread_mutex_unlock(&state->lock);
}

JSAtom *js_Atomize(JSAtomState *state, const char *name, size_t length) {
    uint32_t hash = hashName(name, length);
    pthread_mutex_lock(&state->lock);
    JSAtom **bucket = &state->table->buckets[hash % JS_ATOM_BUCKETS];
    JSAtom *atom = *bucket;
    while (atom && (atom->hash != hash || strncmp(atom->name, name, length) || atom->name[length]))
        atom = atom->next;
    if (!atom) {
        atom = js_malloc(sizeof *atom + length + 1);
        memcpy(atom->name, name, length);
        atom->hash = hash;
        atom->next = *bucket;
        *bucket = atom;
    }
    atom->holders++;
    pthread_mutex_unlock(&state->lock);
    return atom;
}

void js_ReleaseAtom(JSAtomState *state, JSAtom *atom) {
    pthread_mutex_lock(&state->lock);
    atom->holders--;
    pthread_mutex_unlock(&state->lock);
}

bool js_MarkAtomState(JSAtomState *state, unsigned mark) {
    pthread_mutex_lock(&state->lock);
    JSAtomTable *table = state->table;
    pthread_mutex_unlock(&state->lock);
    if (!table) return true;

    for (int i = 0; i < JS_ATOM_BUCKETS; i++) {
        pthread_mutex_lock(&state->lock);
        if (!js_IsLive(table)) { /* the real engine crashes here */
            pthread_mutex_unlock(&state->lock);
            return false;
        }
        for (JSAtom *atom = table->buckets[i]; atom; atom = atom->next) {
            if (atom->pinned || atom->holders) atom->mark = mark;
        }
        pthread_mutex_unlock(&state->lock);
        if (i == JS_ATOM_BUCKETS / 2) {
            if (mark % 13 == 0) sched_yield(); /* every so often, let others run: see README.md */
            rounds_test_point();
        }
    }
    return true;
}

bool js_SweepAtomState(JSAtomState *state, unsigned mark) {
    pthread_mutex_lock(&state->lock);
    JSAtomTable *table = state->table;
    pthread_mutex_unlock(&state->lock);
    if (!table) return true;

    for (int i = 0; i < JS_ATOM_BUCKETS; i++) {
        pthread_mutex_lock(&state->lock);
        if (!js_IsLive(table)) {
            pthread_mutex_unlock(&state->lock);
            return false;
        }
        JSAtom **link = &table->buckets[i];
        while (*link) {
            JSAtom *atom = *link;
            if (atom->mark == mark || atom->pinned || atom->holders) {
                link = &atom->next;
            } else {
                *link = atom->next;
                js_free(atom);
            }
        }
        pthread_mutex_unlock(&state->lock);
    }
    return true;
}
