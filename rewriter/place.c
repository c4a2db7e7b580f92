// SPDX-License-Identifier: MIT
/*
 * place.c: per definition: left alone or not, what is polled, the control-flow graph, the form
 * (twin, runs, single), the boundary. See place.h.
 */
#include "place.h"
#include "stages.h"
#include "report.h"
#include "mem.h"
#include "mixed.h"
#include "values.h"
#include <stdlib.h>
#include <string.h>

/* ---- what is polled -------------------------------------------------------------------------- */

static bool idles(const struct placing *p, const struct stmt *s) {
    for (unsigned i = 0; i < s->call_count; i++)
        if (program_idles(p->program, p->function->file, &s->calls[i])) return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (idles(p, s->kids[i])) return true;
    return false;
}

/* A poll has a place in the text: braces, or a body that can get them, or an empty body. The head may
 * come out of a macro. */
static bool can_poll(const struct stmt *loop) {
    if (!loop->kid_count) return false;
    const struct stmt *body = loop->kids[0];
    if (body->kind == STMT_COMPOUND) return body->flags & BRACED;
    if (body->kind == STMT_NULL) return body->flags & IN_TEXT && !(body->flags & FROM_MACRO);
    return body->flags & INSERT_BODY && !(body->flags & CUT) && !is_label(body);
}

unsigned count_statements(const struct stmt *s) {
    unsigned count = 1;
    for (unsigned i = 0; i < s->kid_count; i++) count += count_statements(s->kids[i]);
    return count;
}

/* Compressors and the like are written as big always_inline functions, made smaller by constant
 * arguments. With polls their slow copies would stand in every caller (lz4.c: 40 times the code);
 * without, they can be closures. Small ones keep their polls: they may wait for a lock. */
static bool is_template(const struct function *f) {
    enum { SMALL = 30 };
    return f->flags & FN_ALWAYS_INLINE && count_statements(f->body) > SMALL;
}

static bool wants_poll(const struct placing *p, const struct stmt *s, bool poll_all) {
    if (!is_loop(s) || s->flags & NEVER_TRUE || p->definition->alone) return false;
    if (idles(p, s)) return true;
    return !is_template(p->function) && (poll_all || !(s->flags & PROGRESS));
}

static void mark_unpolled(struct stmt *s) {
    s->place = mem_zero(1, sizeof *s->place);
    for (unsigned i = 0; i < s->kid_count; i++) mark_unpolled(s->kids[i]);
}

static void mark_polled(struct placing *p, struct stmt *s, bool poll_all) {
    s->place = mem_zero(1, sizeof *s->place);
    s->place->editable = !p->closed;
    if (wants_poll(p, s, poll_all) && can_poll(s) && !p->closed && is_dispatch(p, s)) {
        s->place->polled = s->place->dispatch = true;
        mark_unpolled(s->kids[0]);
        return;
    }
    p->closed += is_closed(s);
    for (unsigned i = 0; i < s->kid_count; i++) mark_polled(p, s->kids[i], poll_all);
    p->closed -= is_closed(s);
    if (wants_poll(p, s, poll_all)) {
        if (can_poll(s) && !p->closed) s->place->polled = true;
        else {
            s->place->skipped = true;
            report_note(p->function->file, s->line, "loop without a poll: its body, or a block "
                                                    "around it, comes out of a macro or is cut by a "
                                                    "directive");
        }
    }
    if (s->kind == STMT_LABEL && s->name && jumps_back(&p->jumps, s) &&
        !p->definition->alone) {
        struct stmt *inner = unlabelled(s);
        if (inner->flags & INSERT_LIST && !is_loop(inner) && !p->closed && !is_template(p->function))
            inner->place->polled = true;
    }
}

/* ---- summaries ------------------------------------------------------------------------------- */

static void summarize(struct placing *p, struct stmt *s) {
    const uint32_t barriers = OWN_LABEL | OWN_STATIC | OWN_TABLE | OWN_ASM | OWN_TWICE;
    struct place *place = s->place;
    place->barrier = s->flags & barriers || s->kind == STMT_LABEL || s->kind == STMT_OTHER;
    place->open_case = s->kind == STMT_CASE || s->kind == STMT_DEFAULT;
    place->reads = place->polled && is_loop(s); /* at a label the poll stands in front */
    for (unsigned i = 0; i < s->call_count; i++) place->reads |= program_idles(p->program, p->function->file, &s->calls[i]);
    for (unsigned i = 0; i < s->kid_count; i++) {
        struct stmt *kid = s->kids[i];
        summarize(p, kid);
        place->barrier |= kid->place->barrier;
        place->open_case |= kid->place->open_case && s->kind != STMT_SWITCH;
        place->reads |= kid->place->reads;
    }
}

