// SPDX-License-Identifier: MIT
/*
 * The runtime as a guest: fork, exits, faults of the system, hostile frames, the order of its own
 * locks; and the stop whose parked thread holds what the region needs.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/at_start.h"
#include "rt/ctl.h"
#include "rt/install.h"
#include "rt/op_lock.h"
#include "rt/state.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "tests/support/actor.h"

static struct client client;
static uint64_t modules;
static struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};

static uint32_t install(uint32_t flags) {
    size_t size;
    void *plan = demo_plan(modules, 0, 0, &size);
    uint32_t id = client_install(&client, plan, size, flags, 10000);
    free(plan);
    return id;
}

/* ---- rank ---- */

static unsigned hooked;
static void count_hook(enum rank held, enum rank wanted) {
    hooked += held == RANK_EVENTS && wanted == RANK_THREADS;
}

Test(rank, the_check_fires) {
    static struct lock low = LOCK_INIT(RANK_THREADS), high = LOCK_INIT(RANK_EVENTS);
    rank_hook = count_hook;
    lock_take(&low);
    lock_take(&high);
    lock_drop(&high);
    lock_drop(&low);
    cr_assert_eq(rank_violations, 0);
    lock_take(&high);
    lock_take(&low);
    lock_drop(&low);
    lock_drop(&high);
    cr_assert_eq(rank_violations, 1);
    cr_assert_eq(hooked, 1);
}

/* ---- fork ---- */

static int status_of(pid_t child) {
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + status;
}

/* The child has one thread: another's lock is gone there, its own stays. */
Test(fork, in_the_region, .timeout = 60) {
    struct actor actor;
    struct filter *filter = publish_simple(0, 0);
    actor_start(&actor);
    cr_assert(work_until(filter, FILTER_IN_FORCE, 2000)); /* else the child removes it */
    actor_run(&actor, do_hit, &enter);
    pid_t child = fork();
    if (child == 0) {
        if (state_is_off()) _exit(1);
        if (ctl_is_running()) _exit(2);
        if (threads_count() != 1) _exit(3);
        hit(DEMO_ENTER, 1); /* must not wait for a thread that is not there */
        if (thread_self()->holds_count != 1) _exit(4);
        struct actor own;
        actor_start(&own); /* the second thread: a helper again */
        actor_do(&own, do_hit, &enter);
        if (actor_done(&own, 50)) _exit(5);
        hit(DEMO_LEAVE, 1);
        if (!actor_done(&own, 10000)) _exit(6);
        if (!DEMO_WAIT(ctl_is_running(), 10000)) _exit(7);
        _exit(0);
    }
    cr_assert_eq(status_of(child), 0);
    actor_run(&actor, do_hit, &leave);
    actor_end(&actor);
}

Test(fork, while_installing, .timeout = 60) {
    demo = (struct demo){.region_us = 50, .idle_us = 50};
    demo_start(4);
    cr_assert(demo_connect(&client, &modules));
    for (int i = 0; i < 40; i++) {
        uint32_t id =
            install(i % 2 ? LOOM_COMMIT_STOP : 0); /* this thread is INSIDE: it is missing */
        cr_assert(id, "%s", client.reply);
        pid_t child = fork();
        if (child == 0) {
            struct actor own;
            if (!install_is_fast()) _exit(1);
            actor_start(&own);
            actor_run(&own, do_hit, &enter);
            if (!client_open(&client, getpid(), 20000) && install(0)) _exit(0);
            _exit(2);
        }
        cr_assert_eq(status_of(child), 0);
        client_remove(&client, id);
        cr_assert(client_wait(&client, id, "", 20000));
    }
    demo_stop();
}

static void *forker(void *unused) {
    for (int i = 0; i < 50; i++) {
        pid_t child = fork();
        if (child == 0) {
            demo_region();
            _exit(0);
        }
        int status;
        LOOM_CALL(demo, DEMO_MAIN, waitpid(child, &status, 0));
        if (status) abort();
    }
    return unused;
}

Test(fork, under_load, .timeout = 60) {
    pthread_t thread;
    demo = (struct demo){.region_us = 20, .idle_us = 20};
    demo_start(4);
    LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, forker, NULL);
    cr_assert(demo_connect(&client, &modules));
    demo_away();
    for (int i = 0; i < 30; i++) {
        uint32_t id = install(0);
        cr_assert(client_wait(&client, id, "in-force", 20000), "%s", client.reply);
        client_remove(&client, id);
        cr_assert(client_wait(&client, id, "", 20000));
    }
    demo_back();
    pthread_join(thread, NULL);
    demo_stop();
    cr_assert_eq(rank_violations, 0);
}

/* ---- faults ---- */

/* The Nth call of each kind fails while the helper starts, with a filter of LOOM_FILTERS, and
 * another filter comes and goes. The program runs on; Loom works, refuses, or is off. */
static char at_start_file[] = "/tmp/loom-faults.XXXXXX";

