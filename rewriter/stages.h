// SPDX-License-Identifier: MIT
/*
 * stages.h: the stages of loom-rewrite, top to bottom along the data flow (see main.c).
 *
 *   SRC ─ compdb ─► units ─ scan (one process per unit) ─► facts files ─ merge ─► program
 *       ─ place ─► slots per function ─ emit ─► rewritten files + tables in the new tree
 *
 * A unit alone (loom-cc) goes the same way, but for the ends: stage_alone instead of stage_merge,
 * stage_emit_alone instead of stage_emit.
 *
 * Vocabulary
 *   unit      one compile command: a source file with its flags (a file may be in several units)
 *   root      the absolute, resolved path of SRC; every path in facts is relative to it
 *   facts     what scan learned of one unit, as text in a file; see facts.h
 *   program   the facts of all units united, keyed by (file, offset); see program.h
 *   report    what was left alone and why: lines `FILE[:LINE]: TEXT`, sorted, to --report
 *
 * Convention inside rewriter/: 0 or -errno; a message for the user is a `struct diag` line handed
 * to report_error (report.h) before the error is returned.
 */
#ifndef LOOM_STAGES_H
#define LOOM_STAGES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unit {
    char *file;      /* absolute path of the main source file */
    char *directory; /* working directory of the command */
    char **argv;     /* clang arguments, without compiler, -c, -o and the file */
    int argc;
};

struct program;

/* Parses one unit with libclang and writes its facts to `facts_path` (absent on failure). Runs in
 * a process of its own, in unit->directory, so that a crash of the parser costs one unit. Returns
 * 0, or -EINVAL if the unit does not parse (the reasons, one per line, are then in `facts_path`
 * with ".log" appended). Beside the facts it lists what it read (cache.h). */
int stage_scan(const struct unit *unit, const char *root, const char *facts_path);

struct names;

struct rewrite_options {
    const struct names *mixed; /* mixed.h; NULL: of a unit alone */
    bool poll_all_loops;
    unsigned jobs;        /* processes at once */
    const char *runtime;  /* absolute path of the libloom-rt.so.1 that belongs to this program */
    const char *headers;  /* absolute path of the folder with support_headers to copy */
};

/* What the stages have to say at the end. */
struct rewrite_totals {
    unsigned files, functions, left_alone; /* functions: those with slots; left_alone: others */
    unsigned statements; /* of functions that are not left alone */
    unsigned slots, runs;
    unsigned copied;             /* statements in runs: written twice */
    unsigned polls;              /* loops and labels with one */
    unsigned exempted, skipped;  /* loops without: they obviously end; there is no place for it */
    unsigned sites;              /* calls with a marker: they may block, or start a thread */
    unsigned indirect;           /* calls through pointers */
};

/* Unites facts files. Free with program_free. */
int stage_merge(const char *root, char *const *facts_paths, size_t count, struct program **out);

/* The same for one unit whose program is not known: what others define and call is guessed at. */
int stage_alone(const char *root, const char *facts_path, struct program **out);

/* Decides on slots, polls, runs and markers for every function; no text yet. */
int stage_place(struct program *program, const struct rewrite_options *options);

/* What is copied into OUT/.loom/ beside what is made for it. */
enum { SUPPORT_HEADERS = 3 };
extern const char *const support_headers[SUPPORT_HEADERS];

/* Writes each rewritten file over its copy in `tree` (a complete copy of SRC, not yet under its
 * final name) and tree/.loom/: support_headers, rt.h, PATH.h per file. Fills totals. */
int stage_emit(struct program *program, const char *tree, const struct rewrite_options *options,
               struct rewrite_totals *totals);

/* The same for a unit alone: writes its main file, and every header that changes or leads to one
 * that does, below `tree`, with the same path. main_shown: the main file as messages have it. */
int stage_emit_alone(struct program *program, const char *tree, const char *main_shown,
                     const struct rewrite_options *options, struct rewrite_totals *totals);

/* Hands them to the report. */
void totals_report(const struct rewrite_totals *totals);

void program_free(struct program *program);

#endif
