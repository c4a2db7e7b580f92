// SPDX-License-Identifier: MIT
/*
 * emit.c: edits become text; the rewritten files and OUT/.loom/ are written.
 *
 * Rule: what was on line N stays on line N. Insertions are made on existing lines; a slow copy of
 * several lines is written behind its fast one between two #line directives. The first line of a
 * rewritten file is an #include followed by `#line 1`.
 */
#include "emit.h"
#include "mem.h"
#include "report.h"
#include "rt/slot.h"
#include "values.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct emission {
    const struct program_file *file;
    const char *bytes;
    const struct definition *definition; /* whose edits are being written */
    const struct program *program;
    const char *tree, *shown; /* of a unit alone, else NULL */
    FILE *out;
};

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* ---- single edits ---------------------------------------------------------------------------- */

static void put(struct emission *e, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(e->out, format, arguments);
    va_end(arguments);
}

/* Text as it is; in a unit alone its #includes name what they mean. */
static void put_bytes(struct emission *e, unsigned begin, unsigned end) {
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

/* An entry node knows its variant by the body. */
static const struct uses *uses_in(const struct definition *d, const struct node *node) {
    const struct function *f = d->variants[0];
    for (unsigned i = 1; i < d->variant_count; i++)
        if (d->variants[i]->body == node->stmt) f = d->variants[i];
    return uses_of(node, f);
}

/* MACRO(TAG, [FLAG,] NUMBER, VALUES...) */
static void put_slot(struct emission *e, const char *macro, bool reads, const struct node *node,
                     const char *behind) {
    const struct uses *uses = uses_in(e->definition, node);
    put(e, "%s(%s, ", macro, e->file->tag);
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
        if (edit->close) put_slot(e, " LOOM_SLOT", false, edit->node, ");");
        else put_slot(e, "LOOM_SLOT", false, edit->node, "); ");
        break;
    case EDIT_SLOT_DECL: put_slot(e, "LOOM_SLOT_DECL", false, edit->node, "); "); break;
    case EDIT_SLOT_COND: put_slot(e, "LOOM_SLOT_COND", false, edit->node, "), "); break;
    case EDIT_IF_SLOT:
        put_slot(e, edit->close ? " LOOM_SLOT_IF" : "LOOM_SLOT_IF", true, edit->node, "); ");
        break;
    case EDIT_IF_SLOT_DECL: put_slot(e, " LOOM_SLOT_IF_DECL", true, edit->node, "); "); break;
    case EDIT_IF_SLOT_COND: put_slot(e, "LOOM_SLOT_IF_COND", true, edit->node, "), "); break;
    case EDIT_IF_POLL: put(e, "LOOM_POLL_IF(%s, %u, %u); ", tag, flag, id); break;
    case EDIT_IF_POLL_DECL: put(e, " LOOM_POLL_IF_DECL(%s, %u, %u);", tag, flag, id); break;
    case EDIT_IF_POLL_EMPTY: put(e, " LOOM_POLL_IF(%s, %u, %u)", tag, flag, id); break;
    case EDIT_VALUE_OPEN:
        put(e, "__extension__({ __typeof__(");
        put_value_type(e, edit->stmt);
        put(e, ") loom_value_ %s= (", is_const(e->definition) ? "__attribute__((unused)) " : "");
        break;
    case EDIT_VALUE_CLOSE: put(e, "); LOOM_SLOT(%s, %u); loom_value_; })", tag, id); break;
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
    case EDIT_EXIT_HOOK: put(e, "LOOM_EXIT(%s, %u); ", tag, id); break;
    case EDIT_IF_EXIT_HOOK: put(e, " LOOM_EXIT_IF(%s, %u, %u);", tag, flag, id); break;
    case EDIT_BOUNDARY: put_boundary(e); break;
    case EDIT_LANDED: put(e, "LOOM_LANDED(); "); break;
    case EDIT_RUN: break;
    }
}

/* ---- ranges and runs ------------------------------------------------------------------------- */

static void put_range(struct emission *e, struct edits *edits, unsigned begin, unsigned end);

