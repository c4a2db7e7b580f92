// SPDX-License-Identifier: MIT
/*
 * operations.c: what the operations of a filter cost a thread that need not wait.
 *
 *     LOOM_RT=build/libloom-rt.so.1 operations KIND TURNS [off]
 *
 * A program instrumented by hand, with the slots and the thunk of rt/slot.h. Its main thread goes
 * through two slots TURNS times, in nine rounds; `off` does so without the filter. Prints the
 * nanoseconds of one turn: the least of the rounds, and the median. The loop is turns_KIND, so that
 * callgrind can count it alone (bench/operations.sh).
 *
 *     lock      enter, leave
 *     register  the same with a key that is in a register
 *     frame     the same with a key in the frame of the slot
 *     memory    the same with a key behind a pointer: read through the kernel
 *     latch     up, down of an order, once it has happened
 *     each      up, down of pairs
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "rt/object.h"
#include "tests/support/client.h"

enum { FIRST, SECOND, REGISTER, FRAME, MEMORY, CREATE, IDLE, MAIN, POINTS };
enum { HASH = 0x0be2c4 };
LOOM_FILE(bench, "operations.c", HASH, POINTS, 0, 1, "loom 1\n")
LOOM_UNIT

struct object {
    unsigned long key;
};

#define TURNS(kind, ...)                                                                           \
    __attribute__((noinline)) static void turns_##kind(long turns, struct object *object) {        \
        for (long i = 0; i < turns; i++) {                                                         \
            LOOM_SLOT(bench, __VA_ARGS__);                                                         \
            LOOM_SLOT(bench, SECOND);                                                              \
        }                                                                                          \
        (void)object;                                                                              \
    }
TURNS(lock, FIRST)
TURNS(latch, FIRST)
TURNS(each, FIRST)
TURNS(memory, MEMORY, (unsigned long)object)

__attribute__((noinline)) static void turns_register(long turns, struct object *object) {
    unsigned long key = object->key;
    for (long i = 0; i < turns; i++) {
        __asm__("" : "+r"(key));
        LOOM_SLOT(bench, REGISTER, key);
        LOOM_SLOT(bench, SECOND);
    }
}

__attribute__((noinline)) static void turns_frame(long turns, struct object *object) {
    volatile unsigned long key = object->key;
    for (long i = 0; i < turns; i++) {
        LOOM_SLOT(bench, FRAME, key);
        LOOM_SLOT(bench, SECOND);
    }
}

/* Programs: value 0 of the slot; what is behind it. */
static const struct loom_plan_code code[] = {{LOOM_CODE_LOCAL, 8, 0, 0, 0},
                                             {LOOM_CODE_END, 0, 0, 0, 0},
                                             {LOOM_CODE_LOCAL, 8, 0, 0, 0},
                                             {LOOM_CODE_LOAD, 8, 0, 0, 0},
                                             {LOOM_CODE_END, 0, 0, 0, 0}};
enum { VALUE = 1, BEHIND = 3 };

#define LOCK(point_, key_)                                                                         \
    {                                                                                              \
        {.point = point_, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST, .key = key_}, {               \
            .point = SECOND, .kind = LOOM_LEAVE                                                    \
        }                                                                                          \
    }
#define ORDER                                                                                      \
    {                                                                                              \
        {.point = FIRST, .kind = LOOM_UP, .count = 1}, {                                           \
            .point = SECOND, .kind = LOOM_DOWN, .count = 1                                         \
        }                                                                                          \
    }
static const struct kind {
    const char *name;
    void (*turns)(long, struct object *);
    uint16_t plan;
    uint32_t flags;
    struct loom_plan_operation operations[2];
} kinds[] = {
    {"lock", turns_lock, LOOM_EXCLUSION, 0, LOCK(FIRST, 0)},
    {"register", turns_register, LOOM_EXCLUSION, 0, LOCK(REGISTER, VALUE)},
    {"frame", turns_frame, LOOM_EXCLUSION, 0, LOCK(FRAME, VALUE)},
    {"memory", turns_memory, LOOM_EXCLUSION, 0, LOCK(MEMORY, BEHIND)},
    {"latch", turns_latch, LOOM_ORDER, LOOM_ELSE_PASS, ORDER},
    {"each", turns_each, LOOM_ORDER, LOOM_ELSE_PASS | LOOM_EACH, ORDER},
};

static const struct kind *kind_of(const char *name) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, name)) return &kinds[i];
    fprintf(stderr, "operations: no kind %s\n", name);
    exit(2);
}

/* The second thread: without one there is no helper to talk to. */
static void *idle(void *unused) {
    for (;;) LOOM_CALL(bench, IDLE, pause());
    return unused;
}

static struct client client;

static void fail(const char *what) {
    fprintf(stderr, "operations: %s: %s\n", what, client.reply);
    exit(1);
}

/* Until the filter is in force the main thread is OUTSIDE, in a call. */
static void install(const struct kind *kind) {
    const struct plan_file file = {HASH, POINTS, 1, NULL};
    const struct loom_plan_slow slow = {0, 0};
    struct plan_maker maker = {.name = kind->name,
                               .files = &file,
                               .file_count = 1,
                               .operations = kind->operations,
                               .operation_count = 2,
                               .slow = &slow,
                               .slow_count = 1,
                               .code = code,
                               .code_count = sizeof code / sizeof *code,
                               .flags = kind->flags,
                               .kind = kind->plan};
    size_t size;
    void *plan;
    uint32_t id;
    if (client_open(&client, getpid(), 5000) || client_ask(&client, LOOM_HELLO, NULL, 0))
        fail("no helper answers");
    maker.modules_hash = strtoull(strstr(client.reply, " modules=") + strlen(" modules="), NULL, 16);
    plan = plan_make(&maker, &size);
    id = client_install(&client, plan, size, 0, 60000);
    free(plan);
    if (!id) fail("refused");
    if (!client_wait(&client, id, "in-force", 60000)) fail("not in force");
}

/* All turns did what they should: an enter or a down each. */
static void check(const struct kind *kind, long turns) {
    LOOM_CALL(bench, MAIN, client_ask(&client, LOOM_STATUS, NULL, 0));
    if (client_number(&client, "filter", "enters") != turns) {
        fprintf(stderr, "%s\n", client.reply);
        fail(kind->name);
    }
}

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **words) {
    object_list(loom_first_, loom_behind_, &loom_files_);
    object_prepare(loom_files_); /* `off` runs slots without a flag */
    enum { ROUNDS = 9 };
    struct object object = {42};
    double ns[ROUNDS];
    pthread_t thread;
    if (count < 3) return 2;
    const struct kind *kind = kind_of(words[1]);
    long turns = atol(words[2]);
    if (LOOM_CREATE(bench, CREATE, &thread, NULL, idle, NULL)) return 2;
    if (count == 3) LOOM_CALL(bench, MAIN, install(kind));
    for (int i = 0; i < ROUNDS; i++) {
        double start = now_ns();
        kind->turns(turns, &object);
        ns[i] = (now_ns() - start) / (double)turns;
    }
    if (count == 3) check(kind, turns * ROUNDS);
    qsort(ns, ROUNDS, sizeof *ns, by_value);
    printf("%.2f %.2f\n", ns[0], ns[ROUNDS / 2]);
    return 0;
}
