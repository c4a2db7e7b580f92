// SPDX-License-Identifier: MIT
/*
 * emit.c: the rewritten files and OUT/.loom/ are written.
 *
 * Rule: what was on line N stays on line N. Insertions are made on existing lines; a slow copy of
 * several lines is written behind its fast one between two #line directives. The first line of a
 * rewritten file is an #include followed by `#line 1`.
 */
#include "emission.h"
#include "mem.h"
#include "report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files ----------------------------------------------------------------------------------- */

static void put_definition(struct emission *e, struct definition *d, unsigned *at) {
    const struct function *f = d->variants[0];
    if (d->alone || f->begin < *at) return;
    e->definition = d;
    put_between(e, *at, f->begin);
    for (unsigned i = 0; i < d->forwards.count; i++)
        put(e, "LOOM_FORWARD(%s) ", d->forwards.list[i]);
    for (unsigned i = 0; i < d->shortcuts.count; i++)
        put(e, "LOOM_FORWARD_FAST(%s) ", d->shortcuts.list[i]);
    struct run *twin = d->twin ? d->edits.list[d->edits.count - 1].run : NULL;
    if (!twin) {
        put_bytes(e, f->begin, f->body_begin);
        put_range(e, &d->edits, f->body_begin, f->body_end);
    } else {
        put_twin(e, twin);
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
    find_substitutes(e);
    for (unsigned i = 0; i < e->file->definition_count; i++)
        put_definition(e, e->file->definitions[i], &at);
    put_between(e, at, e->file->givens.place);
    put_givens(e);
    put_between(e, e->file->givens.place, e->file->text.size);
    free(e->substitutes);
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

const char *const support_headers[SUPPORT_HEADERS] = {"slot.h", "slot_call.h", "slot_emit.h"};

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
    int error = 0;
    for (unsigned i = 0; i < SUPPORT_HEADERS && !error; i++)
        error = copy_header(tree, options->headers, support_headers[i]);
    if (error) return error;
    char *path = mem_format("%s/.loom/rt.h", tree);
    char *text =
        mem_format("/* The runtime that belongs to the loom-rewrite that made this tree. */\n"
                   "#ifndef LOOM_RT_PATH\n#define LOOM_RT_PATH \"%s\"\n#endif\n"
                   "#include \"slot.h\"\n"
                   "#ifndef LOOM_UNIT_\n#define LOOM_UNIT_\nLOOM_UNIT\n#endif\n",
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
