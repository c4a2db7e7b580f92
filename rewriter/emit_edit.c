// SPDX-License-Identifier: MIT
/*
 * emit_edit.c: edits become text. See emit.c for what stays on which line.
 */
#include "emission.h"
#include "report.h"
#include "values.h"
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* ---- single edits ---------------------------------------------------------------------------- */

void put(struct emission *e, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(e->out, format, arguments);
    va_end(arguments);
}

void put_bytes(struct emission *e, unsigned begin, unsigned end) {
    const struct program_file *file = e->file;
    for (unsigned i = 0; e->tree && i < file->include_count; i++) {
        const struct include *include = &file->includes[i];
        if (include->begin < begin || include->end > end) continue;
        fwrite(e->bytes + begin, 1, include->begin - begin, e->out);
        put_include(e->out, e->program, include, e->tree, e->bytes);
        begin = include->end;
    }
    fwrite(e->bytes + begin, 1, end - begin, e->out);
}

static void put_call_head(struct emission *e, const struct call *call) {
    if (!strcmp(call->callee, "pthread_create"))
        put(e, "LOOM_CREATE(%s, %u, ", e->file->tag, call->point - 1);
    else
        put(e, "LOOM_LOCK(%s, %u, %s, ", e->file->tag, call->point - 1, call->callee);
}

static void put_call_open(struct emission *e, const struct call *call) {
    const char *lock = call->locks || strchr(program_class(call), 'l') ? "_LOCK" : "";
    put(e, "LOOM_CALL%s(%s, %u, ", lock, e->file->tag, call->point - 1);
}

/* An external one may be another's in the process, if it is built for a library. */
static void put_fast_callee(struct emission *e, const struct call *call) {
    const struct definition *d = program_callee(e->program, e->file->path, call);
    bool own = d->variants[0]->flags & FN_STATIC;
    put(e, own ? "%s__fast" : "LOOM_SHORTCUT(%s)", call->callee);
}

static void put_value_type(struct emission *e, const struct stmt *s) {
    if (e->definition->variants[0]->flags & FN_RECORD) put_bytes(e, s->value_begin, s->value_end);
    else put(e, "%s", e->definition->variants[0]->result);
}

static void put_boundary(struct emission *e) {
    const struct function *f = e->definition->variants[0];
    const char *form = f->flags & FN_NO_RETURN ? "_NO_RETURN" : f->flags & FN_VOID ? "_VOID" : "";
    put(e, " LOOM_BOUNDARY%s(LOOM_AGAIN(%s)(", form, f->name);
    for (unsigned i = 0; i < f->param_count; i++) put(e, "%s%s", i ? ", " : "", f->params[i]);
    put(e, "));");
}

/* The asm keeps the compiler from joining this call with the one behind it. */
static void put_tail(struct emission *e, const struct stmt *s, unsigned id) {
    put(e, "if (!LOOM_ON(%s, %u)) { __asm__ __volatile__(\"\"); ", e->file->tag, id);
    if (s->kind == STMT_RETURN) {
        put(e, "return ");
        put_bytes(e, s->value_begin, s->value_end);
        put(e, "; } ");
    } else {
        put_bytes(e, s->begin, s->end);
        put(e, " return; } ");
    }
}

/* Those of a function whose slow copy is one of its own are called in a way of their own (slot_call.h). */
static const char *slot_macro(const struct emission *e, unsigned id) {
    return id < e->file->own_points ? "LOOM_SLOT_OWN" : "LOOM_SLOT";
}

/* An entry node knows its variant by the body. */
static const struct uses *uses_in(const struct definition *d, const struct node *node) {
    const struct function *f = d->variants[0];
    for (unsigned i = 1; i < d->variant_count; i++)
        if (d->variants[i]->body == node->stmt) f = d->variants[i];
    return uses_of(node, f);
}

/* MACRO(TAG, [FLAG,] NUMBER, VALUES...) */
static void put_slot(struct emission *e, const char *form, bool reads, const struct node *node,
                     const char *behind) {
    const struct uses *uses = uses_in(e->definition, node);
    put(e, "%s%s(%s, ", slot_macro(e, node->id), form, e->file->tag);
    if (reads) put(e, "%u, ", e->definition->flag);
    put(e, "%u", node->id);
    for (unsigned i = 0; i < uses->count; i++) put(e, ", %s", uses->values[i]->name);
    put(e, "%s", behind);
}

/* gcc replaces a constant variable by its value, and then calls it unused. */
static bool is_const(const struct definition *d) {
    const char *result = d->variants[0]->result, *star = strrchr(result, '*');
    return star ? strstr(star, "const") != NULL : !strncmp(result, "const ", 6);
}

