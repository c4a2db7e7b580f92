// SPDX-License-Identifier: MIT
/*
 * compdb.c: see compdb.h. The file is read with libclang, which also takes `command` strings
 * apart, expands response files and knows compiler wrappers. Flags that clang does not know are
 * found by asking it: an empty text is parsed with them, first all at once, then each alone.
 */
#include "compdb.h"
#include "flags.h"
#include "mem.h"
#include "mixed.h"
#include "paths.h"
#include "progress.h"
#include "report.h"
#include <clang-c/CXCompilationDatabase.h>
#include <clang-c/Index.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef LOOM_RESOURCE_DIR
#define LOOM_RESOURCE_DIR "/usr/lib/llvm-19/lib/clang/19"
#endif
#define DATABASE "compile_commands.json"

/* What gcc 12 only warns about, clang 19 refuses; the program was built, so it is accepted. */
static const char *const always[] = {
    "-w",
    "-Wno-error=implicit-function-declaration",
    "-Wno-error=implicit-int",
    "-Wno-error=int-conversion",
    "-Wno-error=incompatible-function-pointer-types",
    "-Wno-error=return-mismatch",
    "-Wno-error=return-type",
    "-ferror-limit=20",
};

/* ---- finding the file ------------------------------------------------------------------------ */

static char *nearest; /* nftw takes no context */
static int nearest_level;
static unsigned nearest_count;

static int look_at(const char *path, const struct stat *status, int kind, struct FTW *level) {
    enum { DEEPEST = 4 };
    (void)status;
    const char *name = path + level->base;
    if (kind == FTW_D && (strcmp(name, ".git") == 0 || level->level >= DEEPEST))
        return level->level ? FTW_SKIP_SUBTREE : FTW_CONTINUE;
    if ((kind != FTW_F && kind != FTW_SL) || strcmp(name, DATABASE) != 0) return FTW_CONTINUE;
    if (nearest && level->level > nearest_level) return FTW_CONTINUE;
    nearest_count = nearest && level->level == nearest_level ? nearest_count + 1 : 1;
    free(nearest);
    nearest = mem_copy(path);
    nearest_level = level->level;
    return FTW_CONTINUE;
}

static int find_below(const char *root, char **found) {
    nearest = NULL;
    nearest_count = 0;
    nftw(root, look_at, 32, FTW_PHYS | FTW_ACTIONRETVAL);
    if (nearest_count > 1) {
        int error = report_error(
            -EINVAL, "%s: several folders have a " DATABASE " (one is %s); choose with -p", root,
            nearest);
        free(nearest);
        return error;
    }
    *found = nearest;
    return 0;
}

int compdb_find(const char *root, const char *named, char **found) {
    struct stat status;
    *found = NULL;
    if (!named) return find_below(root, found);
    if (stat(named, &status) != 0)
        return report_error(-errno, "-p %s: %m; give a " DATABASE " or its folder", named);
    char *path = S_ISDIR(status.st_mode) ? mem_format("%s/" DATABASE, named) : mem_copy(named);
    *found = realpath(path, NULL);
    int error = *found ? 0 : report_error(-errno, "-p %s: %s: %m", named, path);
    free(path);
    return error;
}

/* ---- flags that clang knows ------------------------------------------------------------------ */

struct asker {
    CXIndex index;
    struct flags known, unknown; /* what was asked alone before */
    struct flags *sets;          /* what was asked together, and is known */
    size_t set_count;
};

/* True if clang parses an empty text with these flags and has no complaint. */
static bool clang_knows(struct asker *asker, const struct flags *flags) {
    static const char name[] = "/loom-flags.c", text[] = "int loom_flags;\n";
    struct CXUnsavedFile file = {name, text, sizeof text - 1};
    CXTranslationUnit parsed = NULL;
    if (clang_parseTranslationUnit2(asker->index, name, (const char *const *)flags->list,
                                    flags->count, &file, 1, CXTranslationUnit_None,
                                    &parsed) != CXError_Success)
        return false;
    bool fine = true;
    for (unsigned i = 0; i < clang_getNumDiagnostics(parsed); i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(parsed, i);
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) fine = false;
        clang_disposeDiagnostic(diagnostic);
    }
    clang_disposeTranslationUnit(parsed);
    return fine;
}

