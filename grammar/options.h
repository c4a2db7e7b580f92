/* SPDX-License-Identifier: MIT */
/* options.h: the command line of loom-pipe. */
#ifndef LOOM_OPTIONS_H
#define LOOM_OPTIONS_H
#include <sys/types.h>

enum verb {
    VERB_INSTALL,
    VERB_EXPLAIN,
    VERB_PLAN,
    VERB_LIST,
    VERB_STATUS,
    VERB_REMOVE,
    VERB_SLOTS,
    VERB_EVENTS,
    VERB_PS,
    VERB_HELP,
    VERB_VERSION
};

struct options {
    enum verb verb;
    pid_t pid;
    const char *text, *file; /* -e, -f; neither: standard input */
    const char *pattern;     /* --slots */
    const char *removed;     /* --remove: name, number, or "all" */
    const char *source;      /* --source, or null: the current directory */
    int timeout_ms, timeout_given;
    const char *plan;        /* --plan: the file to write */
    int stop, all_or_nothing, later, force, wait;
    int json, dot; /* neither: text */
};

/* 0, or the exit code EXIT_USAGE after a message. */
int options_read(struct options *options, int count, char **words);
void options_help(void);

#endif
