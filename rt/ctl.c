// SPDX-License-Identifier: MIT
/* ctl.c: the helper thread. See ctl.h. */
#include "ctl.h"

#include <errno.h>

#include "answer.h"
#include "at_start.h"
#include "frame.h"
#include "install.h"
#include "state.h"
#include "sys.h"
#include "testpoint.h"
#include "thread.h"

enum { STACK_SIZE = 128 << 10, LARGER_STACK = 1 << 20, REPLY_PIPE = 1 << 20 };
enum { REAP_MS = 2000, AWAIT_MS = 100, SLICE_MS = 50 };
/* Ends of the pipes in the helper's own table; plan.h promises these numbers. */
enum { REQUEST_READ = 0, REQUEST_WRITE = 1, REPLY_READ = 2, REPLY_WRITE = 3 };
enum helper_life { HELPER_NONE, HELPER_STARTING, HELPER_RUNNING, HELPER_FORBIDDEN };

static uint32_t life;        /* enum helper_life */
static uint64_t await_until; /* ms; set with HELPER_STARTING: one limit for all who wait */
static struct frame_reader reader;
static struct text reply;
static struct answer_places places = {-1, -1};
static uint64_t session;
static int request_wait; /* the same pipe as REQUEST_READ; read waits here */

static int step(void) {
    int wait, early;
    lock_take(&install_lock);
    early = at_start_work();
    wait = install_work(sys_now_ms());
    lock_drop(&install_lock);
    return wait < 0 || (early >= 0 && early < wait) ? early : wait;
}

static void step_while_sending(void) {
    step();
}

/* Replies that a client left behind must not fill the pipe for the next one. */
static void drain_old_replies(void) {
    static char waste[LOOM_FRAME_MAX];
    while (sys_read(REPLY_READ, waste, sizeof waste) > 0) continue;
}

static void serve(void) {
    struct loom_frame head;
    const unsigned char *payload;
    bool more;
    do {
        more = frame_fill(&reader, REQUEST_READ);
        while ((payload = frame_next(&reader, !more, &head))) {
            if (head.session != session) drain_old_replies();
            session = head.session;
            if (!answer_request(&head, payload, &places, &reply)) continue;
            /* What needs no wait is done when the client asks for it. */
            if (head.type == LOOM_PLAN_COMMIT || head.type == LOOM_REMOVE) step();
            frame_reply(REPLY_WRITE, &head, reply.bytes, reply.used, step_while_sending);
        }
    } while (more);
}

/* The private table must be empty, so that the pipes get the numbers that plan.h promises. */
static int open_pipes(void) {
    int requests[2], replies[2], r;
    if ((r = sys_private_table())) return r;
    if ((r = sys_pipe(requests, 0))) return r;
    if ((r = sys_pipe(replies, REPLY_PIPE))) return r;
    if (requests[0] != REQUEST_READ || replies[1] != REPLY_WRITE) return -EBADF;
    request_wait = sys_open_waiting("/proc/thread-self/fd/0");
    if (request_wait < 0) return request_wait;
    places.status = sys_open(-1, "/proc/thread-self/status");
    places.tasks = sys_open(-1, "/proc/self/task");
    return 0;
}

static void begin_life(enum helper_life now) {
    STORE(life, now);
    sys_futex_wake(&life, 1 << 30);
}

void ctl_await(void) {
    while (LOAD(life) == HELPER_STARTING) {
        uint64_t now = sys_now_ms(), end = LOAD(await_until);
        if (now >= end) return;
        sys_futex_wait(&life, HELPER_STARTING, (unsigned)(end - now));
    }
}

/* A filter was put on all threads of the process: from now on only what libc itself does all the
 * time (lseek, read, futex, mprotect, mmap). No client comes any more: it sees the sandbox, too
 * (loom-pipe). Filters that are in force stay, and still end when their time is over. */
