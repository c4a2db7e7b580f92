// SPDX-License-Identifier: MIT
/*
 * loom_cc.c: loom-cc, a compiler stand-in: what the compiler behind it would compile as C is
 * rewritten first.
 *
 *   1. What is no compile of a C file, and what configure asks, goes to the compiler as it is.
 *   2. Each C file is rewritten alone, in a process of its own, into a work folder (emit_alone.c).
 *   3. The compiler compiles that instead. If it is silent, that was it.
 *   4. If not, the original is compiled: its messages and its exit status are the command's. Was
 *      the rewritten one good (there were only warnings), it is compiled once more, silently.
 *
 * So trouble of ours never shows, and costs only that a file is not rewritten ($LOOM_CC_LOG says
 * which, and why).
 */
#include "cc_command.h"
#include "cc_root.h"
#include "compdb.h"
#include "guard.h"
#include "jobs.h"
#include "mem.h"
#include "paths.h"
#include "report.h"
#include "stages.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SCAN_SECONDS = 120 };

struct source {
    const char *spelled; /* as the command has it */
    char *file, *root;   /* resolved; NULL: left as it is */
    char *tree;          /* where it is rewritten */
    char *replace;       /* the rewritten file, once it is there */
    int input;
};

struct session {
    struct cc_command command;
    struct flags compiler; /* $LOOM_CC, its first word resolved */
    char *const *typed;    /* the arguments as they came */
    struct paths paths;
    const char *work;
    struct source *sources;
    size_t count;
};

/* ---- the compiler behind --------------------------------------------------------------------- */

/* In $PATH, but not this program: it may have been given the compiler's name. */
static char *find_program(const char *name) {
    char self[PATH_MAX] = "", *list = mem_copy(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length < 0 ? 0 : length] = 0;
    char *found = NULL, *rest = list;
    if (strchr(name, '/')) found = mem_copy(name);
    for (char *folder; !found && (folder = strsep(&rest, ":"));) {
        char *path = mem_format("%s/%s", *folder ? folder : ".", name);
        char *real = access(path, X_OK) == 0 ? realpath(path, NULL) : NULL;
        if (real && strcmp(real, self) != 0) found = path;
        else free(path);
        free(real);
    }
    free(list);
    return found;
}

static bool find_compiler(struct flags *compiler) {
    const char *named = getenv("LOOM_CC");
    char *words = mem_copy(named && *named ? named : "gcc"), *rest = words;
    for (char *word; (word = strsep(&rest, " \t"));)
        if (*word) flags_add(compiler, word);
    free(words);
    char *path = compiler->count ? find_program(compiler->list[0]) : NULL;
    if (!path && !(named && *named)) path = find_program("cc");
    if (!path) return false;
    free(compiler->list[0]);
    compiler->list[0] = path;
    return true;
}

static void pass_through(const struct session *s) {
    struct flags all = {0};
    for (int i = 0; i < s->compiler.count; i++) flags_add(&all, s->compiler.list[i]);
    for (char *const *a = s->typed; *a; a++) flags_add(&all, *a);
    execv(all.list[0], all.list);
    report_error(-errno, "%s: %m; $LOOM_CC names the compiler", all.list[0]);
    _exit(127);
}

/* Runs it; 0 to 255, 128 and more after a signal. A path instead of the terminal, or NULL. */
static int run_compiler(const struct session *s, const struct flags *arguments, const char *out,
                        const char *errors) {
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        struct flags all = {0};
        int new_out = out ? open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
        int new_errors = errors ? open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
        guard_follow_parent(parent);
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* then it removes its temporary files */
        if (new_out >= 0) dup2(new_out, 1), close(new_out);
        if (new_errors >= 0) dup2(new_errors, 2), close(new_errors);
        for (int i = 0; i < s->compiler.count; i++) flags_add(&all, s->compiler.list[i]);
        for (int i = 0; i < arguments->count; i++) flags_add(&all, arguments->list[i]);
        execv(all.list[0], all.list);
        _exit(127);
    }
    int status = 1 << 8;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run_original(const struct session *s) {
    struct flags typed = {0};
    for (char *const *a = s->typed; *a; a++) flags_add(&typed, *a);
    int status = run_compiler(s, &typed, NULL, NULL);
    flags_free(&typed);
    return status;
}

