// SPDX-License-Identifier: MIT
/* options.h: the command line of loom-rewrite. */
#ifndef LOOM_OPTIONS_H
#define LOOM_OPTIONS_H
#include "report.h"
#include "stages.h"

struct options {
    struct rewrite_options rewrite;
    const char *source;   /* SRC as typed */
    const char *out;      /* OUT as typed; NULL only with diff */
    const char *database; /* -p: a compile_commands.json or its folder, or NULL */
    const char *calls;    /* --calls, or NULL */
    const char *report;   /* --report, or NULL */
    enum report_format report_format;
    bool diff;
    const char *diff_file; /* of --diff: relative to SRC; NULL: all */
    bool have_cflags; /* `--` was given, perhaps with nothing behind it */
    char **cflags;
    int cflag_count;
};

enum options_end { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_WRONG };

/* Reads the command line. DONE: --help or --version was served; WRONG: the error was said. */
enum options_end options_read(struct options *options, int argc, char **argv);

#endif