static _Noreturn void serve_nobody(void) {
    static const uint32_t never;
    sys_sandboxed();
    for (;;) {
        int wait;
        lock_take(&install_lock);
        wait = install_work(sys_now_ms());
        lock_drop(&install_lock);
        sys_futex_wait(&never, 0, wait < 0 ? 0 : wait ? (unsigned)wait : 1);
    }
}

static bool is_sandboxed(void) {
    return places.status >= 0 && sys_seccomp(places.status) > 0;
}

/* True if bytes of a request came; false after limit_ms (< 0: none). A sandbox may come between the
 * look for one and this wait: read and futex are all it takes. Slices grow while nobody asks, or while
 * read fails at once. */
static bool await_request(int limit_ms) {
    static const uint32_t never;
    static int slice_ms = 1;
    bool came;
    while (!(came = frame_fill(&reader, limit_ms < 0 ? request_wait : REQUEST_READ)) &&
           limit_ms) {
        int ms = limit_ms > 0 && limit_ms < slice_ms ? limit_ms : slice_ms;
        sys_futex_wait(&never, 0, (unsigned)ms);
        limit_ms = limit_ms < 0 ? 0 : limit_ms - ms;
        slice_ms = slice_ms * 2 < SLICE_MS ? slice_ms * 2 : SLICE_MS;
    }
    if (came) slice_ms = 1;
    return came;
}

static void *helper(void *unused) {
    uint64_t reap_at = 0;
    bool by_itself = false; /* nobody asked: a client looks for a sandbox before it does */
    int r;
    TESTPOINT("helper-begin");
    thread_is_helper();
    r = open_pipes();
    if (r) {
        event_add(EVENT_HELPER, 0, "the helper could not make its pipes: error %d", -r);
        begin_life(HELPER_NONE);
        return unused;
    }
    sys_thread_name(LOOM_THREAD_NAME);
    begin_life(HELPER_RUNNING);
    at_start_read();
    for (;;) {
        int wait;
        if (by_itself && is_sandboxed()) serve_nobody();
        wait = step();
        if (wait >= 0 && sys_now_ms() >= reap_at) {
            threads_reap();
            reap_at = sys_now_ms() + REAP_MS;
        }
        TESTPOINT("helper-step");
        by_itself = !await_request(wait);
        if (!by_itself) serve();
    }
}

void ctl_forbid(const char *reason) {
    STORE(life, HELPER_FORBIDDEN);
    event_add(EVENT_HELPER, 0, "no helper: %s", reason);
}

bool ctl_is_coming(void) {
    uint32_t now = LOAD(life);
    return now == HELPER_STARTING || now == HELPER_RUNNING;
}

bool ctl_is_running(void) {
    return LOAD(life) == HELPER_RUNNING;
}

void ctl_start(void) {
    uint32_t none = HELPER_NONE;
    int r, seccomp;
    if (LOAD(life) != HELPER_NONE || state_is_off()) return;
    STORE(await_until, sys_now_ms() + AWAIT_MS);
    if (!__atomic_compare_exchange_n(&life, &none, HELPER_STARTING, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
        return;
    if ((seccomp = sys_seccomp(-1))) { /* before any unusual system call */
        sys_forbid_peek();
        ctl_forbid(seccomp > 0 ? "the process has a seccomp filter"
                               : "no /proc to see whether the process has a seccomp filter");
        return;
    }
    r = sys_thread(helper, NULL, STACK_SIZE);
    if (r == -EINVAL) r = sys_thread(helper, NULL, LARGER_STACK); /* much thread-local data */
    if (!r) return;
    event_add(EVENT_HELPER, 0, "the helper thread could not start: error %d", -r);
    begin_life(HELPER_NONE);
}

void ctl_after_fork(void) {
    if (LOAD(life) != HELPER_FORBIDDEN) STORE(life, HELPER_NONE);
    reader.used = reader.start = 0;
    session = 0;
    places = (struct answer_places){-1, -1};
    answer_after_fork();
}
