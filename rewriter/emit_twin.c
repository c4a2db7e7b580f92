// SPDX-License-Identifier: MIT
/*
 * emit_twin.c: definitions whose slow copy is a function of its own: NAME__slow; with a boundary
 * NAME__outside, the way in from a library; with shortcuts NAME__fast, which NAME calls behind its
 * test. NAME keeps its head, attributes and place.
 */
#include "emission.h"
#include <ctype.h>
#include <stdlib.h>

/* The parameters' text without comments and line ends. */
static void put_params(struct emission *e, const struct function *f) {
    bool blank = false;
    if (!f->param_count) {
        put(e, "(void)");
        return;
    }
    for (unsigned i = f->params_begin; i < f->params_end; i++) {
        const char *c = e->bytes + i;
        if (c[0] == '/' && c[1] == '*') {
            for (i += 2; e->bytes[i] != '*' || e->bytes[i + 1] != '/'; i++) {}
            i++;
            blank = true;
        } else if (c[0] == '/' && c[1] == '/') {
            while (e->bytes[i] != '\n') i++;
            blank = true;
        } else if (isspace((unsigned char)*c)) {
            blank = true;
        } else {
            if (blank) fputc(' ', e->out);
            blank = false;
            fputc(*c, e->out);
        }
    }
}

static void put_twin_name(struct emission *e, const char *suffix) {
    const struct function *f = e->definition->variants[0];
    put(e, "static __typeof__(%s) %s__%s", f->result, f->name, suffix);
    put_params(e, f);
}

static void put_twin_head(struct emission *e) {
    static const char attributes[] = " __attribute__((cold, noinline, unused)); ";
    const char *target = e->definition->variants[0]->target;
    put_twin_name(e, "slow");
    if (target) put(e, " __attribute__((%s))", target);
    put(e, attributes);
    if (e->definition->shortcut) {
        put_twin_name(e, "fast");
        put(e, "; ");
    }
    if (!e->definition->boundary) return;
    put_twin_name(e, "outside");
    put(e, attributes);
}

static void put_call(struct emission *e, const char *suffix) {
    const struct function *f = e->definition->variants[0];
    put(e, "%s%s(", f->name, suffix);
    for (unsigned i = 0; i < f->param_count; i++) put(e, "%s%s", i ? ", " : "", f->params[i]);
    put(e, ")");
}

static void put_twin_outside(struct emission *e) {
    put_twin_name(e, "outside");
    put(e, " { LOOM_ENTER%s(", e->definition->variants[0]->flags & FN_VOID ? "_VOID" : "");
    put_call(e, "");
    put(e, ", ");
    put_call(e, "__slow");
    put(e, "); }\n");
}

/* In front of the fast copy: who must not run it goes to one of the others. */
static void put_twin_switch(struct emission *e) {
    const struct definition *d = e->definition;
    const char *kind = d->variants[0]->flags & FN_VOID ? "_VOID" : "";
    if (d->boundary) {
        put(e, " LOOM_BOUNDARY_TO%s(", kind);
        put_call(e, "__outside");
        put(e, ");");
    }
    if (d->closure) return;
    put(e, " LOOM_SWITCH%s(%s, %u, ", kind, e->file->tag, d->flag);
    put_call(e, "__slow");
    put(e, ");");
}

/* The function itself only tests; what follows is its fast copy's. */
static void put_shortcut(struct emission *e) {
    put(e, e->definition->variants[0]->flags & FN_VOID ? " " : " return ");
    put_call(e, "__fast");
    put(e, "; } ");
    put_twin_name(e, "fast");
    put(e, " {");
}

/* The program's own macros of these names come back behind the twin. */
static const char keep_names[] = "#pragma push_macro(\"__func__\")\n"
                                 "#pragma push_macro(\"__FUNCTION__\")\n"
                                 "#pragma push_macro(\"__PRETTY_FUNCTION__\")\n";
static const char drop_names[] = "#undef __func__\n#undef __FUNCTION__\n#undef __PRETTY_FUNCTION__\n";
static const char restore_names[] = "#pragma pop_macro(\"__func__\")\n"
                                    "#pragma pop_macro(\"__FUNCTION__\")\n"
                                    "#pragma pop_macro(\"__PRETTY_FUNCTION__\")\n";

/* Asserts and logs in the twin give the function's own name. */
static void put_names(struct emission *e, const struct function *f) {
    if (f->flags & FN_OWN_NAMES) put(e, "%s%s", keep_names, drop_names);
    put(e, "#define __func__ \"%s\"\n#define __FUNCTION__ \"%s\"\n", f->name, f->name);
    if (f->pretty) put(e, "#ifdef __clang__\n#define __PRETTY_FUNCTION__ %s\n#else\n", f->pretty);
    put(e, "#define __PRETTY_FUNCTION__ \"%s\"\n%s", f->name, f->pretty ? "#endif\n" : "");
}

static void put_names_end(struct emission *e, const struct function *f) {
    put(e, "%s%s", drop_names, f->flags & FN_OWN_NAMES ? restore_names : "");
}

static void put_twin_body(struct emission *e, struct run *run) {
    const struct function *f = e->definition->variants[0];
    char *slow = render(e, &run->slow, run->begin, run->end);
    const struct names *renamed = &e->definition->renamed;
    put(e, "\n");
    if (f->flags & FN_USES_NAME) put_names(e, f);
    for (unsigned i = 0; i < renamed->count; i++)
        put(e, "#define %s %s__slow\n", renamed->list[i], renamed->list[i]);
    put(e, "#line %u\n", text_line(&e->file->text, f->body_begin));
    put_twin_name(e, "slow");
    put(e, " {LOOM_NO_RED_ZONE; %s }\n", slow);
    for (unsigned i = 0; i < renamed->count; i++) put(e, "#undef %s\n", renamed->list[i]);
    if (f->flags & FN_USES_NAME) put_names_end(e, f);
    if (e->definition->boundary) put_twin_outside(e);
    if (e->definition->closure && e->definition->substitute)
        put(e, "#define %s__slow %s__slow\n", f->name, f->name);
    put(e, "#line %u\n", text_line(&e->file->text, f->body_end));
    free(slow);
}

void put_twin(struct emission *e, struct run *run) {
    const struct function *f = e->definition->variants[0];
    put_twin_head(e);
    put_bytes(e, f->begin, f->body_begin + 1);
    put_twin_switch(e);
    if (e->definition->shortcut) put_shortcut(e);
    put_range(e, &run->fast, run->begin, f->body_end);
    put_twin_body(e, run);
}
