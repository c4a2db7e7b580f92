// SPDX-License-Identifier: MIT
/* answer.c: replies to requests. See answer.h. */
#include "answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "activate.h"
#include "flags.h"
#include "install.h"
#include "state.h"
#include "sys.h"
#include "thread.h"

enum { TABLE_PART = 1 << 20 };

/* The request being answered. */
struct question {
    const struct loom_frame *head;
    const unsigned char *payload;
    const struct answer_places *places;
    struct text *reply;
};

static uint32_t word(const struct question *q, unsigned index) {
    uint32_t value = 0;
    if ((index + 1) * 4 <= q->head->length) memcpy(&value, q->payload + (size_t)index * 4, 4);
    return value;
}

static void fail(const struct question *q, const char *code_and_text) {
    text_clear(q->reply);
    text_add(q->reply, "error %s\n", code_and_text);
}

/* ---- the process ---- */

static void hello(const struct question *q) {
    unsigned count = 0, threads;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++)
        count += filters[i].phase != FILTER_FREE && filters[i].phase != FILTER_ROLLED_BACK;
    lock_take(&threads_lock);
    threads = threads_count();
    lock_drop(&threads_lock);
    text_add(q->reply, "runtime version=%u abi=%u pid=%d state=%s reason=", LOOM_PROTOCOL, LOOM_ABI,
             sys_pid(), state_is_off() ? "off" : "on");
    text_add_escaped(q->reply, state_reason());
    text_add(q->reply,
             " files=%u threads=%u filters=%u modules=%016llx fast=%d slow-functions=%u\n",
             module_count(), threads, count, (unsigned long long)modules_hash(), install_is_fast(),
             flags_slow_functions());
}

static void files(const struct question *q) {
    for (uint32_t i = 0; i < module_limit(); i++) {
        struct module *module = module_at(i);
        if (!module) continue;
        text_add(q->reply, "file index=%u path=", i);
        text_add_escaped(q->reply, module->file->path);
        text_add(q->reply, " hash=%016llx table=%lu points=%u functions=%u at=%llu\n",
                 module->file->hash, module->file->table_size, module->file->points,
                 module->file->functions, (unsigned long long)(uintptr_t)module->file->table);
    }
}

static void table(const struct question *q) {
    struct module *module = module_at(word(q, 0));
    uint32_t offset = word(q, 1);
    unsigned long size;
    if (!module) {
        fail(q, "ENOENT no such file");
        return;
    }
    size = module->file->table_size;
    if (offset >= size) return;
    size -= offset;
    text_add_bytes(q->reply, module->file->table + offset, size < TABLE_PART ? size : TABLE_PART);
}

/* ---- threads ---- */

/* The name of a thread, or "?". */
static void thread_name(int tasks, int tid, char name[static 32]) {
    char path[32];
    long size = -1;
    int fd = -1;
    snprintf(path, sizeof path, "%d/comm", tid);
    if (tasks >= 0) fd = sys_open(tasks, path);
    if (fd >= 0) {
        size = sys_read(fd, name, 31);
        sys_close(fd);
    }
    if (size <= 0) size = snprintf(name, 32, "?");
    if (name[size - 1] == '\n') size--;
    name[size] = 0;
}

/* How long the thread has been seen where it is. Caller holds RANK_THREADS. */
static uint64_t since(struct thread *thread, uint64_t now) {
    uint64_t state = LOAD(thread->shared.state);
    if (thread->seen_state != state || !thread->seen_ms) {
        thread->seen_state = state;
        thread->seen_ms = now;
    }
    return now - thread->seen_ms;
}

/* Caller holds RANK_THREADS. */
static void add_thread(const struct question *q, struct thread *thread) {
    uintptr_t state = LOAD(thread->shared.state);
    struct place place = module_place(state);
    char name[32];
    thread_name(q->places->tasks, thread->tid, name);
    text_add(q->reply, " tid=%d name=", thread->tid);
    text_add_escaped(q->reply, name);
    text_add(q->reply, " where=%s file=%d point=%u since_ms=%llu",
             !state                 ? "inside"
             : LOAD(thread->parked) ? "parked"
                                    : "outside",
             (int)place.file, place.file == MODULE_NONE ? 0 : place.point,
             (unsigned long long)since(thread, sys_now_ms()));
}

static void threads(const struct question *q) {
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) {
        text_add(q->reply, "thread");
        add_thread(q, t);
        text_add(q->reply, " active=%016llx\n", (unsigned long long)LOAD(t->active));
    }
    lock_drop(&threads_lock);
}

/* ---- filters ---- */

static const char *phase_name(const struct filter *filter) {
    static const char *const names[] = {[FILTER_FREE] = "free",
                                        [FILTER_STOPPING] = "stopping",
                                        [FILTER_PUBLISHED] = "published",
                                        [FILTER_IN_FORCE] = "in-force",
                                        [FILTER_CLOSING] = "removing",
                                        [FILTER_CLEARED] = "removing",
                                        [FILTER_ROLLED_BACK] = "rolled-back"};
    if (filter->suspended && filter->phase <= FILTER_IN_FORCE) return "suspended";
    return names[filter->phase];
}

static void missing(const struct question *q, const struct filter *filter) {
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) {
        uintptr_t state = LOAD(t->shared.state);
        if ((LOAD(t->active) | t->counted) & filter_mask(filter)) continue;
        if (filter->phase == FILTER_STOPPING && state && filter_safe(filter, state)) continue;
        text_add(q->reply, "missing id=%u", filter->id);
        add_thread(q, t);
        text_add(q->reply, "\n");
    }
    lock_drop(&threads_lock);
}