static char *render(struct emission *e, struct edits *edits, unsigned begin, unsigned end) {
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
    put_twin_name(e, "slow");
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

/* Asserts and logs in the twin give the function's own name. */
static void put_names(struct emission *e, const struct function *f) {
    put(e, "#define __func__ \"%s\"\n#define __FUNCTION__ \"%s\"\n", f->name, f->name);
    if (f->pretty) put(e, "#ifdef __clang__\n#define __PRETTY_FUNCTION__ %s\n#else\n", f->pretty);
    put(e, "#define __PRETTY_FUNCTION__ \"%s\"\n%s", f->name, f->pretty ? "#endif\n" : "");
}

/* clang lets what is deprecated call what is, and itself; its copies are others. */
static const char silence_deprecated[] =
    "#pragma GCC diagnostic push\n#pragma GCC diagnostic ignored \"-Wdeprecated-declarations\"\n";

static void put_twin_body(struct emission *e, struct run *run) {
    const struct function *f = e->definition->variants[0];
    char *slow = render(e, &run->slow, run->begin, run->end);
    const struct names *renamed = &e->definition->renamed;
    put(e, "\n");
    if (f->flags & FN_DEPRECATED) put(e, "%s", silence_deprecated);
    if (f->flags & FN_USES_NAME) put_names(e, f);
    for (unsigned i = 0; i < renamed->count; i++)
        put(e, "#define %s %s__slow\n", renamed->list[i], renamed->list[i]);
    put(e, "#line %u\n", text_line(&e->file->text, f->body_begin));
    put_twin_name(e, "slow");
    put(e, " {%s }\n", slow);
    for (unsigned i = 0; i < renamed->count; i++) put(e, "#undef %s\n", renamed->list[i]);
    if (f->flags & FN_USES_NAME)
        put(e, "#undef __func__\n#undef __FUNCTION__\n#undef __PRETTY_FUNCTION__\n");
    if (e->definition->boundary) put_twin_outside(e);
    if (f->flags & FN_DEPRECATED) put(e, "#pragma GCC diagnostic pop\n");
    put(e, "#line %u\n", text_line(&e->file->text, f->body_end));
    free(slow);
}

/* Place made edits that overlap: no text would be right. Names the place, for who reports it. */
static void overlap(const struct emission *e, const struct edit *edit) {
    report_error(-EFAULT, "%s:%u: two changes overlap in %s()", e->file->path,
                 text_line(&e->file->text, edit->offset), e->definition->variants[0]->name);
    abort();
}

/* Text from begin to end with the edits of a sorted list. */
static void put_range(struct emission *e, struct edits *edits, unsigned begin, unsigned end) {
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

/* ---- files ----------------------------------------------------------------------------------- */

static void put_definition(struct emission *e, struct definition *d, unsigned *at) {
    const struct function *f = d->variants[0];
    if (d->alone || f->begin < *at) return;
    e->definition = d;
    put_bytes(e, *at, f->begin);
    for (unsigned i = 0; i < d->forwards.count; i++)
        put(e, "LOOM_FORWARD(%s) ", d->forwards.list[i]);
    for (unsigned i = 0; i < d->shortcuts.count; i++)
        put(e, "LOOM_FORWARD_FAST(%s) ", d->shortcuts.list[i]);
    struct run *twin = d->twin ? d->edits.list[d->edits.count - 1].run : NULL;
    if (!twin) {
        put_bytes(e, f->begin, f->body_begin);
        put_range(e, &d->edits, f->body_begin, f->body_end);
    } else {
        put_twin_head(e);
        put_bytes(e, f->begin, f->body_begin + 1);
        put_twin_switch(e);
        if (d->shortcut) put_shortcut(e);
        put_range(e, &twin->fast, twin->begin, f->body_end);
        put_twin_body(e, twin);
    }
    *at = f->body_end;
}

/* The function that gives the values of variables (given.h). */
static void put_givens(struct emission *e) {
    const struct givens *givens = &e->file->givens;
    const struct text *text = &e->file->text;
    if (!givens->count) return;
    if (givens->place && e->bytes[givens->place - 1] != '\n') put(e, "\n");
    put(e, "LOOM_GLOBALS(%s)\n", e->file->tag);
    for (unsigned i = 0; i < givens->count; i++)
        put(e, "LOOM_GLOBAL%s(%u, %s)\n", given_by_address(&givens->list[i]) ? "_AT" : "", i,
            givens->list[i].name);
    put(e, "LOOM_GLOBALS_END\n");
    if (givens->place < text->size) put(e, "#line %u\n", text_line(text, givens->place));
}

/* A main file without functions has addresses to tell of. */
bool has_companion(const struct program *program, const struct program_file *file) {
    bool alone = program->main_file && !strcmp(file->path, program->main_file);
    return file->flags || (alone && program->address_count);
}

static void put_first_line(struct emission *e) {
    put(e, "#line 1%s", e->shown ? " \"" : "");
    for (const char *c = e->shown; c && *c; c++) put(e, "%s%c", strchr("\"\\", *c) ? "\\" : "", *c);
    put(e, "%s\n", e->shown ? "\"" : "");
}

static void put_file(struct emission *e, const char *include) {
    unsigned at = 0;
    if (e->file->text.size >= 3 && !memcmp(e->bytes, "\xef\xbb\xbf", 3)) put_bytes(e, 0, at = 3);
    if (include) put(e, "#include \"%s\"\n", include);
    put_first_line(e);
    for (unsigned i = 0; i < e->file->definition_count; i++)
        put_definition(e, e->file->definitions[i], &at);
    put_bytes(e, at, e->file->givens.place);
    put_givens(e);
    put_bytes(e, e->file->givens.place, e->file->text.size);
}

/* The way from the folder of `path` up to the root: "../" per folder. */
static char *way_up(const char *path) {
    char *up = mem_copy("");
    for (const char *c = path; *c; c++)
        if (*c == '/') {
            char *more = mem_format("%s../", up);
            free(up);
            up = more;
        }
    return up;
}

int emit_parents(const char *path) {
    char *copy = mem_copy(path);
    int error = 0;
    for (char *slash = strchr(copy + 1, '/'); slash && !error; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(copy, 0755) && errno != EEXIST) error = -errno;
        *slash = '/';
    }
    free(copy);
    return error;
}

int emit_write(const char *path, const char *text, size_t size) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return -errno;
    int error = 0;
    while (size && !error) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) error = written ? -errno : -EIO;
        else text += written, size -= (size_t)written;
    }
    if (close(fd) && !error) error = -errno;
    return error;
}

