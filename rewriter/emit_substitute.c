// SPDX-License-Identifier: MIT
/*
 * emit_substitute.c: the name of a closure's slow copy where the compiler took another branch of an #if
 * than libclang did, and so there is none (place_closure.c):
 *
 *     #if A
 *     int f(int x) {...}   f__slow follows, and `#define f__slow f__slow`
 *     #else
 *     int f(int x) {...}
 *     #endif
 *     #ifndef f__slow
 *     #define f__slow f
 *     #endif
 */
#include "emission.h"
#include "mem.h"
#include <stdlib.h>

static int by_place(const void *x, const void *y) {
    const struct substitute *a = x, *b = y;
    return a->at < b->at ? -1 : a->at > b->at;
}

void find_substitutes(struct emission *e) {
    const struct text *text = &e->file->text;
    for (unsigned i = 0; i < e->file->definition_count; i++) {
        const struct definition *d = e->file->definitions[i];
        unsigned branch = text_branch(text, d->variants[0]->begin), at;
        if (!d->closure || !d->substitute) continue;
        for (; branch; branch = text->branches[branch].parent) {
            if (!(at = text_alternatives_end(text, branch))) continue;
            e->substitutes = mem_grow(e->substitutes, e->substitute_count + 1, sizeof *e->substitutes);
            e->substitutes[e->substitute_count++] = (struct substitute){at, d->variants[0]->name};
        }
    }
    if (e->substitute_count)
        qsort(e->substitutes, e->substitute_count, sizeof *e->substitutes, by_place);
}

void put_between(struct emission *e, unsigned begin, unsigned end) {
    const struct substitute *next = e->substitutes, *last = next + e->substitute_count;
    while (next < last && next->at <= begin) next++;
    while (next < last && next->at <= end) {
        unsigned at = next->at;
        put_bytes(e, begin, at);
        if (e->bytes[at - 1] != '\n') put(e, "\n");
        for (; next < last && next->at == at; next++)
            put(e, "#ifndef %s__slow\n#define %s__slow %s\n#endif\n", next->name, next->name, next->name);
        put(e, "#line %u\n", text_line(&e->file->text, at));
        begin = at;
    }
    put_bytes(e, begin, end);
}