static void add_filter(const struct question *q, const struct filter *filter) {
    unsigned present, active;
    uint64_t now = sys_now_ms();
    activate_complete(filter, &present, &active);
    text_add(q->reply, "filter id=%u name=", filter->id);
    text_add_escaped(q->reply, filter->name);
    text_add(q->reply, " text=");
    text_add_escaped(q->reply, filter->text);
    text_add(q->reply, " state=%s since_ms=%llu force_ms=%lld", phase_name(filter),
             (unsigned long long)(now - filter->published_ms),
             filter->force_ms ? (long long)(filter->force_ms - filter->published_ms) : -1ll);
    text_add(q->reply, " threads=%u active=%u enters=%llu waits=%llu timeouts=%llu suspended=%d",
             present, active, (unsigned long long)filter_enters(filter),
             (unsigned long long)LOAD(filter->waits), (unsigned long long)LOAD(filter->timeouts),
             filter->suspended);
    text_add(q->reply, " skipped=%llu for_ms=%lld\n", (unsigned long long)LOAD(filter->skipped),
             !filter->end_ms         ? -1ll
             : filter->end_ms <= now ? 0ll
                                     : (long long)(filter->end_ms - now));
    if (filter->phase == FILTER_PUBLISHED || filter->phase == FILTER_STOPPING) missing(q, filter);
}

static void status(const struct question *q) {
    uint32_t id = word(q, 0);
    bool any = false;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) {
        if (filters[i].phase == FILTER_FREE || (id && filters[i].id != id)) continue;
        any = true;
        add_filter(q, &filters[i]);
    }
    if (id && !any) fail(q, "no-such-filter it is not installed");
}

static void remove_filter(const struct question *q) {
    uint32_t id = word(q, 0);
    unsigned count = install_remove(id);
    if (id && !count)
        fail(q, "no-such-filter it is not installed");
    else
        text_add(q->reply, "ok count=%u\n", count);
}

static void events(const struct question *q) {
    struct event event;
    for (uint64_t from = 1; event_next(from, &event); from = event.seq + 1) {
        text_add(q->reply, "event seq=%llu ms=%llu kind=%s filter=%u times=%u text=",
                 (unsigned long long)event.seq, (unsigned long long)(sys_now_ms() - event.at_ms),
                 event_name(event.kind), event.filter, event.times);
        text_add_escaped(q->reply, event.text);
        text_add(q->reply, "\n");
    }
}

/* ---- a plan on its way in ---- */

static struct {
    unsigned char *bytes;
    uint32_t size, received;
    uint64_t session;
} incoming;

static void forget_plan(void) {
    sys_unmap(incoming.bytes, incoming.size);
    memset(&incoming, 0, sizeof incoming);
}

static void plan_begin(const struct question *q) {
    uint32_t size = word(q, 0);
    forget_plan();
    if (size < sizeof(struct loom_plan) || size > LOOM_PLAN_MAX) {
        fail(q, "bad-plan its size is out of bounds");
        return;
    }
    if (!(incoming.bytes = sys_map(size))) {
        fail(q, "ENOMEM no memory for the plan");
        return;
    }
    incoming.size = size;
    incoming.session = q->head->session;
    text_add(q->reply, "ok\n");
}

static void plan_data(const struct question *q) {
    uint32_t offset = word(q, 0), size;
    if (q->head->length < 4 || incoming.session != q->head->session) return;
    size = q->head->length - 4;
    if (offset > incoming.size || size > incoming.size - offset) return;
    memcpy(incoming.bytes + offset, q->payload + 4, size);
    incoming.received += size;
}

static void plan_commit(const struct question *q) {
    const char *wrong;
    uint32_t id = 0;
    if (!incoming.bytes || incoming.session != q->head->session)
        wrong = "bad-plan none was begun in this session";
    else if (incoming.received != incoming.size)
        wrong = "bad-plan parts of it did not arrive";
    else if (word(q, 0) & ~(LOOM_COMMIT_STOP | LOOM_COMMIT_ALL_OR_NOTHING))
        wrong = "EINVAL unknown commit flags";
    else if (q->places->status >= 0 && sys_seccomp(q->places->status)) {
        sys_forbid_peek();
        wrong = "seccomp the process has a seccomp filter";
    } else
        wrong = install_publish(incoming.bytes, incoming.size, word(q, 0), word(q, 1), &id);
    if (wrong)
        fail(q, wrong);
    else
        text_add(q->reply, "ok id=%u\n", id);
    forget_plan();
}

void answer_after_fork(void) {
    forget_plan();
}

/* ---- all of them ---- */

bool answer_request(const struct loom_frame *head, const unsigned char *payload,
                    const struct answer_places *places, struct text *reply) {
    static void (*const answers[])(const struct question *) = {
        [LOOM_HELLO] = hello,         [LOOM_FILES] = files,
        [LOOM_TABLE] = table,         [LOOM_PLAN_BEGIN] = plan_begin,
        [LOOM_PLAN_DATA] = plan_data, [LOOM_PLAN_COMMIT] = plan_commit,
        [LOOM_STATUS] = status,       [LOOM_REMOVE] = remove_filter,
        [LOOM_EVENTS] = events,       [LOOM_THREADS] = threads};
    struct question question = {head, payload, places, reply};
    text_clear(reply);
    if (head->type == LOOM_REPLY) return false;
    if (head->type >= sizeof answers / sizeof answers[0]) {
        fail(&question, "ENOSYS unknown request");
        return true;
    }
    lock_take(&install_lock);
    answers[head->type](&question);
    lock_drop(&install_lock);
    if (reply->failed) {
        text_clear(reply);
        text_add(reply, "error ENOMEM no memory for the reply\n");
    }
    return head->type != LOOM_PLAN_DATA;
}