static void put_edit(struct emission *e, const struct edit *edit) {
    const char *tag = e->file->tag;
    unsigned flag = e->definition->flag, id = edit->node ? edit->node->id : 0;
    switch (edit->kind) {
    case EDIT_BRACE_OPEN: put(e, "{ "); break;
    case EDIT_BRACE_CLOSE: put(e, " }"); break;
    case EDIT_SLOT:
        if (edit->close) put(e, " ");
        put_slot(e, "", false, edit->node, edit->close ? ");" : "); ");
        break;
    case EDIT_SLOT_DECL: put_slot(e, "_DECL", false, edit->node, "); "); break;
    case EDIT_SLOT_COND: put_slot(e, "_COND", false, edit->node, "), "); break;
    case EDIT_IF_SLOT:
        if (edit->close) put(e, " ");
        put_slot(e, "_IF", true, edit->node, "); ");
        break;
    case EDIT_IF_SLOT_DECL:
        put(e, " ");
        put_slot(e, "_IF_DECL", true, edit->node, "); ");
        break;
    case EDIT_IF_SLOT_COND: put_slot(e, "_IF_COND", true, edit->node, "), "); break;
    case EDIT_IF_POLL: put(e, "LOOM_POLL_IF(%s, %u, %u); ", tag, flag, id); break;
    case EDIT_IF_POLL_DECL: put(e, " LOOM_POLL_IF_DECL(%s, %u, %u);", tag, flag, id); break;
    case EDIT_IF_POLL_EMPTY: put(e, " LOOM_POLL_IF(%s, %u, %u)", tag, flag, id); break;
    case EDIT_VALUE_OPEN:
        put(e, "__extension__({ __typeof__(");
        put_value_type(e, edit->stmt);
        put(e, ") loom_value_ %s= (", is_const(e->definition) ? "__attribute__((unused)) " : "");
        break;
    case EDIT_VALUE_CLOSE:
        put(e, "); %s(%s, %u); loom_value_; })", slot_macro(e, id), tag, id);
        break;
    case EDIT_IF_VALUE_CLOSE:
        put(e, "); LOOM_SLOT_IF(%s, %u, %u); loom_value_; })", tag, flag, id);
        break;
    case EDIT_TAIL: put_tail(e, edit->stmt, id); break;
    case EDIT_CALL_OPEN: put_call_open(e, edit->call); break;
    case EDIT_CALL_CLOSE: put(e, edit->call->marked && edit->call->open ? ");" : ")"); break;
    case EDIT_BACK_OPEN: put(e, "LOOM_BACK("); break;
    case EDIT_CALL_HEAD: put_call_head(e, edit->call); break;
    case EDIT_SLOW_CALLEE: put(e, "%s__slow", edit->call->callee); break;
    case EDIT_FAST_CALLEE: put_fast_callee(e, edit->call); break;
    case EDIT_EITHER_CALLEE: put(e, "LOOM_EITHER(%s, %u, %s, ", tag, flag, edit->call->callee); break;
    case EDIT_EITHER_ONCE: put(e, "LOOM_EITHER_ONCE(%s, %u, %s)", tag, flag, edit->call->callee); break;
    case EDIT_EXIT_HOOK: put(e, "LOOM_EXIT(%s, %u); ", tag, id); break;
    case EDIT_IF_EXIT_HOOK: put(e, " LOOM_EXIT_IF(%s, %u, %u);", tag, flag, id); break;
    case EDIT_BOUNDARY: put_boundary(e); break;
    case EDIT_LANDED: put(e, "LOOM_LANDED(); "); break;
    case EDIT_RUN: break;
    }
}

/* ---- ranges and runs ------------------------------------------------------------------------- */

char *render(struct emission *e, struct edits *edits, unsigned begin, unsigned end) {
    char *text = NULL;
    size_t size = 0;
    FILE *old = e->out;
    e->out = open_memstream(&text, &size);
    put_range(e, edits, begin, end);
    fclose(e->out);
    e->out = old;
    return text;
}

/* First in a copy. */
static void put_labels(struct emission *e, const struct run *run) {
    for (unsigned i = 0; i < run->labels.count; i++)
        put(e, "%s%s", i ? ", " : "LOOM_LABELS(", run->labels.list[i]);
    if (run->labels.count) put(e, ") ");
}

static void put_slow(struct emission *e, const struct run *run, const char *slow) {
    const struct text *text = &e->file->text;
    unsigned first = text_line(text, run->begin), last = text_line(text, run->end);
    unsigned flag = e->definition->flag;
    bool lines = strchr(slow, '\n') != NULL;
    put(e, " } else {");
    if (lines) put(e, "\n#line %u\n", first);
    else put(e, " ");
    put_labels(e, run);
    if (run->poll)
        put(e, "LOOM_COND_BREAK%s(%s, %u, %u); ", run->declares ? "_DECL" : "", e->file->tag, flag,
            run->poll->id);
    put(e, "%s }", slow);
    if (lines) put(e, "\n#line %u\n", last);
}

static void put_pair(struct emission *e, struct run *run) {
    put(e, "if (LOOM_FAST%s(%s, %u)) { ", run->read_memory ? "_POLL" : "", e->file->tag,
        e->definition->flag);
    put_labels(e, run);
    put_range(e, &run->fast, run->begin, run->end);
    char *slow = render(e, &run->slow, run->begin, run->end);
    put_slow(e, run, slow);
    free(slow);
}

/* Place made edits that overlap: no text would be right. Names the place, for who reports it. */
static void overlap(const struct emission *e, const struct edit *edit) {
    report_error(-EFAULT, "%s:%u: two changes overlap in %s()", e->file->path,
                 text_line(&e->file->text, edit->offset), e->definition->variants[0]->name);
    abort();
}

void put_range(struct emission *e, struct edits *edits, unsigned begin, unsigned end) {
    unsigned at = begin;
    edits_sort(edits);
    for (unsigned i = 0; i < edits->count; i++) {
        struct edit *edit = &edits->list[i];
        if (edit->offset < at || edit->offset > end) overlap(e, edit);
        put_bytes(e, at, edit->offset);
        at = edit->offset;
        if (!edit->close && at && is_word(e->bytes[at - 1])) fputc(' ', e->out);
        if (edit->kind == EDIT_RUN) {
            put_pair(e, edit->run);
            at = edit->run->end;
        } else {
            put_edit(e, edit);
            at += edit->remove;
        }
    }
    put_bytes(e, at, end);
}
