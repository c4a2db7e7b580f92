// SPDX-License-Identifier: MIT
/*
 * place_marks.c: which calls get a marker.
 *
 * Rule: while a thread is in a marker it runs no instrumented code. So
 *   - a macro expansion that is marked as a whole calls nothing of the program; its strongest call
 *     gives the site (idle, then lock, then block)
 *   - calls of the program in the arguments of a marked call are taken out of its marker (`back`);
 *     where one has no place in the text, there is no marker
 * A call that may block and has no marker is reported: a thread in it counts as inside.
 */
#include "place.h"
#include "mem.h"
#include "report.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A call out of a macro, with its statement. */
struct member {
    struct call *call;
    const struct stmt *stmt;
    unsigned order;
};

struct members {
    struct member *list;
    unsigned count;
};

static bool is_thread_start(const struct call *call) {
    return call->callee && !strcmp(call->callee, "pthread_create");
}

/* Runs instrumented code, or may. */
static bool is_own(const struct placing *p, const struct call *call) {
    return !call->callee || program_callee(p->program, p->function->file, call) ||
           program_elsewhere(p->program, p->function->file, call);
}

/* Letters of an external call that comes back. */
static const char *letters(const struct placing *p, const struct call *call) {
    if (is_own(p, call) || call->no_return || call->at_scope_end) return "";
    const char *class = program_class(call);
    return strchr(class, 'n') ? "" : class;
}

static bool may_block(const struct placing *p, const struct call *call) {
    return strpbrk(letters(p, call), "bi") != NULL;
}

/* ---- whole expansions ------------------------------------------------------------------------ */

static void collect(struct members *m, struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++) {
        if (!s->calls[i].from_macro) continue;
        m->list = mem_grow(m->list, m->count + 1, sizeof *m->list);
        m->list[m->count] = (struct member){&s->calls[i], s, m->count};
        m->count++;
    }
    for (unsigned i = 0; i < s->kid_count; i++) collect(m, s->kids[i]);
}

static int by_macro(const void *x, const void *y) {
    const struct member *a = x, *b = y;
    if (a->call->macro_begin != b->call->macro_begin)
        return a->call->macro_begin < b->call->macro_begin ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static int strength(const char *class) {
    if (strchr(class, 'i')) return 3;
    return strchr(class, 'b') ? 1 + (strchr(class, 'l') != NULL) : 0;
}

static struct call *strongest(const struct placing *p, const struct member *group, unsigned count) {
    struct call *best = NULL;
    for (unsigned i = 0; i < count; i++)
        if (strength(letters(p, group[i].call)) > (best ? strength(letters(p, best)) : 0))
            best = group[i].call;
    return best;
}

/* Only the site's own call may call back: the table says so of no other. */
static bool is_external(const struct placing *p, const struct member *group, unsigned count,
                        const struct call *site) {
    for (unsigned i = 0; i < count; i++) {
        const struct call *call = group[i].call;
        if (is_own(p, call) || is_thread_start(call) || !call->macro_end) return false;
        if (group[i].stmt->flags & OWN_TWICE) return false;
        if (call != site && strchr(letters(p, call), 'k')) return false;
    }
    return true;
}

/* How often the statement's calls come out of the same macro, as wholly, and are external; -1: one
 * does not. */
static int alike(const struct placing *p, const struct stmt *s, const struct call *site) {
    int found = 0;
    for (unsigned i = 0; i < s->call_count && found >= 0; i++) {
        const struct call *call = &s->calls[i];
        if (!call->from_macro || call->macro_begin != site->macro_begin) continue;
        bool same = call->macro_end == site->macro_end && call->open == site->open;
        found = same && !is_own(p, call) && !is_thread_start(call) ? found + 1 : -1;
    }
    for (unsigned i = 0; i < s->kid_count && found >= 0; i++) {
        int inside = alike(p, s->kids[i], site);
        found = inside < 0 ? -1 : found + inside;
    }
    return found;
}

/* Variants of a function share the text: what is marked in one is in all. */
static bool variants_agree(const struct placing *p, const struct call *site) {
    const struct definition *d = p->definition;
    bool agree = true;
    for (unsigned i = 0; i < d->variant_count && d->variant_count > 1 && agree; i++)
        agree = alike(p, d->variants[i]->body, site) > 0;
    return agree;
}

static void mark_group(struct placing *p, const struct member *group, unsigned count) {
    struct call *site = strongest(p, group, count);
    if (!site || !is_external(p, group, count, site) || !variants_agree(p, site)) return;
    site->marked = true;
    site->begin = site->macro_begin;
    site->end = site->macro_end;
    for (unsigned i = 0; i < count; i++)
        site->locks |= strchr(letters(p, group[i].call), 'l') != NULL;
}

static void report_group(const struct placing *p, const struct member *group, unsigned count) {
    unsigned at = group->call->macro_begin, length = 0;
    const struct stmt *blocks = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (group[i].call->marked) return;
        if (!blocks && may_block(p, group[i].call)) blocks = group[i].stmt;
    }
    const char *name = p->text->bytes + at;
    while (isalnum((unsigned char)name[length]) || name[length] == '_') length++;
    if (blocks)
        report_note(p->function->file, blocks->line,
                    "a call that may block comes out of macro %.*s: a thread in it counts as "
                    "inside", (int)length, name);
}

