// SPDX-License-Identifier: MIT
/* process.c: see process.h. */
#include "process.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "record.h"
#include "rt/table.h"
#include "turn.h"

static int complain(const struct process *process, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static int complain(const struct process *process, int code, const char *format, ...) {
    va_list arguments;
    if (process->quiet) return code;
    va_start(arguments, format);
    fprintf(stderr, "loom-pipe: ");
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return code;
}

static int sandboxed(const struct process *process) {
    return complain(process, EXIT_PROCESS,
                    "process %d has a seccomp filter (thread %d), which may kill it for a system "
                    "call of Loom's: Loom does nothing in it",
                    (int)process->pid, channel_sandboxed(process->pid));
}

static int no_channel(const struct process *process, int error) {
    int pid = (int)process->pid;
    switch (error) {
    case -ESRCH: return complain(process, EXIT_PROCESS, "there is no process %d", pid);
    case -EACCES:
        return complain(process, EXIT_PERMISSION,
                        "process %d belongs to somebody else: only its owner and root may", pid);
    case -ENXIO:
        return complain(process, EXIT_PROCESS,
                        "process %d is not instrumented: there is no Loom in it", pid);
    case -EAGAIN:
        return complain(process, EXIT_PROCESS,
                        "process %d has a single thread: there is nothing "
                        "to protect yet, and Loom starts with the second thread",
                        pid);
    case -EPROTO: return sandboxed(process);
    case -ENOTCONN:
        if (channel_sandboxed(process->pid)) return sandboxed(process);
        return complain(process, EXIT_PROCESS,
                        "Loom is switched off in process %d: it has no helper thread, which is so "
                        "in a process that runs with raised privileges, or changed its root before "
                        "its second thread",
                        pid);
    default: return complain(process, EXIT_PROCESS, "process %d: %s", pid, strerror(-error));
    }
}

static int exchange_failed(const struct process *process, int error) {
    int pid = (int)process->pid;
    if (error == -EPIPE) return complain(process, EXIT_PROCESS, "process %d has ended", pid);
    if (error == -EWOULDBLOCK)
        return complain(process, EXIT_LATE, "another loom-pipe is talking to process %d", pid);
    if (error == -ETIMEDOUT)
        return complain(process, EXIT_LATE,
                        "Loom in process %d does not answer: it was asked for %d s", pid,
                        CHANNEL_MS / 1000);
    return complain(process, EXIT_PROCESS, "process %d: %s", pid, strerror(-error));
}

static enum refusal refusal_of(const char *code) {
    if (strcmp(code, "stale-modules") == 0) return REFUSED_STALE;
    if (strcmp(code, "busy") == 0) return REFUSED_BUSY;
    return strcmp(code, "no-such-filter") == 0 ? REFUSED_UNKNOWN : REFUSED_OTHER;
}

/* An `error CODE TEXT` line, as an exit code. */
static int refused(struct process *process, char *answer) {
    char *code = answer + strlen("error "), *text = code + strcspn(code, " \n");
    int single = strncmp(code, "single-thread", 13) == 0;
    if (*text) *text++ = 0;
    text += strspn(text, " ");
    text[strcspn(text, "\n")] = 0;
    unescape(text);
    process->refusal = refusal_of(code);
    if (!(process->expected & process->refusal))
        complain(process, EXIT_FILTER, "process %d refuses: %s (%s)", (int)process->pid,
                 *text ? text : "no reason given", code);
    if (single || !strncmp(code, "off", 3) || !strncmp(code, "seccomp", 7)) return EXIT_PROCESS;
    if (!strcmp(code, "EPERM") || !strcmp(code, "EACCES")) return EXIT_PERMISSION;
    return process->refusal == REFUSED_BUSY ? EXIT_LATE : EXIT_FILTER;
}

static int may_repeat(unsigned type) {
    return type != LOOM_PLAN_DATA && type != LOOM_PLAN_COMMIT;
}

/* 0, or what channel_ask says. */
static int ask_often(struct process *process, unsigned type, const void *payload, size_t size,
                     struct bytes *answer) {
    int64_t end = now_ms() + CHANNEL_MS;
    int tries = may_repeat(type) ? TRY_MS : CHANNEL_MS / 2;
    int error = channel_ask(&process->channel, type, payload, size, answer, tries);
    process->repeats = 0;
    while (error == -ETIMEDOUT && may_repeat(type) && now_ms() < end) {
        process->repeats++;
        error = channel_ask(&process->channel, type, payload, size, answer, TRY_MS);
    }
    return error;
}

static int ask_locked(struct process *process, unsigned type, const void *payload, size_t size,
                      struct bytes *answer) {
    process->refusal = REFUSED_NOT;
    int error = ask_often(process, type, payload, size, answer);
    if (error == -ETIMEDOUT && type == LOOM_PLAN_COMMIT) return EXIT_LATE; /* see find_committed */
    if (error) return exchange_failed(process, error);
    if (!answer || type == LOOM_TABLE || strncmp(answer->bytes, "error ", 6) != 0) return 0;
    int code = refused(process, answer->bytes);
    free(answer->bytes);
    *answer = (struct bytes){0};
    return code;
}

int process_ask(struct process *process, unsigned type, const void *payload, size_t size,
                struct bytes *answer) {
    int error = channel_lock(&process->channel, LOCK_MS);
    if (error) return exchange_failed(process, error);
    int code = ask_locked(process, type, payload, size, answer);
    channel_unlock(&process->channel);
    return code;
}

/* ---- opening --------------------------------------------------------------------------------- */

static int read_hello(struct process *process, char *text) {
    struct record record;
    if (!record_next(&text, &record) || !record_is(&record, "runtime"))
        return complain(process, EXIT_PROCESS, "process %d answers nonsense", (int)process->pid);
    const char *state = record_get(&record, "state"), *reason = record_get(&record, "reason");
    if (strcmp(state, "single-thread") == 0) return no_channel(process, -EAGAIN);
    if (strcmp(state, "off") == 0)
        return complain(process, EXIT_PROCESS, "Loom switched itself off in process %d: %s",
                        (int)process->pid, *reason ? reason : "no reason given");
    process->modules_hash = strtoull(record_get(&record, "modules"), NULL, 16);
    process->thread_count = (uint32_t)record_number(&record, "threads", 0);
    process->filter_count = (uint32_t)record_number(&record, "filters", 0);
    process->slow_count = (uint32_t)record_number(&record, "slow-functions", 0);
    process->fast = record_number(&record, "fast", 0) == 1;
    return 0;
}

int process_hello(struct process *process) {
    struct bytes answer;
    int code = process_ask(process, LOOM_HELLO, NULL, 0, &answer);
    if (code) return code;
    code = read_hello(process, answer.bytes);
    free(answer.bytes);
    return code;
}

int process_open(struct process *process, pid_t pid, int quiet) {
    *process = (struct process){.pid = pid, .quiet = quiet};
    int error = channel_open(&process->channel, pid);
    if (error) return no_channel(process, error);
    turn_choose(pid, process->channel.helper);
    process->greeted = 1;
    return process_hello(process);
}

static void forget_program(struct process *process) {
    callgraph_free(&process->graph);
    program_free(&process->program);
    free(process->loaded);
    process->loaded = NULL;
}

void process_close(struct process *process) {
    if (process->channel.requests >= 0) turn_end(process->pid, process->channel.helper);
    channel_close(&process->channel);
    forget_program(process);
}

/* ---- tables ---------------------------------------------------------------------------------- */

enum { CHUNK = 1 << 20 };

static int fetch_table(struct process *process, uint32_t file, size_t size, struct bytes *table) {
    *table = (struct bytes){.bytes = take(size + 1, 1)};
    while (table->size < size) {
        uint32_t request[2] = {file, (uint32_t)table->size};
        struct bytes part;
        int code = ask_locked(process, LOOM_TABLE, request, sizeof request, &part);
        if (code) return code;
        if (part.size == 0 || part.size > size - table->size) {
            free(part.bytes);
            return complain(process, EXIT_PROCESS, "process %d sends a table of the wrong size",
                            (int)process->pid);
        }
        memcpy(table->bytes + table->size, part.bytes, part.size);
        table->size += part.size;
        free(part.bytes);
    }
    return 0;
}

/* From the file it is in if that can be; the helper has other things to do. */
static int read_table(struct process *process, const struct record *record, uint32_t file,
                      size_t size, struct bytes *table) {
    long long at = record_number(record, "at", 0);
    *table = (struct bytes){.bytes = take(size + 1, 1), .size = size};
    if (at > 0 && !image_read(&process->image, (uint64_t)at, size, table->bytes)) return 0;
    free(table->bytes);
    return fetch_table(process, file, size, table);
}

static const char empty_table[] = "loom 1\n";

static int add_file(struct process *process, const struct record *record, int wanted) {
    uint32_t index = (uint32_t)record_number(record, "index", 0);
    long long size = record_number(record, "table", -1),
              points = record_number(record, "points", -1),
              functions = record_number(record, "functions", -1);
    const char *path = record_get(record, "path"), *why;
    struct bytes table = {0};
    uint32_t number = process->program.file_count;
    int in_order = number == 0 || process->program.files[number - 1].index < index;
    if (!in_order || size < 0 || size > 1 << 30 || points < 0 || points > 1 << 28 ||
        functions < 0 || functions > 1 << 28)
        return complain(process, EXIT_PROCESS, "process %d lists its files wrongly",
                        (int)process->pid);
    int code = wanted ? read_table(process, record, index, (size_t)size, &table) : 0;
    if (!code &&
        program_add(&process->program, path, strtoull(record_get(record, "hash"), NULL, 16),
                    (uint32_t)points, (uint32_t)functions, wanted ? table.bytes : empty_table,
                    wanted ? table.size : sizeof empty_table - 1, &why))
        code =
            complain(process, EXIT_PROCESS, "the slot table of %s cannot be read: %s", path, why);
    else if (!code)
        process->program.files[number].index = index;
    free(table.bytes);
    return code;
}

static int add_files(struct process *process, char *text, const unsigned char *wanted,
                     size_t count) {
    struct record record;
    int code = 0;
    process->loaded = take(strlen(text) + 1, 1); /* more than there are lines */
    while (!code && record_next(&text, &record)) {
        uint32_t number = process->program.file_count;
        long long index = record_number(&record, "index", -1);
        if (!record_is(&record, "file")) continue;
        process->loaded[number] = index >= 0 && (size_t)index < count && wanted[index];
        code = add_file(process, &record, process->loaded[number]);
    }
    if (!code) program_join(&process->program);
    return code;
}

int process_files(struct process *process, const unsigned char *wanted, size_t count) {
    struct bytes answer;
    forget_program(process);
    int error = channel_lock(&process->channel, LOCK_MS);
    if (error) return exchange_failed(process, error);
    int code = ask_locked(process, LOOM_FILES, NULL, 0, &answer);
    if (!code) {
        image_open(&process->image, process->pid, process->channel.helper);
        code = add_files(process, answer.bytes, wanted, count);
        image_close(&process->image);
        free(answer.bytes);
    }
    channel_unlock(&process->channel);
    return code;
}

int process_load(struct process *process) {
    static unsigned char all[1 << 16]; /* files; more than any process has */
    memset(all, 1, sizeof all);
    int code = process->greeted ? 0 : process_hello(process); /* other modules, perhaps */
    process->greeted = 0;
    if (!code) code = process_files(process, all, sizeof all);
    if (!code) callgraph_make(&process->graph, &process->program);
    return code;
}

int process_may_change(struct process *process) {
    return channel_sandboxed(process->pid) ? sandboxed(process) : 0;
}

/* ---- plans ----------------------------------------------------------------------------------- */

static int send_plan(struct process *process, const struct blob *plan) {
    unsigned char payload[LOOM_PAYLOAD_MAX];
    uint32_t size = (uint32_t)plan->size;
    struct bytes answer;
    int code = ask_locked(process, LOOM_PLAN_BEGIN, &size, sizeof size, &answer);
    if (code) return code;
    free(answer.bytes);
    for (uint32_t at = 0; at < size && !code;) {
        uint32_t part = (uint32_t)(sizeof payload - sizeof at);
        if (part > size - at) part = size - at;
        memcpy(payload, &at, sizeof at);
        memcpy(payload + sizeof at, plan->bytes + at, part);
        code = ask_locked(process, LOOM_PLAN_DATA, payload, sizeof at + part, NULL);
        at += part;
    }
    return code;
}

/* The filter's number in the answer to a commit; -1: none. */
static long long committed_id(char *text) {
    struct record record;
    return record_next(&text, &record) ? record_number(&record, "id", -1) : -1;
}

/* Is it the filter of this plan, and there to stay? */
static int is_of_plan(const struct record *record, const struct blob *plan) {
    struct loom_plan head;
    memcpy(&head, plan->bytes, sizeof head);
    const char *state = record_get(record, "state"), *text = record_get(record, "text");
    const unsigned char *end = plan->bytes + head.size,
                        *own =
                            end - ((head.name_size + head.text_size + 7u) & ~7u) + head.name_size;
    return record_is(record, "filter") && strcmp(state, "removing") != 0 &&
           strcmp(state, "rolled-back") != 0 && strlen(text) == head.text_size &&
           memcmp(text, own, head.text_size) == 0;
}

/* The answer to a commit was lost. A moment before no filter of this text was installed
 * (install.c), so one that is there now is the one, or another loom-pipe's that does the same. */
static int find_committed(struct process *process, const struct blob *plan, long long *id) {
    const uint32_t all = 0;
    struct bytes answer;
    struct record record;
    int code = ask_locked(process, LOOM_STATUS, &all, sizeof all, &answer);
    *id = -1;
    if (code)
        return complain(process, code,
                        "whether the filter is installed in process %d is not known: "
                        "loom-pipe --list %d says it later",
                        (int)process->pid, (int)process->pid);
    for (char *text = answer.bytes; record_next(&text, &record);)
        if (is_of_plan(&record, plan)) *id = record_number(&record, "id", -1);
    free(answer.bytes);
    if (*id >= 0) return 0;
    return complain(process, EXIT_LATE,
                    "process %d has not installed the filter, and why was lost: try again",
                    (int)process->pid);
}

int process_publish(struct process *process, const struct blob *plan, uint32_t flags,
                    uint32_t deadline_ms, uint32_t *id) {
    uint32_t request[2] = {flags, deadline_ms};
    struct bytes answer = {0};
    long long number = -1;
    int error = channel_lock(&process->channel, LOCK_MS);
    if (error) return exchange_failed(process, error);
    int code = send_plan(process, plan), sent = !code;
    if (!code) code = ask_locked(process, LOOM_PLAN_COMMIT, request, sizeof request, &answer);
    if (!code)
        number = committed_id(answer.bytes);
    else if (sent && code == EXIT_LATE && !process->refusal)
        code = find_committed(process, plan, &number);
    channel_unlock(&process->channel);
    free(answer.bytes);
    if (code) return code;
    if (number < 0)
        return complain(process, EXIT_PROCESS, "process %d answers nonsense", (int)process->pid);
    *id = (uint32_t)number;
    return 0;
}

int process_remove(struct process *process, uint32_t id) {
    struct bytes answer;
    unsigned expected = process->expected;
    process->expected |= REFUSED_UNKNOWN;
    process->refusal = REFUSED_NOT;
    int code = process_ask(process, LOOM_REMOVE, &id, sizeof id, &answer);
    process->expected = expected;
    if (!code) free(answer.bytes);
    if (process->refusal != REFUSED_UNKNOWN) return code;
    if (process->repeats) return 0; /* done, and its reply was lost */
    return complain(process, code, "process %d: filter %u is not installed any more",
                    (int)process->pid, (unsigned)id);
}

/* ---- places ---------------------------------------------------------------------------------- */

void process_place(const struct process *process, long long file, long long point, char *text,
                   size_t size) {
    const struct program *p = &process->program;
    uint32_t node = NONE, call = NONE;
    uint32_t number = file_number(p, file);
    snprintf(text, size, "?");
    if (number == NONE) return;
    snprintf(text, size, "%s", p->files[number].path);
    if (point >= 0 && point < NONE) find_point(p, number, (uint32_t)point, &node, &call);
    if (call != NONE) {
        const struct call *site = &p->calls[call];
        uint32_t at = site->node == NONE ? 0 : p->nodes[site->node].line;
        int named = site->how != CALL_INDIRECT && site->callee != NONE;
        snprintf(text, size, "%s %s:%u, in %s", function_name(p, site->function),
                 p->files[number].path, at, named ? p->names.texts[site->callee] : "a call");
    } else if (node != NONE) {
        snprintf(text, size, "%s %s:%u", function_name(p, p->nodes[node].function),
                 p->files[number].path, p->nodes[node].line);
    }
}