/* ---- forms ----------------------------------------------------------------------------------- */

static bool is_taken(const struct placing *p, const char *suffix) {
    char *name = mem_format("%s__%s", p->function->name, suffix);
    bool taken = memmem(p->text->bytes, p->text->size, name, strlen(name)) != NULL;
    free(name);
    return taken;
}

/* The program has a name of its own that the twin would get. */
static bool twin_name_taken(const struct placing *p) {
    return p->text->has_slow_names && (is_taken(p, "slow") || is_taken(p, "fast") || is_taken(p, "outside"));
}

/* What must be written once, or reads the flag. A label is no hindrance: the twin has its own. */
static bool bars_twin(const struct stmt *s) {
    if (s->flags & (OWN_STATIC | OWN_ASM | OWN_TWICE) || s->kind == STMT_OTHER || s->place->polled)
        return true;
    for (unsigned i = 0; i < s->kid_count; i++)
        if (bars_twin(s->kids[i])) return true;
    return false;
}

/* Not main: its end without a return means `return 0`, which no other function's does. Variants may
 * differ: slots of statements that one of them has not stand where its text has none. */
static bool may_have_twin(const struct placing *p) {
    const struct function *f = p->function;
    const uint32_t forbids = FN_VARIADIC | FN_OLD_STYLE | FN_USES_FRAME | FN_INLINE_EXTERN |
                             FN_RECORD | FN_RESULT_VARIES | FN_NAME_VARIES | FN_CONSTRUCTOR |
                             FN_NO_RETURN;
    return f->flags & FN_SIMPLE_HEAD && !(f->flags & forbids) &&
           !f->body->place->reads && !bars_twin(f->body) && f->body->kid_count &&
           text_repeats(p->text, f->begin, f->body_end) && !p->text->has_line_directives &&
           strcmp(f->name, "main") && !twin_name_taken(p);
}

/* Its body begins with a declaration, in some variant. */
static bool declares_first(const struct definition *d) {
    for (unsigned i = 0; i < d->variant_count; i++)
        if (d->variants[i]->body->kids[0]->kind == STMT_DECL) return true;
    return false;
}

/* The whole body in one run: its slow copy is a function of its own, so that the fast one stays
 * small enough to be inlined as before. */
static void place_twin(struct placing *p) {
    struct function *f = p->function;
    struct run *run = mem_zero(1, sizeof *run);
    struct node *entry = &f->cfg->nodes[0], *exit = node_of(p, f->body->place->exit);
    run->begin = f->body_begin + 1;
    run->end = f->body_end - 1;
    run->fast.copy = COPY_FAST;
    run->slow.copy = COPY_SLOW;
    place_hook(p, &run->slow);
    entry->slot = true;
    entry->read = !p->definition->closure;
    edit_add(&run->slow,
             (struct edit){.kind = declares_first(p->definition) ? EDIT_SLOT_DECL : EDIT_SLOT,
                           .offset = run->begin, .node = entry});
    slow_list(p, &run->slow, f->body->kids, f->body->kid_count, false);
    mark_all_calls(p, &run->fast, f->body);
    if (exit->reachable && !p->definition->hooked) { /* also where a value is due, and none is used */
        if (f->flags & FN_VOID)
            keep_last_call(p, &run->slow, f->body->kids[f->body->kid_count - 1], exit);
        exit->slot = true;
        edit_add(&run->slow,
                 (struct edit){.kind = EDIT_SLOT, .offset = run->end, .node = exit, .close = true});
    }
    edit_add(p->base, (struct edit){.kind = EDIT_RUN, .offset = run->begin, .run = run});
}

static bool wants_boundary(const struct definition *d) {
    const struct function *f = d->variants[0];
    const uint32_t forbids =
        FN_VARIADIC | FN_OLD_STYLE | FN_CONSTRUCTOR | FN_NAME_VARIES | FN_USES_FRAME;
    return d->address && !(f->flags & forbids) && strcmp(f->name, "main");
}