/* ---- what is rewritten ----------------------------------------------------------------------- */

/* Checks of configure, cmake and meson are about the compiler. */
static bool is_check(const char *file) {
    static const char *const folders[] = {"/CMakeTmp/", "/CMakeScratch/", "/CompilerIdC/",
                                          "/meson-private/"};
    const char *slash = strrchr(file, '/');
    if (strncmp(slash ? slash + 1 : file, "conftest", 8) == 0) return true;
    for (unsigned i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strstr(file, folders[i])) return true;
    return false;
}

static void add_source(struct session *s, int input) {
    const struct cc_command *c = &s->command;
    struct source source = {.spelled = c->arguments.list[c->inputs[input].at], .input = input};
    source.file = realpath(source.spelled, NULL);
    if (!source.file || is_check(source.file) || !(source.root = cc_root(source.file))) {
        free(source.file);
        return;
    }
    s->sources = mem_grow(s->sources, s->count + 1, sizeof *s->sources);
    s->sources[s->count++] = source;
}

/* Rules for make are written only for what has one input and one output. */
static bool find_sources(struct session *s) {
    const struct cc_command *c = &s->command;
    bool plain = !c->depends || (c->stage == CC_OBJECT && c->input_count == 1);
    if (c->stage == CC_OTHER || !c->c_count || !plain) return false;
    for (int i = 0; i < c->input_count; i++)
        if (c->inputs[i].is_c) add_source(s, i);
    return s->count > 0;
}

/* ---- rewriting ------------------------------------------------------------------------------- */

static int transform(const struct source *source, const char *facts, const struct session *s) {
    const struct rewrite_options options = {
        .jobs = 1, .runtime = s->paths.runtime, .headers = s->paths.headers};
    struct rewrite_totals totals;
    struct program *program = NULL;
    int error = stage_alone(source->root, facts, &program);
    if (!error) error = stage_place(program, &options);
    if (!error) error = stage_emit_alone(program, source->tree, source->spelled, &options, &totals);
    return error;
}

/* In a process of its own; what it says goes to the log. */
static int rewrite_one(size_t number, void *context) {
    const struct session *s = context;
    const struct source *source = &s->sources[number];
    char here[PATH_MAX], *facts = mem_format("%s/%zu.facts", s->work, number);
    char *report = mem_format("%s.report", source->tree);
    char *errors = mem_format("%s.log", facts);
    struct units units = {0};
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, 2) < 0 || !getcwd(here, sizeof here)) return 1;
    compdb_one(source->spelled, here, s->command.arguments.count, s->command.arguments.list,
               &units);
    if (stage_scan(units.list, source->root, facts)) return 1;
    if (freopen(errors, "we", stderr) == NULL || transform(source, facts, s)) return 1;
    return report_write(report, REPORT_TEXT) ? 1 : 0;
}

static void rewritten(size_t number, const struct job_end *end, void *context) {
    struct session *s = context;
    struct source *source = &s->sources[number];
    if (end->status || end->signal) return;
    source->replace =
        mem_format("%s/%s", source->tree, paths_below(source->file, source->root));
}

/* Copies lines of a file to the log, with a name in front. */
static void log_lines(FILE *log, const char *name, const char *path) {
    char *line = NULL;
    size_t room = 0;
    FILE *in = fopen(path, "re");
    while (in && getline(&line, &room, in) > 0) {
        line[strcspn(line, "\n")] = 0;
        fprintf(log, "%s: %s\n", name, line);
    }
    free(line);
    if (in) fclose(in);
}

/* $LOOM_CC_LOG: a line per file, and what was left alone in it. */
static void write_log(const struct session *s, const char *refused) {
    const char *path = getenv("LOOM_CC_LOG");
    FILE *log = path && *path ? fopen(path, "ae") : NULL;
    for (size_t i = 0; log && i < s->count; i++) {
        const struct source *source = &s->sources[i];
        char *facts = mem_format("%s/%zu.facts.log", s->work, i);
        char *report = mem_format("%s.report", source->tree);
        if (!source->replace) {
            fprintf(log, "%s: not rewritten: clang does not parse it\n", source->file);
            log_lines(log, source->file, facts);
        } else if (refused) {
            fprintf(log, "%s: not rewritten: %s\n", source->file, refused);
        } else {
            fprintf(log, "%s: rewritten\n", source->file);
            log_lines(log, source->root, report);
        }
        free(facts);
        free(report);
    }
    if (log) fclose(log);
}