static int try_everything(enum sys_kind kind, unsigned n) {
    struct actor actor;
    STORE(sys_faults.calls[kind], 0);
    STORE(sys_faults.fail_at[kind], n);
    at_start_remember(at_start_file);
    thread_contact();
    actor_start(&actor);
    actor_run(&actor, do_hit, &enter);
    actor_run(&actor, do_hit, &leave);
    if (demo_connect(&client, &modules)) {
        client.limit_ms = 200;
        uint32_t id = install(0);
        demo_away();
        if (id) client_wait(&client, id, "in-force", 500);
        if (id) client_remove(&client, id);
        if (id && !client_wait(&client, id, "", 20000)) return 3;
        demo_back();
    }
    actor_run(&actor, do_hit, &enter);
    actor_end(&actor);
    return LOAD(sys_faults.calls[kind]) < n ? 42 : 0; /* 42: it was never reached */
}

static void fail_all(enum sys_kind kind) {
    size_t size;
    void *plan = demo_plan(modules_hash(), 0, 0, &size);
    int fd = mkstemp(at_start_file);
    cr_assert(fd >= 0 && write(fd, plan, size) == (ssize_t)size);
    free(plan);
    close(fd);
    for (unsigned n = 1; n < 40; n++) {
        pid_t child = fork();
        if (child == 0) {
            alarm(20);
            _exit(try_everything(kind, n));
        }
        int status = status_of(child);
        if (status == 42) {
            unlink(at_start_file);
            return;
        }
        cr_assert_eq(status, 0, "kind %d, call %u: %d", kind, n, status);
    }
    unlink(at_start_file);
    cr_assert(false, "kind %d: more calls than were tried", kind);
}

Test(faults, memory, .timeout = 120) {
    fail_all(KIND_MAP);
}
Test(faults, barrier, .timeout = 120) {
    fail_all(KIND_BARRIER);
}
Test(faults, table, .timeout = 120) {
    fail_all(KIND_PRIVATE_TABLE);
}
Test(faults, pipes, .timeout = 120) {
    fail_all(KIND_PIPE);
}
Test(faults, helper, .timeout = 120) {
    fail_all(KIND_THREAD);
}
Test(faults, writes, .timeout = 120) {
    fail_all(KIND_WRITE);
}
Test(faults, opens, .timeout = 120) {
    fail_all(KIND_OPEN);
}

/* ---- the start of the helper ---- */

static void *nothing(void *unused) {
    return unused;
}

static _Atomic int held;
static void hold_helper(const char *name) {
    while (held && !strcmp(name, "helper-begin")) usleep(1000);
}

/* A helper that does not come up holds up the program for 100 ms, not each of its threads. */
Test(helper, is_awaited_once, .timeout = 60) {
    pthread_t thread;
    enum { THREADS = 30 };
    held = 1;
    STORE(testpoint_hook, hold_helper);
    uint64_t start = sys_now_ms();
    for (int i = 0; i < THREADS; i++) {
        cr_assert_eq(LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, nothing, NULL), 0);
        pthread_join(thread, NULL);
    }
    uint64_t took = sys_now_ms() - start;
    cr_assert_not(ctl_is_running());
    held = 0;
    cr_assert(DEMO_WAIT(ctl_is_running(), 20000));
    cr_assert_geq(took, 100);
    cr_assert_lt(took, THREADS * 100, "%d threads waited for %d ms", THREADS, (int)took);
}

/* ---- the pipe ---- */

Test(pipe, requests, .timeout = 60) {
    demo_start(2);
    cr_assert(demo_connect(&client, &modules));
    cr_assert_eq(client_number(&client, "runtime", "pid"), getpid());
    cr_assert_eq(client_number(&client, "runtime", "fast"), 1);
    cr_assert_eq(client_number(&client, "runtime", "threads"), 3);
    cr_assert_eq(client_ask(&client, LOOM_FILES, NULL, 0), 0);
    cr_assert_eq(client_number(&client, "file", "points"), DEMO_POINTS);
    uint32_t part[2] = {0, 0};
    cr_assert_eq(client_ask(&client, LOOM_TABLE, part, 8), 0);
    cr_assert_str_eq(client.reply, "loom 1\n");
    part[1] = 7;
    cr_assert_eq(client_ask(&client, LOOM_TABLE, part, 8), 0);
    cr_assert_eq(client.reply_size, 0);
    part[0] = 99;
    cr_assert_eq(client_ask(&client, LOOM_TABLE, part, 8), 0);
    cr_assert_eq(strncmp(client.reply, "error ENOENT", 12), 0);
    cr_assert_eq(client_ask(&client, LOOM_THREADS, NULL, 0), 0);
    cr_assert_eq(strncmp(client.reply, "thread tid=", 11), 0);
    cr_assert_eq(client_ask(&client, (enum loom_frame_type)77, NULL, 0), 0);
    cr_assert_eq(strncmp(client.reply, "error ENOSYS", 12), 0);
    uint32_t none = 12345;
    cr_assert_eq(client_ask(&client, LOOM_REMOVE, &none, 4), 0);
    cr_assert_eq(strncmp(client.reply, "error no-such-filter", 20), 0);
    cr_assert_eq(client_ask(&client, LOOM_PLAN_COMMIT, part, 8), 0);
    cr_assert_eq(strncmp(client.reply, "error bad-plan", 14), 0);
    cr_assert(install(0));
    cr_assert_eq(client_ask(&client, LOOM_EVENTS, NULL, 0), 0);
    cr_assert(strstr(client.reply, "kind=installed"), "%s", client.reply);
    demo_stop();
}