/* Over the copy in the tree; its mode and times stay, so that make sees nothing new. */
static int replace_file(const char *path, const char *text, size_t size) {
    struct stat old;
    if (lstat(path, &old)) return -errno;
    char *fresh = mem_format("%s.loom-new", path);
    int error = emit_write(fresh, text, size);
    struct timespec times[2] = {old.st_atim, old.st_mtim};
    if (!error && (chmod(fresh, old.st_mode & 07777) || utimensat(AT_FDCWD, fresh, times, 0) ||
                   rename(fresh, path)))
        error = -errno;
    if (error) unlink(fresh);
    free(fresh);
    return error;
}

char *emit_text(const struct program *program, const struct program_file *file, const char *tree,
                const char *shown, size_t *size) {
    struct emission e = {.file = file, .bytes = file->text.bytes, .program = program,
                         .tree = tree, .shown = shown};
    char *text = NULL, *up = way_up(file->path);
    char *include = mem_format("%s.loom/%s.h", up, file->path);
    e.out = open_memstream(&text, size);
    put_file(&e, has_companion(program, file) ? include : NULL);
    fclose(e.out);
    free(include);
    free(up);
    return text;
}

static int emit_file(const struct program *program, const struct program_file *file,
                     const char *tree) {
    size_t size;
    char *text = emit_text(program, file, NULL, NULL, &size);
    char *path = mem_format("%s/%s", tree, file->path);
    int error = replace_file(path, text, size);
    if (error) report_error(error, "%s: cannot write: %s", file->path, strerror(-error));
    free(text);
    free(path);
    return error;
}

int emit_companion(const struct program *program, const struct program_file *file,
                   const char *tree, uint64_t rewritten) {
    char *text = NULL, *path = mem_format("%s/.loom/%s.h", tree, file->path);
    char *up = way_up(file->path);
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    put_companion(out, program, file, up, rewritten);
    fclose(out);
    int error = emit_parents(path);
    if (!error) error = emit_write(path, text, size);
    if (error) report_error(error, ".loom/%s.h: cannot write: %s", file->path, strerror(-error));
    free(text);
    free(path);
    free(up);
    return error;
}

static int copy_header(const char *tree, const char *folder, const char *name) {
    struct text text;
    char *from = mem_format("%s/%s", folder, name), *to = mem_format("%s/.loom/%s", tree, name);
    int error = text_load(from, &text);
    if (error) {
        report_error(error, "%s: cannot read: %s", from, strerror(-error));
    } else {
        error = emit_parents(to);
        if (!error) error = emit_write(to, text.bytes, text.size);
        if (error) report_error(error, ".loom/%s: cannot write: %s", name, strerror(-error));
    }
    text_free(&text);
    free(from);
    free(to);
    return error;
}

int emit_support(const char *tree, const struct rewrite_options *options) {
    int error = copy_header(tree, options->headers, "slot.h");
    if (!error) error = copy_header(tree, options->headers, "slot_call.h");
    if (error) return error;
    char *path = mem_format("%s/.loom/rt.h", tree);
    char *text = mem_format("/* The runtime that belongs to the loom-rewrite that made this tree. */\n"
                            "#ifndef LOOM_RT_PATH\n#define LOOM_RT_PATH \"%s\"\n#endif\n"
                            "#include \"slot.h\"\n",
                            options->runtime);
    error = emit_write(path, text, strlen(text));
    if (error) report_error(error, ".loom/rt.h: cannot write: %s", strerror(-error));
    free(text);
    free(path);
    return error;
}

int stage_emit(struct program *program, const char *tree, const struct rewrite_options *options,
               struct rewrite_totals *totals) {
    *totals = (struct rewrite_totals){0};
    int error = emit_support(tree, options);
    for (unsigned i = 0; i < program->file_count && !error; i++) {
        struct program_file *file = program->files[i];
        if (!file->flags) {
            totals->left_alone += file->definition_count;
            continue;
        }
        error = emit_file(program, file, tree);
        if (!error) error = emit_companion(program, file, tree, 0);
        totals_add(totals, file);
    }
    return error;
}
