// SPDX-License-Identifier: MIT
/*
 * LOOM_FILTERS: plans of a file are in force before the program's first thread runs, all or none,
 * only in the build they were made for; what is wrong with the file is told and harms nobody.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/at_start.h"
#include "rt/ctl.h"
#include "rt/install.h"
#include "rt/state.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "rt/thread.h"
#include "tests/support/actor.h"

static char path[] = "/tmp/loom-at-start.XXXXXX";

static void *two_plans(uint64_t modules, size_t *size) {
    size_t one;
    char *plan = demo_plan(modules, 0, 0, &one), *both = malloc(2 * one);
    memcpy(both, plan, one);
    memcpy(both + one, plan, one);
    free(plan);
    *size = 2 * one;
    return both;
}

static void write_file(const void *bytes, size_t size) {
    int fd = mkstemp(path);
    cr_assert(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
}

static void write_two(uint64_t modules) {
    size_t size;
    void *both = two_plans(modules, &size);
    write_file(both, size);
    free(both);
}

static unsigned in_force(void) {
    unsigned count = 0;
    lock_take(&install_lock);
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) count += filters[i].phase == FILTER_IN_FORCE;
    lock_drop(&install_lock);
    return count;
}

static unsigned installed(void) {
    unsigned count = 0;
    lock_take(&install_lock);
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) count += filter_is_installed(&filters[i]);
    lock_drop(&install_lock);
    return count;
}

/* ---- the way in ---- */

/* All threads obey from their first statement on, the one that made them included. */
Test(at_start, before_the_first_thread, .timeout = 60) {
    write_two(modules_hash());
    at_start_remember(path);
    demo_start(1);
    cr_assert_eq(installed(), 2);
    cr_assert_eq(thread_self()->active & 3, 3); /* at the call of pthread_create, a safe place */
    demo_start(3);
    cr_assert(DEMO_WAIT(in_force() == 2, 5000));
    cr_assert(DEMO_WAIT(demo.rounds > 500, 20000));
    cr_assert_eq(demo.overlaps, 0);
    demo_stop();
    unlink(path);
}

/* A program that started with another set of modules waits for nothing, and gets them later. */
Test(at_start, modules_that_come_later, .timeout = 60) {
    static loom_op ops[4];
    static loom_flag flags[2];
    static struct loom_file late = {.abi = LOOM_ABI,
                                    .size = sizeof late,
                                    .path = "late.c",
                                    .table = "loom 1\n",
                                    .table_size = 7,
                                    .hash = 77,
                                    .points = 4,
                                    .functions = 2,
                                    .ops = ops,
                                    .flags = flags};
    static const struct plan_file files[] = {
        {0x1234567890abcdefull, DEMO_POINTS, DEMO_FUNCTIONS, 0}, {77, 4, 2, NULL}};
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
    static const struct loom_plan_slow slow[] = {{0, DEMO_REGION}};
    struct plan_maker maker = {.name = "late",
                               .files = files,
                               .file_count = 2,
                               .operations = operations,
                               .operation_count = 2,
                               .slow = slow,
                               .slow_count = 1};
    size_t size;
    demo_attach(&late);
    maker.modules_hash = modules_hash();
    loom_rt_get()->detach(&late);
    void *plan = plan_make(&maker, &size);
    write_file(plan, size);
    free(plan);
    at_start_remember(path);
    uint64_t before = sys_now_ms();
    demo_start(2);
    cr_assert_lt(sys_now_ms() - before, AT_START_MS);
    cr_assert(DEMO_WAIT(events_of(EVENT_AT_START) == 1, 5000));
    cr_assert_eq(installed(), 0);
    demo_attach(&late);
    cr_assert(DEMO_WAIT(installed() == 1, 5000));
    demo_stop();
    unlink(path);
}

/* A child of fork that gets its first thread reads the file itself; one whose parent had the
 * filters has them once. */
static int in_child(void) {
    demo_start(1);
    unsigned count = installed();
    demo_stop();
    return (int)count;
}

