// SPDX-License-Identifier: MIT
/*
 * place_dispatch.c: polled loops whose body is one run, whatever stands in it: those of interpreters
 * and of decoders.
 *
 * Rule (design 2): where the body of a loop is one big switch, nothing in it ends a run, and nothing
 * in it is polled: the flag is read once per turn, and the whole body is fast or slow. Its labels
 * are local to each copy (__label__), so no goto may lead to one from outside, and none may have its
 * address taken. Constant tables are in both copies, too. The same holds where labels would cut the
 * body, and nothing in it can wait or last: it calls next to nothing, and its loops make progress
 * (inflate_fast, whose labels are for codes of more than one table).
 *
 * A switch is big from 32 cases on. Smaller ones are state machines, in which a thread of a server
 * waits: that must not leave a frame behind that has long not read its flag.
 */
#include "place.h"
#include <string.h>

enum { BIG = 32 };

static unsigned count_cases(const struct stmt *s) {
    unsigned count = s->kind == STMT_CASE;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (s->kids[i]->kind != STMT_SWITCH) count += count_cases(s->kids[i]);
    return count;
}

static bool is_big_switch(const struct stmt *s) {
    return s->kind == STMT_SWITCH && !(s->flags & FROM_MACRO) && count_cases(s) >= BIG;
}

/* Cannot be written twice, even with local labels. */
static bool is_unique(const struct stmt *s) {
    if (s->flags & (OWN_LABEL | OWN_STATIC | OWN_ASM | OWN_TWICE) || s->kind == STMT_OTHER ||
        s->kind == STMT_GOTO_ANY)
        return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (is_unique(s->kids[i])) return true;
    return false;
}

static bool has_label(const struct stmt *s, const char *name) {
    if (s->kind == STMT_LABEL && !strcmp(s->name, name)) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (has_label(s->kids[i], name)) return true;
    return false;
}

/* Something outside of the loop, in `s`, may lead into it. */
static bool leads_into(const struct stmt *s, const struct stmt *loop) {
    if (s == loop) return false;
    if (s->kind == STMT_GOTO && s->name && has_label(loop, s->name)) return true;
    for (unsigned i = 0; i < s->target_count; i++)
        if (!strcmp(s->targets[i], ANY_LABEL) || has_label(loop, s->targets[i])) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (leads_into(s->kids[i], loop)) return true;
    return false;
}

static bool has_labels(const struct stmt *s) {
    if (s->kind == STMT_LABEL) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (has_labels(s->kids[i])) return true;
    return false;
}

/* It, or something in it, waits, calls other instrumented code, or is a loop that may last. */
static bool may_last(const struct placing *p, const struct stmt *s) {
    if (is_loop(s) && !(s->flags & (PROGRESS | NEVER_TRUE))) return true;
    for (unsigned i = 0; i < s->call_count; i++)
        if (!s->calls[i].callee || program_callee(p->program, p->function->file, &s->calls[i]) ||
            strpbrk(program_class(&s->calls[i]), "bik"))
            return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (may_last(p, s->kids[i])) return true;
    return false;
}

/* The run begins with the first statement that is not null, behind its labels; without either, it can
 * take in the whole body (place_list). */
static bool can_repeat(const struct placing *p, const struct stmt *body) {
    unsigned first = 0, last = body->kid_count - 1;
    while (first < last && body->kids[first]->flags & NO_EFFECT) first++;
    bool whole = !first && !is_label(body->kids[0]);
    return text_repeats(p->text, body->begin + 1, body->end - 1) &&
           (whole || text_repeats(p->text, unlabelled(body->kids[first])->begin, body->kids[last]->end));
}

bool is_dispatch(const struct placing *p, const struct stmt *loop) {
    const struct stmt *body = loop->kid_count ? loop->kids[0] : NULL;
    unsigned switches = 0;
    if (p->single || !body || body->kind != STMT_COMPOUND || !(body->flags & BRACED)) return false;
    for (unsigned i = 0; i < body->kid_count; i++) {
        switches += is_big_switch(body->kids[i]);
        if (!(body->kids[i]->flags & INSERT_LIST) && !(body->kids[i]->flags & NO_EFFECT)) return false;
    }
    bool decoder = has_labels(body) && !may_last(p, body);
    return (switches == 1 || decoder) && can_repeat(p, body) && !is_unique(body) &&
           !leads_into(p->function->body, loop);
}

void add_labels(struct names *labels, const struct stmt *s) {
    if (s->kind == STMT_LABEL) names_add(labels, s->name, NULL);
    for (unsigned i = 0; i < s->kid_count; i++) add_labels(labels, s->kids[i]);
}