static bool has(const struct flags *flags, const char *flag) {
    for (int i = 0; i < flags->count; i++)
        if (strcmp(flags->list[i], flag) == 0) return true;
    return false;
}

static bool is_target(const char *flag) {
    return strncmp(flag, "--target=", 9) == 0 || strcmp(flag, "-m32") == 0;
}

/* Asks about one flag, once; beside it stand those of `set` that choose the target. */
static bool flag_known(struct asker *asker, const struct flags *set, const char *flag) {
    if (has(&asker->known, flag)) return true;
    if (has(&asker->unknown, flag)) return false;
    struct flags test = {0};
    for (int i = 0; i < set->count; i++)
        if (is_target(set->list[i]) && strcmp(set->list[i], flag) != 0)
            flags_add(&test, set->list[i]);
    flags_add(&test, flag);
    bool fine = clang_knows(asker, &test);
    flags_free(&test);
    flags_add(fine ? &asker->known : &asker->unknown, flag);
    if (!fine)
        report_note(NULL, 0, "compiler flag %s is not known to clang; files were read without it",
                    flag);
    return fine;
}

static bool set_known(struct asker *asker, const struct flags *flags) {
    struct flags set = {0};
    for (int i = 0; i < flags->count; i++)
        if (flags_testable(flags->list[i])) flags_add(&set, flags->list[i]);
    for (size_t i = 0; i < asker->set_count; i++)
        if (flags_equal(&asker->sets[i], &set)) {
            flags_free(&set);
            return true;
        }
    if (!set.count || !clang_knows(asker, &set)) {
        bool empty = !set.count;
        flags_free(&set);
        return empty;
    }
    asker->sets = mem_grow(asker->sets, asker->set_count + 1, sizeof *asker->sets);
    asker->sets[asker->set_count++] = set;
    return true;
}

static void drop_unknown(struct asker *asker, struct flags *flags) {
    if (set_known(asker, flags)) return;
    struct flags kept = {0};
    for (int i = 0; i < flags->count; i++)
        if (!flags_testable(flags->list[i]) || flag_known(asker, flags, flags->list[i]))
            flags_add(&kept, flags->list[i]);
    flags_free(flags);
    *flags = kept;
}

static void asker_free(struct asker *asker) {
    flags_free(&asker->known);
    flags_free(&asker->unknown);
    for (size_t i = 0; i < asker->set_count; i++) flags_free(&asker->sets[i]);
    free(asker->sets);
    if (asker->index) clang_disposeIndex(asker->index);
}

/* ---- units ----------------------------------------------------------------------------------- */

static void complete(struct flags *flags) {
    if (!has(flags, "-resource-dir")) {
        flags_add(flags, "-resource-dir");
        flags_add(flags, LOOM_RESOURCE_DIR);
    }
    for (size_t i = 0; i < sizeof always / sizeof *always; i++) flags_add(flags, always[i]);
}

static bool seen(const struct units *units, const char *file, const char *directory,
                 const struct flags *flags) {
    for (size_t i = 0; i < units->count; i++) {
        const struct unit *unit = &units->list[i];
        const struct flags other = {unit->argv, unit->argc, 0};
        if (strcmp(unit->file, file) == 0 && strcmp(unit->directory, directory) == 0 &&
            flags_equal(&other, flags))
            return true;
    }
    return false;
}

/* Takes what `flags` holds. */
static void add_unit(struct units *units, const char *file, const char *directory,
                     struct flags *flags) {
    complete(flags);
    if (seen(units, file, directory, flags)) {
        flags_free(flags);
        return;
    }
    units->list = mem_grow(units->list, units->count + 1, sizeof *units->list);
    units->list[units->count++] =
        (struct unit){mem_copy(file), mem_copy(directory), flags->list, flags->count};
    *flags = (struct flags){0};
}