static void place_body(struct placing *p) {
    struct function *f = p->function;
    struct node *exit = node_of(p, f->body->place->exit);
    struct list_context list = {
        .items = f->body->kids,
        .count = f->body->kid_count,
        .begin = f->body_begin + 1,
        .end = f->body_end - 1,
        .in_text = true,
        .entry = &f->cfg->nodes[0],
        .close = f->flags & FN_NO_RETURN || p->definition->hooked ? NULL : exit,
        .close_needed = true,
    };
    if (p->definition->boundary)
        edit_add(p->base, (struct edit){.kind = EDIT_BOUNDARY, .offset = list.begin});
    if (p->definition->twin) {
        place_twin(p);
        return;
    }
    place_hook(p, p->base);
    place_list(p, &list);
}

/* ---- definitions ----------------------------------------------------------------------------- */

static const char *reason_alone(const struct definition *d) {
    uint32_t flags = 0, body = FN_BODY_IN_TEXT;
    for (unsigned i = 0; i < d->variant_count; i++) {
        flags |= d->variants[i]->flags;
        body &= d->variants[i]->flags;
    }
    if (!body) return "comes out of a macro";
    if (flags & FN_LEAVE_ALONE) return "has an attribute that forbids instrumentation";
    if (flags & FN_LOCAL_LABELS) return "declares local labels (__label__), in front of which nothing may stand";
    if (flags & FN_OPENMP) return "has directives of OpenMP or OpenACC";
    if (flags & FN_ASM_SYMBOL) return "defines a symbol in an asm";
    if (flags & FN_PURE) return "is declared pure or const, or has the name of a builtin";
    return NULL;
}

static struct placing placing_of(const struct program *program, struct definition *d,
                                 struct function *f) {
    struct placing p = {.program = program, .definition = d, .function = f,
                        .text = &d->file->text};
    p.single = d->single || stmt_any(f->body, OWN_TWICE);
    return p;
}

static void summarize_definition(const struct program *program, struct definition *d,
                                 bool poll_all) {
    d->reason = reason_alone(d);
    d->alone = d->reason != NULL;
    agree_on_inserts(d);
    for (unsigned i = 0; i < d->variant_count; i++) {
        struct placing p = placing_of(program, d, d->variants[i]);
        find_jumps(&p.jumps, p.function->body);
        mark_polled(&p, p.function->body, poll_all);
        jumps_free(&p.jumps);
        d->hooked |= needs_hook(p.function);
        summarize(&p, p.function->body);
        if (!d->alone) choose_marks(&p);
    }
    for (unsigned i = 0; i < d->variant_count; i++)
        d->variants[i]->cfg = cfg_build(d->variants[i], d->hooked);
    d->boundary = !d->alone && wants_boundary(d);
    d->twin = !d->alone;
    for (unsigned i = 0; i < d->variant_count && d->twin; i++) {
        struct placing p = placing_of(program, d, d->variants[i]);
        d->twin = may_have_twin(&p);
    }
}

static void report_definition(const struct definition *d) {
    const struct function *f = d->variants[0];
    if (d->single && !d->twin && !d->alone)
        report_note(d->file->path, f->line,
                    "%s: configurations differ in its statements: all are written once, with slots "
                    "in front of them", f->name);
    if (d->alone)
        report_note(d->file->path, f->line, "%s: left alone: it %s", f->name, d->reason);
    else if (d->address && !d->boundary && strcmp(f->name, "main"))
        report_note(d->file->path, f->line,
                    "%s: no boundary (variadic, a constructor, asks for its return address, or parameters that "
                    "cannot be passed on): a thread in a library's callback to it counts as outside", f->name);
}

static void place_definition(const struct program *program, struct definition *d) {
    report_definition(d);
    for (unsigned i = 0; i < d->variant_count && !d->alone; i++) {
        struct edits edits = {.copy = COPY_BASE};
        struct placing p = placing_of(program, d, d->variants[i]);
        p.base = &edits;
        place_body(&p);
        edits_unite(&d->edits, &edits);
    }
}

int stage_place(struct program *program, const struct rewrite_options *options) {
    struct definition *d;
    for (unsigned i = 0; i < program->file_count && options->mixed; i++)
        program->files[i]->mixed = mixed_reads(options->mixed, program->files[i]->path);
    for (unsigned it = 0; (d = program_next(program, &it));)
        summarize_definition(program, d, options->poll_all_loops);
    find_closures(program);
    find_shortcuts(program);
    for (unsigned it = 0; (d = program_next(program, &it));) place_definition(program, d);
    for (unsigned i = 0; i < program->file_count; i++) {
        struct program_file *file = program->files[i];
        number_points(file);
        givens_choose(&file->givens, &file->text, file->definitions, file->definition_count);
    }
    for (unsigned it = 0; (d = program_next(program, &it));) agree_on_values(d);
    return 0;
}
