// SPDX-License-Identifier: MIT
/*
 * main.c: loom-rewrite, from SRC to OUT. The order of the stages is in `rewrite` below:
 *
 *   options, paths       what is asked; what cannot work is refused before anything is made
 *   compdb               units: which files are compiled, and how
 *   tree_copy            a complete copy of SRC in the work folder
 *   stage_scan           one process per unit: facts, or a reason why there are none
 *   stage_merge, _place, _emit      facts to rewritten files in the copy
 *   report               what was left alone
 *   update, tree_seal    what an OUT that is there keeps; modes and times of the originals
 *   tree_publish         the copy gets the name OUT, in one step
 *
 * All of it runs under the guard (guard.h): whatever happens, OUT is complete or absent, or as it
 * was.
 */
#include "cache.h"
#include "calls.h"
#include "compdb.h"
#include "guard.h"
#include "jobs.h"
#include "mem.h"
#include "mixed.h"
#include "options.h"
#include "paths.h"
#include "progress.h"
#include "report.h"
#include "stack.h"
#include "stages.h"
#include "tree.h"
#include "update.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SCAN_SECONDS = 120, MOST_REASONS = 3 };

struct run {
    const struct options *options;
    struct paths paths;
    struct units units;
    bool strict; /* neither a database nor flags: a file that does not parse is an error */
    const char *work;
    char **facts; /* per unit; NULL once it failed */
    size_t *misses, miss_count; /* units whose facts of an earlier run do not hold */
    size_t parsed;
    size_t changed; /* files of OUT, if it was there */
    struct rewrite_totals totals;
};

/* ---- scanning -------------------------------------------------------------------------------- */

static int scan_one(size_t number, void *context) {
    const struct run *run = context;
    const struct unit *unit = &run->units.list[run->misses[number]];
    if (chdir(unit->directory) != 0) return 1;
    return stage_scan(unit, run->paths.root, run->facts[run->misses[number]]);
}

/* The log has one reason per line; the first ones tell what is wrong. */
static size_t note_log(const char *facts, const char *below) {
    char *path = mem_format("%s.log", facts), *line = NULL;
    size_t room = 0, lines = 0;
    FILE *log = fopen(path, "re");
    while (log && getline(&line, &room, log) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (lines++ < MOST_REASONS)
            report_note(below, 0, "not rewritten, it does not parse: %s", line);
    }
    free(line);
    if (log) fclose(log);
    unlink(path);
    free(path);
    return lines;
}

static void scan_done(size_t miss, const struct job_end *end, void *context) {
    struct run *run = context;
    size_t number = run->misses[miss];
    const char *below = paths_below(run->units.list[number].file, run->paths.root);
    progress_step(below);
    if (!end->status && !end->signal) {
        run->parsed++;
        return;
    }
    if (end->timed_out)
        report_note(below, 0, "not rewritten: reading it took more than %d s", SCAN_SECONDS);
    else if (end->signal)
        report_note(below, 0, "not rewritten: the parser crashed on it (%s)",
                    strsignal(end->signal));
    else if (!note_log(run->facts[number], below))
        report_note(below, 0, "not rewritten, it does not parse");
    unlink(run->facts[number]);
    free(run->facts[number]);
    run->facts[number] = NULL;
}

/* Drops the places of failed units; returns how many are left. */
static size_t pack_facts(struct run *run) {
    size_t kept = 0;
    for (size_t i = 0; i < run->units.count; i++)
        if (run->facts[i]) {
            char *facts = run->facts[i];
            run->facts[i] = NULL;
            run->facts[kept++] = facts;
        }
    return kept;
}

static int check_parsed(const struct run *run, const char *reasons) {
    size_t failed = run->units.count - run->parsed;
    if (failed == 0 || (run->parsed > 0 && !run->strict)) return 0;
    report_write(reasons, REPORT_TEXT);
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(reasons, "re");
    for (int i = 0; file && i < 5 && getline(&line, &room, file) > 0; i++) fputs(line, stderr);
    if (file) fclose(file);
    free(line);
    return report_error(-EINVAL, "%zu of %zu files do not parse%s", failed, run->units.count,
                        run->strict ? " without flags: record the compile commands with "
                                      "`bear -- make` in SRC, or give flags after --"
                                    : "; are the flags those of the build?");
}

/* Facts are kept in OUT/.loom/facts; those that still hold come from there. */
static void find_facts(struct run *run, const char *folder) {
    char *old_folder = mem_format("%s/.loom/facts", run->paths.out ? run->paths.out : "");
    run->facts = mem_zero(run->units.count, sizeof *run->facts);
    run->misses = mem_zero(run->units.count, sizeof *run->misses);
    for (size_t i = 0; i < run->units.count; i++) {
        const struct unit *unit = &run->units.list[i];
        run->facts[i] = cache_path(folder, run->paths.root, unit);
        char *old = cache_path(old_folder, run->paths.root, unit);
        if (run->paths.update && cache_take(old, run->facts[i])) run->parsed++;
        else run->misses[run->miss_count++] = i;
        free(old);
    }
    free(old_folder);
}

static int make_facts_folder(const char *tree, const char *folder) {
    char *parent = mem_format("%s/.loom", tree);
    int error = 0;
    if (mkdir(parent, 0777) != 0 || mkdir(folder, 0777) != 0)
        error = report_error(-errno, "%s: %m", folder);
    free(parent);
    return error;
}