static int count_in_child(void) {
    int status = -1;
    pid_t child = fork();
    if (!child) _exit(in_child());
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(at_start, children, .timeout = 60) {
    write_two(modules_hash());
    at_start_remember(path);
    cr_assert_eq(count_in_child(), 2);
    demo_start(1);
    cr_assert_eq(installed(), 2);
    demo_away();
    cr_assert(DEMO_WAIT(in_force() == 2, 5000));
    demo_back();
    demo_stop();
    cr_assert_eq(count_in_child(), 2);
    unlink(path);
}

/* ---- what may be wrong ---- */

static _Atomic bool reading, go_on;
static void read_slowly(const char *point) {
    if (strcmp(point, "at-start-read") != 0) return;
    reading = true;
    while (!go_on) usleep(1000);
}

/* So late comes a helper on a busy machine that pthread_create does not wait for it without
 * filters.
 */
static void start_slowly(const char *point) {
    if (strcmp(point, "helper-begin") == 0) usleep(400000);
}

Test(at_start, a_helper_that_starts_late, .timeout = 60) {
    write_two(modules_hash());
    at_start_remember(path);
    STORE(testpoint_hook, start_slowly);
    demo_start(1);
    cr_assert_eq(installed(), 2);
    demo_stop();
    unlink(path);
}

/* A file on a dead network: a thread is started after a second, further ones at once; the filters
 * come when they can. */
Test(at_start, a_file_that_takes_long, .timeout = 60) {
    write_two(modules_hash());
    at_start_remember(path);
    STORE(testpoint_hook, read_slowly);
    uint64_t start = sys_now_ms();
    demo_start(10);
    cr_assert_lt(sys_now_ms() - start, 5 * AT_START_MS);
    cr_assert(reading);
    cr_assert_eq(installed(), 0);
    cr_assert(strstr(event_text(EVENT_AT_START), "before its filters were installed"));
    go_on = true;
    demo_away();
    cr_assert(DEMO_WAIT(in_force() == 2, 5000));
    demo_back();
    demo_stop();
    unlink(path);
}

static void nothing_but_an_event(const char *file, const char *why) {
    at_start_remember(file);
    at_start_read();
    lock_take(&install_lock);
    cr_assert_eq(at_start_work(), -1);
    lock_drop(&install_lock);
    cr_assert_eq(installed(), 0);
    cr_assert(strstr(event_text(EVENT_AT_START), why), "%s", event_text(EVENT_AT_START));
}

Test(at_start, no_file) {
    nothing_but_an_event("/nonexistent/plan", "it cannot be opened");
}
Test(at_start, a_folder) {
    nothing_but_an_event("/proc", "LOOM_FILTERS=/proc: ");
}
Test(at_start, a_pipe_with_a_name, .timeout = 10) {
    char fifo[64];
    cr_assert(mkdtemp(path));
    snprintf(fifo, sizeof fifo, "%s/fifo", path);
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    nothing_but_an_event(fifo, "no file of plans");
    unlink(fifo);
    rmdir(path);
}
Test(at_start, no_memory) {
    write_two(modules_hash());
    STORE(sys_faults.fail_at[KIND_MAP], sys_faults.calls[KIND_MAP] + 1);
    nothing_but_an_event(path, "no memory");
    unlink(path);
}
Test(at_start, a_filter_text) {
    write_file("region <> self\n", 15);
    nothing_but_an_event(path, "not made by loom-pipe --plan");
    unlink(path);
}

/* The second plan is refused: the first one is taken back. */
Test(at_start, all_or_none) {
    size_t size;
    struct loom_plan *both = two_plans(modules_hash(), &size);
    struct loom_plan *second = (struct loom_plan *)((char *)both + size / 2);
    second->kind = 77;
    plan_seal(second);
    write_file(both, size);
    free(both);
    at_start_remember(path);
    at_start_read();
    lock_take(&install_lock);
    cr_assert_eq(at_start_work(), -1);
    lock_drop(&install_lock);
    cr_assert(strstr(event_text(EVENT_AT_START), "unknown kind of filter; none is installed"));
    cr_assert(work_until(&filters[0], FILTER_FREE, 5000));
    cr_assert_eq(installed(), 0);
    unlink(path);
}

static int try_length(const char *bytes, size_t length, size_t whole) {
    write_file(bytes, length);
    at_start_remember(path);
    at_start_read();
    lock_take(&install_lock);
    at_start_work();
    lock_drop(&install_lock);
    unlink(path);
    return installed() == (length == whole ? 2u : length == whole / 2 ? 1u : 0u) ? 0 : 1;
}

Test(at_start, cut_off_anywhere, .timeout = 100) {
    size_t size;
    char *both = two_plans(modules_hash(), &size);
    for (size_t length = 0; length <= size; length++) {
        int status = -1;
        pid_t child = fork();
        if (!child) _exit(try_length(both, length, size));
        waitpid(child, &status, 0);
        cr_assert_eq(status, 0, "%zu of %zu bytes: status %d", length, size, status);
    }
    free(both);
}