static bool is_c(const char *file, const struct flags *flags) {
    const char *language = flags_language(flags), *dot = strrchr(file, '.');
    if (language && strcmp(language, "none") != 0)
        return strcmp(language, "c") == 0 || strcmp(language, "cpp-output") == 0;
    return dot && (strcmp(dot, ".c") == 0 || strcmp(dot, ".i") == 0);
}

/* Of a source in another language: assembly includes headers for their constants only. */
static bool has_functions(const char *file, const struct flags *flags) {
    const char *language = flags_language(flags);
    return language ? strncmp(language, "assembler", 9) != 0 : mixed_is_source(file);
}

/* ---- the database ---------------------------------------------------------------------------- */

struct loading {
    const char *root, *folder; /* folder: of the database; relative paths start there */
    struct units *units;
    struct asker asker;
    size_t missing;
    char *example; /* a path that is not below the root */
};

static void remember(struct loading *loading, const char *path) {
    if (!loading->example) loading->example = mem_copy(path);
}

static char *take(CXString string) {
    const char *text = clang_getCString(string);
    char *copy = mem_copy(text ? text : "");
    clang_disposeString(string);
    return copy;
}

static char *resolve(const char *folder, const char *path) {
    if (path[0] == '/') return realpath(path, NULL);
    char *whole = mem_format("%s/%s", folder, path), *resolved = realpath(whole, NULL);
    free(whole);
    return resolved;
}

/* Driver modes and targets that libclang infers from the compiler's name come as first ones. */
static void read_arguments(CXCompileCommand command, struct flags *flags) {
    unsigned count = clang_CompileCommand_getNumArgs(command);
    char **list = mem_zero(count, sizeof *list);
    for (unsigned i = 0; i < count; i++) list[i] = take(clang_CompileCommand_getArg(command, i));
    if (count > 1) flags_keep(flags, (int)count - 1, (const char *const *)list + 1);
    for (unsigned i = 0; i < count; i++) free(list[i]);
    free(list);
}

static void load_command(struct loading *loading, CXCompileCommand command) {
    char *named_folder = take(clang_CompileCommand_getDirectory(command));
    char *name = take(clang_CompileCommand_getFilename(command));
    char *folder = resolve(loading->folder, named_folder);
    char *file = folder || name[0] == '/' ? resolve(folder ? folder : "/", name) : NULL;
    struct flags flags = {0};
    if (!file || !folder) {
        loading->missing++;
        remember(loading, name);
    } else if (!paths_below(file, loading->root)) {
        loading->units->outside++;
        remember(loading, file);
    } else {
        read_arguments(command, &flags);
        if (is_c(file, &flags)) {
            drop_unknown(&loading->asker, &flags);
            add_unit(loading->units, file, folder, &flags);
        } else {
            loading->units->other++;
            if (has_functions(file, &flags)) mixed_add(&loading->units->mixed, file);
        }
    }
    flags_free(&flags);
    free(named_folder);
    free(name);
    free(folder);
    free(file);
}

/* libclang opens a folder, in which the file must have its usual name. */
static CXCompilationDatabase open_database(const char *file, const char *work) {
    CXCompilationDatabase_Error error = CXCompilationDatabase_CanNotLoadDatabase;
    CXCompilationDatabase database = NULL;
    char *folder = mem_format("%s/database", work), *link = mem_format("%s/" DATABASE, folder);
    if (mkdir(folder, 0700) == 0 && symlink(file, link) == 0)
        database = clang_CompilationDatabase_fromDirectory(folder, &error);
    unlink(link);
    rmdir(folder);
    free(link);
    free(folder);
    return error == CXCompilationDatabase_NoError ? database : NULL;
}