static int scan(struct run *run, const char *tree) {
    char *folder = mem_format("%s/.loom/facts", tree);
    int error = make_facts_folder(tree, folder);
    if (!error) find_facts(run, folder);
    const struct jobs jobs = {
        run->miss_count, run->options->rewrite.jobs, SCAN_SECONDS, scan_one, scan_done, run};
    progress_start("scan", run->miss_count);
    if (!error) error = jobs_run(&jobs);
    progress_end();
    char *reasons = mem_format("%s/reasons", run->work);
    if (!error) error = check_parsed(run, reasons);
    free(reasons);
    free(folder);
    return error;
}

/* ---- the stages ------------------------------------------------------------------------------ */

static void note_unspeakable(const struct run *run) {
    for (size_t i = 0; i < run->units.count; i++) {
        const char *below = paths_below(run->units.list[i].file, run->paths.root);
        if (below && !paths_speakable(below))
            report_note(below, 0, "not rewritten: an #include cannot name a file whose path has a "
                                  "quote, a backslash or a control character");
    }
}

static int find_units(struct run *run) {
    const struct options *options = run->options;
    char *database = NULL;
    int error = 0;
    if (options->database || !options->have_cflags)
        error = compdb_find(run->paths.root, options->database, &database);
    if (error) return error;
    if (database)
        error = compdb_load(database, run->paths.root, run->work, &run->units);
    else
        error = compdb_plain(run->paths.root, options->cflag_count, options->cflags, &run->units);
    mixed_follow(&run->units.mixed, run->paths.root);
    note_unspeakable(run);
    run->strict = !database && !options->have_cflags;
    if (run->units.outside)
        report_note(NULL, 0, "%zu compile commands are for files outside SRC", run->units.outside);
    if (run->units.other)
        report_note(NULL, 0, "%zu compile commands are for other languages than C: left alone",
                    run->units.other);
    free(database);
    return error;
}

static int transform(struct run *run, const char *tree) {
    struct rewrite_options options = run->options->rewrite;
    struct program *program = NULL;
    options.mixed = &run->units.mixed;
    options.runtime = run->paths.runtime;
    options.headers = run->paths.headers;
    stack_enlarge();
    int error = stage_merge(run->paths.root, run->facts, pack_facts(run), &program);
    if (!error) error = stage_place(program, &options);
    if (!error) error = stage_emit(program, tree, &options, &run->totals);
    totals_report(&run->totals);
    program_free(program);
    return error;
}

static int write_reports(const struct run *run, const char *tree) {
    char *folder = mem_format("%s/.loom", tree), *inside = mem_format("%s/report.txt", folder);
    int error = 0;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) error = report_error(-errno, "%s: %m", folder);
    if (!error) error = report_write(inside, REPORT_TEXT);
    if (!error && run->options->report)
        error = report_write(run->options->report, run->options->report_format);
    free(inside);
    free(folder);
    return error;
}

static int rewrite(struct run *run, struct tree *tree) {
    int error = run->options->calls ? calls_load(run->options->calls) : 0;
    if (!error) error = find_units(run);
    if (!error) error = tree_copy(tree);
    if (!error) error = scan(run, tree->copy);
    if (!error) error = transform(run, tree->copy);
    if (!error && run->options->diff) return tree_diff(tree, run->options->diff_file);
    if (!error) error = write_reports(run, tree->copy);
    struct update update = {.root = run->paths.root, .tree = tree->copy,
                            .out = run->paths.update ? run->paths.out : NULL};
    tree->update = &update;
    if (!error) error = update_tree(&update);
    if (!error) error = tree_seal(tree);
    if (!error) error = tree_publish(tree);
    run->changed = update.changed;
    names_free(&update.kept);
    return error;
}

/* ---- the command ----------------------------------------------------------------------------- */

static double seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void summarize(const struct run *run, double took) {
    const struct rewrite_totals *totals = &run->totals;
    printf("%s: %u files, %u functions, %u slots, %u polls, %u call sites; %u places left alone"
           " (.loom/report.txt); %.1f s\n",
           run->options->out, totals->files, totals->functions, totals->slots, totals->polls,
           totals->sites, totals->left_alone, took);
    if (run->paths.update)
        printf("brought up to date: %zu of %zu files read again, %zu of OUT changed\n",
               run->miss_count, run->units.count, run->changed);
    if (run->parsed < run->units.count)
        printf("%zu of %zu files do not parse and were copied as they are\n",
               run->units.count - run->parsed, run->units.count);
}

/* In the guard's child. */
static int work_in(const char *work, void *context) {
    struct run *run = context;
    double start = seconds();
    run->work = work;
    char *copy = mem_format("%s/tree", work);
    struct tree tree = {.root = run->paths.root, .spelled = run->paths.spelled, .copy = copy,
                        .out = run->paths.out};
    int error = rewrite(run, &tree);
    progress_end();
    if (!error && !run->options->diff) summarize(run, seconds() - start);
    for (size_t i = 0; run->facts && i < run->units.count; i++) free(run->facts[i]);
    free(run->facts);
    free(run->misses);
    free(copy);
    compdb_free(&run->units);
    report_free();
    return error ? 1 : 0;
}

int main(int argc, char **argv) {
    struct options options;
    switch (options_read(&options, argc, argv)) {
    case OPTIONS_DONE: return fflush(stdout) == 0 ? 0 : 1;
    case OPTIONS_WRONG: return 2;
    case OPTIONS_RUN: break;
    }
    struct run run = {.options = &options};
    int status = 1;
    if (paths_find(&run.paths, &options) == 0) status = guard_run(run.paths.work, work_in, &run);
    paths_free(&run.paths);
    return status;
}
