// SPDX-License-Identifier: MIT
/* options.c: see options.h. */
#include "options.h"
#include "report.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef LOOM_VERSION
#define LOOM_VERSION "0.1"
#endif

static const char usage[] =
    "usage: loom-rewrite [OPTION]... SRC OUT [-- CFLAGS]\n"
    "Makes OUT, a copy of the C tree SRC that builds the same way and behaves the same, and to\n"
    "which loom-pipe can send filters while it runs.\n"
    "\n"
    "  -p DB             a compile_commands.json, or the folder that holds it; without -p it is\n"
    "                    looked for in SRC and the folders below\n"
    "  -j N              scan N files at once (default: one per processor)\n"
    "  --poll-all-loops  poll in every loop, also in those that obviously end\n"
    "  --calls FILE      additions to the list of external calls: lines `NAME LETTERS`\n"
    "  --report FILE     write counts, and what was left alone, and why, to FILE too\n"
    "                    (OUT/.loom/report.txt)\n"
    "  --report-format text|json   of this FILE\n"
    "  --diff[=FILE]     print the changes (of one file, named from SRC on), and make no OUT\n"
    "  --help, --version\n"
    "\n"
    "With CFLAGS, or without compile_commands.json, every .c file below SRC is read with these\n"
    "flags, as if the compiler was started in SRC. `bear -- make` records a compile_commands.json\n"
    "during a build.\n";

enum { OPT_POLL = 256, OPT_DIFF, OPT_CALLS, OPT_REPORT, OPT_FORMAT, OPT_HELP, OPT_VERSION };

static const struct option longs[] = {
    {"poll-all-loops", no_argument, NULL, OPT_POLL},
    {"diff", optional_argument, NULL, OPT_DIFF},
    {"calls", required_argument, NULL, OPT_CALLS},
    {"report", required_argument, NULL, OPT_REPORT},
    {"report-format", required_argument, NULL, OPT_FORMAT},
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {"jobs", required_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static enum options_end wrong(void) {
    fputs("try: loom-rewrite --help\n", stderr);
    return OPTIONS_WRONG;
}

static bool read_jobs(const char *text, unsigned *jobs) {
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno || *end || end == text || *text == '-' || value < 1 || value > 1024) {
        report_error(-EINVAL, "-j %s: give a number from 1 to 1024", text);
        return false;
    }
    *jobs = (unsigned)value;
    return true;
}

static bool read_format(const char *text, enum report_format *format) {
    *format = strcmp(text, "json") == 0 ? REPORT_JSON : REPORT_TEXT;
    if (*format == REPORT_JSON || strcmp(text, "text") == 0) return true;
    report_error(-EINVAL, "--report-format %s: give text or json", text);
    return false;
}

/* Cuts `-- CFLAGS` off: getopt must not sort the compiler's options between ours. */
static int cut_cflags(struct options *options, int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            options->have_cflags = true;
            options->cflags = argv + i + 1;
            options->cflag_count = argc - i - 1;
            return i;
        }
    return argc;
}

static enum options_end read_operands(struct options *options, int count, char **operands) {
    int most = 2, least = options->diff ? 1 : 2;
    if (count < least || count > most) {
        report_error(-EINVAL, "%s: SRC and OUT are needed%s",
                     count < least ? "too few operands" : "too many operands",
                     count > most ? ", and flags for the compiler come after --" : "");
        return wrong();
    }
    if (options->database && options->have_cflags) {
        report_error(-EINVAL, "-p and -- exclude each other: flags come from the database, or "
                              "from the command line");
        return wrong();
    }
    if (options->report_format != REPORT_TEXT && !options->report) {
        report_error(-EINVAL, "--report-format needs --report FILE");
        return wrong();
    }
    options->source = operands[0];
    options->out = count > 1 ? operands[1] : NULL;
    if (!options->source[0] || (options->out && !options->out[0])) {
        report_error(-EINVAL, "SRC and OUT cannot be empty");
        return wrong();
    }
    return OPTIONS_RUN;
}

enum options_end options_read(struct options *options, int argc, char **argv) {
    memset(options, 0, sizeof *options);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    options->rewrite.jobs = processors > 0 ? (unsigned)processors : 1;
    argc = cut_cflags(options, argc, argv);
    for (int c; (c = getopt_long(argc, argv, "p:j:", longs, NULL)) != -1;) switch (c) {
        case 'p': options->database = optarg; break;
        case 'j':
            if (!read_jobs(optarg, &options->rewrite.jobs)) return wrong();
            break;
        case OPT_POLL: options->rewrite.poll_all_loops = true; break;
        case OPT_DIFF:
            options->diff = true;
            options->diff_file = optarg;
            break;
        case OPT_FORMAT:
            if (!read_format(optarg, &options->report_format)) return wrong();
            break;
        case OPT_CALLS: options->calls = optarg; break;
        case OPT_REPORT: options->report = optarg; break;
        case OPT_HELP: fputs(usage, stdout); return OPTIONS_DONE;
        case OPT_VERSION: puts("loom-rewrite " LOOM_VERSION); return OPTIONS_DONE;
        default: return wrong(); /* getopt has said what */
        }
    return read_operands(options, argc - optind, argv + optind);
}
