/* SPDX-License-Identifier: MIT */
/*
 * session.h: one call of loom-pipe with a filter text: the values that the passes hand on.
 *
 *     read ─► lower ─► load ─► resolve ─► analyse ─► beside ─► encode ─► publish ─► watch
 *     text    filters  program operations analysis   checked   plan      id         in force
 *
 * Each pass returns 0 or an exit code. Nothing in the process changes before `publish`, and what
 * publish began it undoes if a later filter of the text is refused.
 */
#ifndef LOOM_SESSION_H
#define LOOM_SESSION_H
#include "options.h"
#include "process.h"

struct work { /* one filter of the text */
    const struct filter *filter;
    struct operations operations;
    struct analysis analysis;
    struct blob plan;
    uint32_t id;
    int already;   /* the same text is installed */
    int published; /* by this call */
};

struct session {
    struct options options;
    struct text text;
    char *bytes; /* of the text, if it was read from a file */
    struct filters filters;
    struct diagnostics diagnostics;
    struct process process;
    struct work *works; /* one per filter */
    int64_t start_us;
    int64_t waited_us;  /* for modules (--wait) */
    int64_t publish_us; /* when the plans began to be sent */
    int waiting;        /* --wait has said what for */
};

int pass_read(struct session *session);
int pass_lower(struct session *session);
int pass_load(struct session *session);
int pass_resolve(struct session *session);
int pass_analyse(struct session *session);
int pass_encode(struct session *session);
int pass_publish(struct session *session);
int pass_watch(struct session *session);
int pass_explain(struct session *session);

void session_close(struct session *session);
int pass_report(struct session *session); /* prints the diagnostics, once; 0 */

#endif
