// SPDX-License-Identifier: MIT
/*
 * loom-pipe: installs filters in a running process, and tells what is installed.
 *
 * The list of passes below is the architecture: text comes in, becomes filters, meets the slot
 * tables of the process, becomes operations, an analysis and a plan, and goes through the pipe.
 */
#include <signal.h>
#include <stdio.h>
#include "beside.h"
#include "install.h"
#include "keep.h"
#include "rt/table.h"
#include "session.h"
#include "slots.h"
#include "status.h"

typedef int pass(struct session *);

static int open_process(struct session *s) {
    return process_open(&s->process, s->options.pid, 0);
}

/* After it was opened, which says whether it is there at all. */
static int may_change(struct session *s) {
    return process_may_change(&s->process);
}

/* The text is judged before the process is touched: its errors do not depend on it. */
static pass *const install[] = {pass_read,    pass_lower,   open_process, may_change,  pass_load,
                                pass_resolve, pass_analyse, pass_beside,  pass_encode, pass_publish,
                                pass_report,  pass_watch,   NULL};
static pass *const explain[] = {pass_read,    pass_lower,  open_process, pass_load,    pass_resolve,
                                pass_analyse, pass_beside, pass_report,  pass_explain, NULL};

static pass *const plan[] = {pass_read,    pass_lower,   open_process, pass_load,
                             pass_resolve, pass_analyse, pass_beside,  pass_encode,
                             pass_report,  pass_keep,    NULL};

static int run(struct session *s, pass *const *passes) {
    int code = 0;
    s->start_us = now_us();
    while (!code && *passes) code = (*passes++)(s);
    if (code && s->diagnostics.count) pass_report(s);
    return code;
}

static int ask(struct session *s) {
    struct options *options = &s->options;
    struct process *process = &s->process;
    int code = open_process(s);
    if (code) return code;
    switch (options->verb) {
    case VERB_LIST: return print_list(process, 0, options->json);
    case VERB_STATUS: return print_list(process, 1, options->json);
    case VERB_EVENTS: return print_events(process, options->json);
    case VERB_REMOVE: return install_remove(process, options);
    default: break;
    }
    code = process_load(process);
    return code ? code : print_slots(&process->program, options->pattern, options->json);
}

int main(int count, char **words) {
    static struct session session = {.process.channel = {.requests = -1, .replies = -1}};
    signal(SIGPIPE, SIG_IGN);
    int code = options_read(&session.options, count, words);
    if (code) return code;
    switch (session.options.verb) {
    case VERB_HELP: options_help(); break;
    case VERB_VERSION:
        printf("loom-pipe 0.1 (protocol %u, slot table %d)\n", LOOM_PROTOCOL, LOOM_TABLE_VERSION);
        break;
    case VERB_PS: code = print_processes(session.options.json); break;
    case VERB_INSTALL: code = run(&session, install); break;
    case VERB_PLAN: code = run(&session, plan); break;
    case VERB_EXPLAIN: code = run(&session, explain); break;
    default: code = ask(&session); break;
    }
    session_close(&session);
    if (fflush(stdout) || ferror(stdout)) return code ? code : EXIT_USAGE;
    return code;
}
