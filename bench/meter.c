// SPDX-License-Identifier: MIT
/*
 * meter.c: linked into every measured program, around its main (ld --wrap=main).
 *
 * Before main it starts a second thread, which sleeps: only from the second thread on does a
 * rewritten program have Loom's helper. Then it notes the CPU time: what a program needs before its
 * main (finding the runtime, attaching) happens once and is not in the figure. In a rewritten
 * program the meter is rewritten, too.
 *
 * From the environment:
 *
 *   BENCH_CPU   file to which `USER SYSTEM` is added at exit: microseconds of all threads since
 * main
 *
 *   BENCH_GO    fifo of which a line is read before main: until then the program can be filtered
 *
 * Under callgrind, counting begins here (valgrind --tool=callgrind --instr-atstart=no).
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

int __real_main(int argc, char **argv, char **envp);
int __wrap_main(int argc, char **argv, char **envp);

static struct rusage before;

static long long since(struct timeval now, struct timeval then) {
    return (now.tv_sec - then.tv_sec) * 1000000ll + now.tv_usec - then.tv_usec;
}

static void report(void) {
    struct rusage now;
    FILE *out = fopen(getenv("BENCH_CPU"), "a");
    if (!out) {
        perror("meter: BENCH_CPU");
        return;
    }
    getrusage(RUSAGE_SELF, &now);
    fprintf(out, "%lld %lld\n", since(now.ru_utime, before.ru_utime),
            since(now.ru_stime, before.ru_stime));
    fclose(out);
}

static void *sleeper(void *arg) {
    for (;;) pause();
    return arg;
}

static void wait_for_go(const char *fifo) {
    char line[8];
    FILE *in = fopen(fifo, "r");
    if (!in || !fgets(line, sizeof line, in)) {
        perror("meter: BENCH_GO");
        exit(2);
    }
    fclose(in);
}

static void start_sleeper(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, sleeper, NULL)) {
        fputs("meter: no second thread\n", stderr);
        exit(2);
    }
}

/* Left alone by loom-rewrite, which would take the program's main, in another tree, for a call that
 * blocks: the whole program would run OUTSIDE, and go the long way at each of its boundaries. */
__attribute__((no_instrument_function)) int __wrap_main(int argc, char **argv, char **envp) {
    start_sleeper();
    if (getenv("BENCH_GO")) wait_for_go(getenv("BENCH_GO"));
    if (getenv("BENCH_CPU") && atexit(report)) exit(2);
    CALLGRIND_START_INSTRUMENTATION;
    getrusage(RUSAGE_SELF, &before);
    exit(__real_main(argc, argv, envp));
}
