/* SPDX-License-Identifier: MIT */
/*
 * process.h: an instrumented process: what loom-pipe can ask its runtime.
 *
 * Every call is one locked exchange and returns 0 or an exit code of loom-pipe after it has said on
 * standard error what is wrong.
 *
 * Rule: a reply that does not come is no answer: the machine may be busy, and the runtime drops a
 * reply that nobody reads (LOOM_REPLY_MS). Requests that may be done twice are repeated until
 * CHANNEL_MS are over. A commit is not: whether it was done is asked for. The runtime does requests
 * one after the other, so the status that is asked for behind a commit knows.
 */
#ifndef LOOM_PROCESS_H
#define LOOM_PROCESS_H
#include "callgraph.h"
#include "channel.h"
#include "encode.h"
#include "image.h"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_FILTER = 1,
    EXIT_USAGE = 2,
    EXIT_PROCESS = 3,
    EXIT_PERMISSION = 4,
    EXIT_LATE = 5
};

/* Refusals of the runtime that a caller may expect: they are no errors then, and not printed. */
enum refusal {
    REFUSED_NOT = 0,
    REFUSED_STALE = 1,   /* stale-modules: another set of modules than the plan was made for */
    REFUSED_BUSY = 2,    /* busy: another client's --stop is under way */
    REFUSED_UNKNOWN = 4, /* no-such-filter */
    REFUSED_OTHER = 8
};

struct process {
    pid_t pid;
    struct channel channel;
    uint64_t modules_hash;
    int greeted; /* modules_hash is from a moment ago: process_load need not ask again */
    uint32_t thread_count, filter_count, slow_count;
    int fast;               /* nothing is installed or flagged */
    struct image image;     /* while tables are read */
    struct program program; /* after process_load */
    struct callgraph graph;
    unsigned char *loaded; /* per file: its table is in `program` */
    int quiet;             /* errors are not printed (--ps) */
    unsigned repeats;      /* of the last request */
    enum refusal refusal;  /* of the last request */
    unsigned expected;     /* a set of enum refusal */
};

/* Opens the channel, and finds out whether the runtime can serve. */
int process_open(struct process *process, pid_t pid, int quiet);
void process_close(struct process *process);

/* 0 if it may get filters: no thread of it is in a sandbox. Sends nothing. */
int process_may_change(struct process *process);

/* Asks for the present set of modules: sets modules_hash, and the counts. */
int process_hello(struct process *process);

/* Fetches the tables of all files into the program, and makes the call graph. */
int process_load(struct process *process);
/* Fetches the list of files, and the tables of those for which `wanted` is not 0 (null: none). The
 * others stay in the program without functions. */
int process_files(struct process *process, const unsigned char *wanted, size_t wanted_count);

/* One request with a text answer, unescaped by record_next. The caller frees answer->bytes. */
int process_ask(struct process *process, unsigned type, const void *payload, size_t size,
                struct bytes *answer);

/* Publishes a plan. *id is the filter's number. */
int process_publish(struct process *process, const struct blob *plan, uint32_t flags,
                    uint32_t deadline_ms, uint32_t *id);
int process_remove(struct process *process, uint32_t id);

/* "function file:line (call of callee)" of a point, in `text`; "?" if unknown. */
void process_place(const struct process *process, long long file, long long point, char *text,
                   size_t size);

#endif