/* ---- compiling ------------------------------------------------------------------------------- */

/* Files that the command includes, where they were rewritten with its only source. */
static void turn_includes(const struct session *s, struct flags *arguments) {
    const struct source *source = &s->sources[0];
    for (int i = 0; s->count == 1 && i + 1 < arguments->count; i++) {
        if (strcmp(arguments->list[i], "-include") != 0) continue;
        char *real = realpath(arguments->list[++i], NULL);
        const char *below = real ? paths_below(real, source->root) : NULL;
        char *moved = mem_format("%s/%s", source->tree, below ? below : "");
        if (below && access(moved, R_OK) == 0) {
            free(arguments->list[i]);
            arguments->list[i] = mem_copy(moved);
        }
        free(moved);
        free(real);
    }
}

/* The folder of each original comes first for "..." that clang did not follow. */
static void make_command(const struct session *s, struct flags *out) {
    char **replace = mem_zero((size_t)s->command.input_count, sizeof *replace);
    for (size_t i = 0; i < s->count; i++) {
        const struct source *source = &s->sources[i];
        if (!source->replace) continue;
        char *folder = mem_copy(source->spelled), *slash = strrchr(folder, '/');
        char *map = mem_format("-fdebug-prefix-map=%s=%s", source->tree, source->root);
        if (slash) *slash = 0;
        flags_add(out, "-iquote");
        flags_add(out, slash ? *folder ? folder : "/" : ".");
        flags_add(out, map);
        replace[source->input] = source->replace;
        free(map);
        free(folder);
    }
    cc_command_compile(&s->command, replace, out);
    turn_includes(s, out);
    free(replace);
}

static bool is_empty(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && status.st_size == 0;
}

static bool write_rule(const struct session *s) {
    struct flags arguments = {0};
    cc_command_depends(&s->command, &arguments);
    int status = run_compiler(s, &arguments, "/dev/null", "/dev/null");
    flags_free(&arguments);
    return status == 0;
}

static int compile(const struct session *s) {
    struct flags arguments = {0};
    char *errors = mem_format("%s/errors", s->work);
    make_command(s, &arguments);
    int status = run_compiler(s, &arguments, NULL, errors);
    bool silent = status == 0 && is_empty(errors);
    if (!silent || (s->command.depends && !write_rule(s))) {
        int original = run_original(s);
        bool again = status == 0 && original == 0;
        if (again) status = run_compiler(s, &arguments, NULL, errors);
        write_log(s, status ? "the compiler refuses it then" : NULL);
        if (again && status) original = run_original(s);
        status = original;
    } else {
        write_log(s, NULL);
    }
    flags_free(&arguments);
    free(errors);
    return status;
}

static int work_in(const char *work, void *context) {
    struct session *s = context;
    size_t good = 0;
    s->work = work;
    for (size_t i = 0; i < s->count; i++) s->sources[i].tree = mem_format("%s/%zu", work, i);
    const struct jobs jobs = {s->count, 1, SCAN_SECONDS, rewrite_one, rewritten, s};
    if (jobs_run(&jobs) == 0)
        for (size_t i = 0; i < s->count; i++) good += s->sources[i].replace != NULL;
    if (good) return compile(s);
    write_log(s, NULL);
    return run_original(s);
}

int main(int argc, char **argv) {
    struct session s = {.typed = argv + 1};
    const char *off = getenv("LOOM_NOOP"), *folder = getenv("TMPDIR");
    report_as("loom-cc");
    if (!find_compiler(&s.compiler)) {
        report_error(1, "no compiler: neither gcc nor cc is in $PATH; name one in $LOOM_CC");
        return 127;
    }
    if (off && *off && strcmp(off, "0") != 0) pass_through(&s);
    if (!folder || folder[0] != '/') folder = "/tmp";
    if (!cc_command_read(&s.command, argc - 1, argv + 1) || !find_sources(&s) ||
        access(folder, W_OK | X_OK) != 0 || paths_own(&s.paths) != 0)
        pass_through(&s);
    char *work = mem_format("%s/loom-cc-%ld", folder, (long)getpid());
    return guard_run(work, work_in, &s);
}