static int conclude(struct loading *loading, const char *file) {
    const struct units *units = loading->units;
    if (loading->missing)
        report_note(NULL, 0,
                    "%zu commands of %s name files or folders that do not exist "
                    "(one is %s)",
                    loading->missing, file, loading->example);
    if (units->count) return 0;
    if (loading->example)
        return report_error(-ENOENT,
                            "%s: no command is for a C file below SRC %s (one names %s); "
                            "record it again in that tree with `bear -- make`",
                            file, loading->root, loading->example);
    return report_error(-ENOENT,
                        "%s: has no command for a C file; record it again with "
                        "`bear -- make` after `make clean`",
                        file);
}

int compdb_load(const char *file, const char *root, const char *work, struct units *units) {
    if (access(file, R_OK) != 0) return report_error(-errno, "%s: %m", file);
    CXCompilationDatabase database = open_database(file, work);
    if (!database)
        return report_error(-EINVAL,
                            "%s: cannot be read as a compilation database; record it "
                            "again with `bear -- make`",
                            file);
    char *folder = mem_copy(file);
    *strrchr(folder, '/') = 0;
    struct loading loading = {.root = root, .folder = folder, .units = units};
    loading.asker.index = clang_createIndex(0, 0);
    CXCompileCommands commands = clang_CompilationDatabase_getAllCompileCommands(database);
    unsigned count = clang_CompileCommands_getSize(commands);
    for (unsigned i = 0; i < count; i++)
        load_command(&loading, clang_CompileCommands_getCommand(commands, i));
    clang_CompileCommands_dispose(commands);
    clang_CompilationDatabase_dispose(database);
    int error = conclude(&loading, file);
    asker_free(&loading.asker);
    free(loading.example);
    free(folder);
    return error;
}

/* ---- no database ----------------------------------------------------------------------------- */

static struct units *plain_units; /* nftw takes no context */
static const struct flags *plain_flags;
static const char *plain_root;

static int add_plain(const char *path, const struct stat *status, int kind, struct FTW *level) {
    struct flags flags = {0};
    const char *name = path + level->base;
    size_t length = strlen(name);
    if (kind == FTW_D && strcmp(name, ".git") == 0) return FTW_SKIP_SUBTREE;
    if (kind != FTW_F || !S_ISREG(status->st_mode)) return FTW_CONTINUE;
    if (mixed_is_source(name)) mixed_add(&plain_units->mixed, path);
    if (length < 3 || strcmp(name + length - 2, ".c") != 0) return FTW_CONTINUE;
    for (int i = 0; i < plain_flags->count; i++) flags_add(&flags, plain_flags->list[i]);
    add_unit(plain_units, path, plain_root, &flags);
    return FTW_CONTINUE;
}

static int by_file(const void *left, const void *right) {
    const struct unit *a = left, *b = right;
    return strcmp(a->file, b->file);
}

int compdb_plain(const char *root, int count, char *const *cflags, struct units *units) {
    struct flags flags = {0};
    struct asker asker = {.index = clang_createIndex(0, 0)};
    flags_keep(&flags, count, (const char *const *)cflags);
    drop_unknown(&asker, &flags);
    plain_units = units;
    plain_flags = &flags;
    plain_root = root;
    nftw(root, add_plain, 32, FTW_PHYS | FTW_ACTIONRETVAL);
    flags_free(&flags);
    asker_free(&asker);
    if (!units->count) return report_error(-ENOENT, "SRC %s: there is no .c file in it", root);
    qsort(units->list, units->count, sizeof *units->list, by_file);
    return 0;
}

void compdb_one(const char *file, const char *directory, int count, char *const *arguments,
                struct units *units) {
    struct flags flags = {0};
    struct asker asker = {.index = clang_createIndex(0, 0)};
    flags_keep(&flags, count, (const char *const *)arguments);
    drop_unknown(&asker, &flags);
    add_unit(units, file, directory, &flags);
    asker_free(&asker);
}

void compdb_free(struct units *units) {
    for (size_t i = 0; i < units->count; i++) {
        struct flags flags = {units->list[i].argv, units->list[i].argc, 0};
        flags_free(&flags);
        free(units->list[i].file);
        free(units->list[i].directory);
    }
    free(units->list);
    names_free(&units->mixed);
    *units = (struct units){0};
}