/* A megabyte of garbage, some of it looking like frames, then an honest request. */
Test(pipe, garbage, .timeout = 60) {
    unsigned char waste[4096];
    demo_start(2);
    cr_assert(demo_connect(&client, &modules));
    for (int i = 0; i < 256; i++) {
        for (size_t k = 0; k < sizeof waste; k++) waste[k] = (unsigned char)rand();
        for (size_t k = 0; i % 2 && k + sizeof(struct loom_frame) < sizeof waste; k += 40) {
            struct loom_frame head = {.magic = LOOM_MAGIC,
                                      .protocol = LOOM_PROTOCOL,
                                      .type = (uint16_t)(rand() % 12),
                                      .session = client.session,
                                      .length = (uint32_t)rand() % LOOM_FRAME_MAX};
            memcpy(waste + k, &head, sizeof head);
        }
        for (int tries = 0;
             write(client.out, waste, sizeof waste - (size_t)(i % 7)) < 0 && tries < 2000; tries++)
            usleep(1000);
    }
    cr_assert_eq(client_ask(&client, LOOM_HELLO, NULL, 0), 0);
    cr_assert_eq(client_number(&client, "runtime", "filters"), 0);
    cr_assert(install(0), "%s", client.reply);
    demo_stop();
}

/* A client that asks and never reads, then goes; the next one is served, and threads run on. */
Test(pipe, a_client_that_does_not_read, .timeout = 60) {
    demo = (struct demo){.region_us = 50, .idle_us = 50};
    demo_start(2);
    cr_assert(demo_connect(&client, &modules));
    for (int i = 0; i < 3000; i++)
        if (client_send(&client, LOOM_THREADS, NULL, 0)) break;
    client_close(&client);
    /* What it left behind is answered first: on a busy machine that takes longer than one client waits. */
    cr_assert(demo_connect(&client, &modules) || demo_connect(&client, &modules));
    long rounds = demo.rounds;
    cr_assert(DEMO_WAIT(demo.rounds > rounds + 10, 2000));
    demo_stop();
}

/* The helper's descriptors are its own: the program's next one is what it was without Loom. */
Test(pipe, descriptors, .timeout = 60) {
    int before = open("/dev/null", O_RDONLY), after;
    close(before);
    demo_start(2);
    cr_assert(DEMO_WAIT(ctl_is_running(), 2000));
    after = open("/dev/null", O_RDONLY);
    cr_assert_eq(before, after);
    for (int fd = 3; fd < 1024; fd++)
        if (fd != after) (void)0;
    demo_stop();
}

/* ---- a stop, and a lock that the region needs ---- */

/* The parked thread holds the mutex for which a thread in the region waits. The slice ends, both
 * move, the stop succeeds. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

Test(stop, parked_with_a_mutex, .timeout = 600) {
    const char *wanted = getenv("STOP_ROUNDS"); /* `ninja stop-rounds`: 1000 */
    int rounds = wanted ? atoi(wanted) : 200;
    demo = (struct demo){.region_us = 0, .idle_us = 100, .outer = NULL, .inner = &mutex};
    demo_start(3);
    pthread_t holders[2];
    extern void *hold_mutex(void *);
    for (int i = 0; i < 2; i++) LOOM_CREATE(demo, DEMO_CREATE, &holders[i], NULL, hold_mutex, NULL);
    cr_assert(demo_connect(&client, &modules));
    demo_away();
    for (int i = 0; i < rounds; i++) {
        uint32_t id = install(LOOM_COMMIT_STOP);
        cr_assert(id, "%s", client.reply);
        cr_assert(client_wait(&client, id, "in-force", 20000), "round %d: %s", i, client.reply);
        cr_assert_eq(client_remove(&client, id), 1);
        cr_assert(client_wait(&client, id, "", 20000));
    }
    demo_back();
    demo_stop();
    for (int i = 0; i < 2; i++) pthread_join(holders[i], NULL);
    cr_assert_eq(rank_violations, 0);
}

/* Holds the mutex across a safe pause point. */
void *hold_mutex(void *unused) {
    while (!demo.end) {
        LOOM_LOCK(demo, DEMO_LOCK, pthread_mutex_lock, &mutex);
        LOOM_CALL(demo, DEMO_IDLE, usleep(50));
        poll_here();
        pthread_mutex_unlock(&mutex);
        LOOM_CALL(demo, DEMO_IDLE, usleep(50));
    }
    return unused;
}
