// SPDX-License-Identifier: MIT
/*
 * rt_storm: installs and removes a filter in a busy process, again and again.
 *
 *     LOOM_RT=build/libloom-rt.so.1 rt_storm WORKERS CYCLES REGION_US IDLE_US
 *
 * Even cycles roll, odd ones stop. While a filter is in force no two workers may be in the region;
 * afterwards the process must be on fast copies. Says how long "in force" took and whether memory
 * stayed flat. On a busy machine a thread may get no turn for seconds: the limits only end a test
 * that hangs, and there are fewer cycles if they take longer than BUSY_S, but at least MIN_CYCLES.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/demo.h"

enum { LIMIT_MS = 60000, BUSY_S = 20, MIN_CYCLES = 4 };
static struct {
    _Atomic long overlaps, rounds, reports;
    _Atomic int end;
} * shared;

static int fail(const char *what, const char *more) {
    printf("not ok rt_storm: %s: %s\n", what, more);
    fflush(stdout);
    return 1;
}

/* The process that is changed. Its main thread only reports. */
static int serve(int workers) {
    demo_start(workers);
    while (!shared->end) {
        LOOM_CALL(demo, DEMO_MAIN, usleep(500));
        shared->overlaps = demo.overlaps;
        shared->rounds = demo.rounds;
        shared->reports++;
    }
    demo_stop();
    return 0;
}

static long resident_kb(int pid) {
    char path[64], line[256];
    long kb = -1;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %ld", &kb) == 1) break;
    if (file) fclose(file);
    return kb;
}

static int by_value(const void *a, const void *b) {
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void tell(const char *kind, long long *ms, int count) {
    if (!count) return;
    qsort(ms, (size_t)count, sizeof *ms, by_value);
    printf("figure: %s: in force after %lld ms in the median, %lld ms at worst of %d\n", kind,
           ms[count / 2], ms[count - 1], count);
}

static struct client client;

/* The overlaps as they are now: the second report from here on (the reporter may have no turn). */
static long overlaps_now(void) {
    long report = shared->reports + 2;
    while (shared->reports < report) usleep(500);
    return shared->overlaps;
}

static int cycle(int number, uint64_t modules, long long *force_ms) {
    size_t size;
    void *plan = demo_plan(modules, LIMIT_MS, 0, &size);
    uint32_t id = client_install(&client, plan, size, number % 2 ? LOOM_COMMIT_STOP : 0, LIMIT_MS);
    long before;
    free(plan);
    if (!id) return fail("refused", client.reply);
    if (!client_wait(&client, id, "in-force", LIMIT_MS)) return fail("not in force", client.reply);
    *force_ms = client_number(&client, "filter", "force_ms");
    before = overlaps_now();
    usleep(4000);
    if (overlaps_now() != before) return fail("the filter does not protect", client.reply);
    if (client_number(&client, "filter", "timeouts") > 0) return fail("timeouts", client.reply);
    if (client_remove(&client, id) != 1) return fail("remove", client.reply);
    if (!client_wait(&client, id, "", LIMIT_MS)) return fail("not removed", client.reply);
    if (client_ask(&client, LOOM_HELLO, NULL, 0) || client_number(&client, "runtime", "fast") != 1)
        return fail("not on fast copies", client.reply);
    return 0;
}

static int drive(int pid, int cycles) {
    static long long ms[2][100000];
    uint64_t modules = 0;
    long warm_kb = 0, end_kb, rounds;
    time_t start = time(NULL);
    int done;
    const char *value;
    if (client_open(&client, pid, LIMIT_MS) || (client.limit_ms = LIMIT_MS, 0) ||
        client_ask(&client, LOOM_HELLO, NULL, 0) || !(value = strstr(client.reply, " modules=")))
        return fail("no helper answers", client.reply);
    modules = strtoull(value + strlen(" modules="), NULL, 16);
    for (done = 0; done < cycles; done++) {
        if (done >= MIN_CYCLES && time(NULL) - start > BUSY_S) break;
        if (cycle(done, modules, &ms[done % 2][done / 2])) return 1;
        if (done == cycles / 4 || done == MIN_CYCLES / 2) warm_kb = resident_kb(pid);
    }
    end_kb = resident_kb(pid);
    tell("rolling", ms[0], (done + 1) / 2);
    tell("stop", ms[1], done / 2);
    printf("figure: %d cycles; memory %ld kB after a quarter, %ld kB at the end; %ld overlaps in "
           "all\n",
           done, warm_kb, end_kb, shared->overlaps);
    rounds = shared->rounds;
    for (int i = 0; shared->rounds <= rounds && i < LIMIT_MS; i++) usleep(1000);
    if (shared->rounds <= rounds) return fail("the workers stand still", "");
    if (end_kb > warm_kb + 256) return fail("memory grows", "");
    return 0;
}

int main(int count, char **args) {
    int status, workers = count > 1 ? atoi(args[1]) : 8, cycles = count > 2 ? atoi(args[2]) : 100;
    demo.region_us = count > 3 ? (unsigned)atoi(args[3]) : 50;
    demo.idle_us = count > 4 ? (unsigned)atoi(args[4]) : 100;
    shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = fork();
    if (child == 0) return serve(workers);
    int bad = drive(child, cycles);
    shared->end = 1;
    if (bad) kill(child, SIGKILL);
    waitpid(child, &status, 0);
    if (!bad && status) bad = fail("the process ended badly", "");
    if (!bad)
        printf("ok rt_storm: %d workers, %d cycles, region %u us, idle %u us\n", workers, cycles,
               demo.region_us, demo.idle_us);
    return bad;
}