static void mark_wholes(struct placing *p) {
    struct members m = {0};
    collect(&m, p->function->body);
    if (m.count) qsort(m.list, m.count, sizeof *m.list, by_macro);
    for (unsigned i = 0, end; i < m.count; i = end) {
        unsigned begin = m.list[i].call->macro_begin;
        for (end = i + 1; end < m.count && m.list[end].call->macro_begin == begin; end++) {}
        mark_group(p, m.list + i, end - i);
        report_group(p, m.list + i, end - i);
    }
    free(m.list);
}

/* ---- arguments ------------------------------------------------------------------------------- */

static bool is_inside(const struct call *inner, const struct call *outer) {
    unsigned at = inner->end ? inner->begin : inner->macro_begin;
    return at > outer->begin && at < outer->end;
}

/* A call of the program around it, in the same arguments, is back inside already. */
static bool is_covered(const struct placing *p, const struct stmt *s, const struct call *outer,
                       const struct call *call) {
    for (unsigned i = 0; i < s->call_count; i++) {
        const struct call *around = &s->calls[i];
        if (around->end && is_inside(around, outer) && is_inside(call, around) &&
            is_own(p, around))
            return true;
    }
    return false;
}

/* Takes the program's calls in the arguments of a marked call out of its marker; or, where one has
 * no place, takes the marker away. */
static void settle_arguments(struct placing *p, struct stmt *s, struct call *outer) {
    unsigned first = (unsigned)(outer - s->calls) + 1;
    for (int pass = 0; pass < 2; pass++)
        for (unsigned i = 0; i < s->call_count; i++) {
            struct call *call = &s->calls[i];
            bool within = (i >= first && i < first + outer->inner) || is_inside(call, outer);
            if (call == outer || !within || !is_own(p, call) || call->at_scope_end) continue;
            if (is_covered(p, s, outer, call)) continue;
            if (pass) call->back = true;
            else if (!call->end) {
                outer->marked = false;
                report_note(p->function->file, s->line,
                            "a call that may block has one of the program in its arguments that "
                            "comes out of a macro: a thread in it counts as inside");
                return;
            }
        }
}

static void mark_stmt(struct placing *p, struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++) {
        struct call *call = &s->calls[i];
        if (call->end && !call->from_macro && !is_own(p, call))
            call->marked = is_thread_start(call) || may_block(p, call);
    }
    for (unsigned i = 0; i < s->call_count; i++)
        if (s->calls[i].marked && !is_thread_start(&s->calls[i]))
            settle_arguments(p, s, &s->calls[i]);
    for (unsigned i = 0; i < s->kid_count; i++) mark_stmt(p, s->kids[i]);
}

void choose_marks(struct placing *p) {
    mark_wholes(p);
    mark_stmt(p, p->function->body);
}
