// SPDX-License-Identifier: MIT
/* demo.c: see demo.h. */
#include "tests/support/demo.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

LOOM_FILE(demo, "demo.c", 0x1234567890abcdefull, DEMO_POINTS, 0, DEMO_FUNCTIONS, "loom 1\n")
LOOM_UNIT

void demo_attach(struct loom_file *file) {
    static struct loom_file *objects[8];
    static int count;
    if (!file->files && count == sizeof objects / sizeof *objects) abort();
    loom_rt_->attach(&file, &file + 1, file->files ? file->files : &objects[count++]);
}

struct demo demo;
_Atomic unsigned demo_number;
void *demo_pointer;

static unsigned long demo_global(unsigned n) {
    switch (n) {
    case 0: return demo_number;
    case 1: return (unsigned long)demo_pointer;
    case 2: return (unsigned long)demo_worker;
    case 3: return (unsigned long)demo_start;
    default: return 0;
    }
}

__attribute__((constructor)) static void give_globals(void) {
    loom_file_demo.global = demo_global;
}

/* Instrumented code reads flags and operation bytes plainly while the updater writes them. That is
 * the contract (slot.h); TSan would call it a race. */
#define INSTRUMENTED __attribute__((noinline, no_sanitize("thread")))

static void spin(unsigned turns) {
    for (volatile unsigned i = 0; i < turns; i++) continue;
}

static void critical(void) {
    if (demo.inside++ != 0) demo.overlaps++;
    if (demo.inner) LOOM_LOCK(demo, DEMO_LOCK_IN, pthread_mutex_lock, demo.inner);
    if (demo.region_us)
        LOOM_CALL(demo, DEMO_IN_REGION, usleep(demo.region_us));
    else
        spin(200);
    if (demo.inner) pthread_mutex_unlock(demo.inner);
    demo.inside--;
}

INSTRUMENTED void demo_region(void) {
    if (LOOM_FAST(demo, DEMO_REGION)) {
        critical();
    } else {
        LOOM_SLOT(demo, DEMO_ENTER);
        critical();
        LOOM_SLOT(demo, DEMO_LEAVE);
    }
}

static void one_round(void) {
    if (demo.outer) LOOM_LOCK(demo, DEMO_LOCK, pthread_mutex_lock, demo.outer);
    demo_region();
    if (demo.outer) pthread_mutex_unlock(demo.outer);
    if (demo.idle_us)
        LOOM_CALL(demo, DEMO_IDLE, usleep(demo.idle_us));
    else
        spin(500);
    demo.rounds++;
}

INSTRUMENTED void *demo_worker(void *unused) {
    while (!demo.end) {
        if (LOOM_FAST_POLL(demo, DEMO_WORKER)) {
            one_round();
        } else {
            LOOM_COND_BREAK(demo, DEMO_WORKER, DEMO_POLL);
            one_round();
        }
    }
    return unused;
}

static unsigned long away;

void demo_away(void) {
    away = loom_out_(LOOM_POINT_(demo, DEMO_MAIN));
}
void demo_back(void) {
    loom_in_(away);
}

static pthread_t workers[1024];
static int started;

void demo_start(int count) {
    demo.end = false;
    for (int i = 0; i < count; i++)
        if (!LOOM_CREATE(demo, DEMO_CREATE, &workers[started], NULL, demo_worker, NULL)) started++;
}

void demo_stop(void) {
    demo.end = true;
    while (started > 0) pthread_join(workers[--started], NULL);
}

void *demo_plan(uint64_t modules_hash, uint32_t within_ms, uint32_t flags, size_t *size) {
    static const uint64_t unsafe[1] = {1u << DEMO_IN_REGION | 1u << DEMO_LOCK_IN};
    static const struct plan_file file = {0x1234567890abcdefull, DEMO_POINTS, DEMO_FUNCTIONS,
                                          unsafe};
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
    static const struct loom_plan_slow slow[] = {{0, DEMO_REGION}};
    struct plan_maker maker = {.name = "region <> self",
                               .files = &file,
                               .file_count = 1,
                               .operations = operations,
                               .operation_count = 2,
                               .slow = slow,
                               .slow_count = 1,
                               .modules_hash = modules_hash,
                               .within_ms = within_ms,
                               .flags = flags};
    return plan_make(&maker, size);
}

bool demo_connect(struct client *client, uint64_t *modules_hash) {
    const char *value;
    if (client_open(client, getpid(), 1000) || client_ask(client, LOOM_HELLO, NULL, 0))
        return false;
    value = strstr(client->reply, " modules=");
    if (!value) return false;
    *modules_hash = strtoull(value + strlen(" modules="), NULL, 16);
    return true;
}
