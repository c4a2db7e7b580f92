// SPDX-License-Identifier: MIT
/*
 * server.c: worker threads that run scripts in rounds, until told to stop.
 *
 *     server [-w WORKERS] [-t SECONDS] [-i MILLISECONDS]
 *
 * In a round every worker makes a context, runs a script of its own in it, once to ten times, and
 * destroys the context. A round starts when the one before is over, and no context is destroyed
 * before all are made; so the only things that happen side by side are scripts and
 * js_DestroyContext. At the end of a round one worker judges it:
 *
 *   good   all scripts gave the right value, the collector never met freed memory, nothing is left
 *   bad    anything else
 *
 * Every MILLISECONDS (1000) a line `rounds=N good=N bad=N` with the totals; the last one when the
 * program ends, by -t, SIGTERM or SIGINT.
 */
#include "js.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS_MAX = 64, RUNS_MAX = 10 };

static JSRuntime runtime = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .gcLock = PTHREAD_MUTEX_INITIALIZER,
    .atoms.lock = PTHREAD_MUTEX_INITIALIZER,
};
static pthread_barrier_t barrier;

/* Guards the rest. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long good, bad;
static bool stopRequested; /* by main */
static bool wrongValue;    /* in this round */
static bool stopped;       /* read by all workers behind the barrier that follows the judgement */

/* Writes a script into `text` and returns the value it must give. */
static long writeScript(unsigned *seed, char *text, size_t size) {
    enum { NAMES = 24 };
    long values[NAMES] = {0};
    long last = 0;
    size_t used = 0;
    int statements = 20 + (int)(rand_r(seed) % 180);
    for (int i = 0; i < statements && used + 64 < size; i++) {
        int to = rand_r(seed) % NAMES, from = rand_r(seed) % NAMES, number = rand_r(seed) % 100;
        last = values[from] % 1000 + number;
        used += (size_t)snprintf(text + used, size - used, "v%d = %ld + %d;\n", to,
                                 values[from] % 1000, number);
        values[to] = last;
        if (rand_r(seed) % 4 == 0) {
            last = values[to] + values[from];
            used += (size_t)snprintf(text + used, size - used, "sum = v%d + v%d;\n", to, from);
        }
    }
    return last;
}

static void judgeRound(void) {
    bool sound = runtime.freedMarks == 0 && js_LiveBlocks() == 0;
    runtime.freedMarks = 0;
    js_EmptyQuarantine();
    pthread_mutex_lock(&lock);
    if (sound && !wrongValue)
        good++;
    else
        bad++;
    wrongValue = false;
    stopped = stopRequested;
    pthread_mutex_unlock(&lock);
}

static void *worker(void *argument) {
    unsigned seed = (unsigned)(uintptr_t)argument;
    static _Thread_local char script[16384];

    for (;;) {
        JSContext *cx = js_NewContext(&runtime);
        long expected = writeScript(&seed, script, sizeof script);
        pthread_barrier_wait(&barrier);

        for (int runs = 1 + rand_r(&seed) % RUNS_MAX; runs > 0; runs--) {
            if (js_Execute(cx, script) == expected) continue;
            pthread_mutex_lock(&lock);
            wrongValue = true;
            pthread_mutex_unlock(&lock);
        }
        js_DestroyContext(cx);

        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) judgeRound();
        pthread_barrier_wait(&barrier);
        if (stopped) return NULL;
    }
}

static void printTotals(void) {
    pthread_mutex_lock(&lock);
    printf("rounds=%lu good=%lu bad=%lu\n", good + bad, good, bad);
    pthread_mutex_unlock(&lock);
    fflush(stdout);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Prints totals until a signal comes or the time is over. */
static void watch(double seconds, long interval) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    struct timespec wait = {interval / 1000, interval % 1000 * 1000000};
    double end = now() + seconds;
    while (seconds == 0 || now() < end) {
        if (sigtimedwait(&signals, NULL, &wait) > 0) return;
        printTotals();
    }
}

int main(int argc, char **argv) {
    long workers = 4, interval = 1000;
    double seconds = 0;
    for (int option; (option = getopt(argc, argv, "w:t:i:")) != -1;) {
        if (option == 'w')
            workers = atol(optarg);
        else if (option == 't')
            seconds = atof(optarg);
        else if (option == 'i')
            interval = atol(optarg);
        else
            workers = 0;
    }
    if (optind < argc || workers < 1 || workers > WORKERS_MAX || interval < 1 || seconds < 0) {
        fprintf(stderr, "usage: %s [-w WORKERS] [-t SECONDS] [-i MILLISECONDS]\n", argv[0]);
        return 2;
    }

    sigset_t signals; /* taken by watch(); workers inherit the mask */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);

    pthread_barrier_init(&barrier, NULL, (unsigned)workers);
    pthread_t threads[WORKERS_MAX];
    for (long i = 0; i < workers; i++) {
        int error = pthread_create(&threads[i], NULL, worker, (void *)(uintptr_t)(i + 1));
        if (error) {
            fprintf(stderr, "pthread_create: %s\n", strerror(error));
            return 2;
        }
    }
    watch(seconds, interval);

    pthread_mutex_lock(&lock);
    stopRequested = true;
    pthread_mutex_unlock(&lock);
    for (long i = 0; i < workers; i++) pthread_join(threads[i], NULL);
    printTotals();
    return 0;
}
