// SPDX-License-Identifier: MIT
/*
 * server.c: worker threads that run scripts in rounds (see rounds.h).
 *
 * In a round every worker makes a context, runs a script of its own in it, once to ten times, and
 * destroys the context. A round starts when the one before is over, and no context is destroyed
 * before all are made; so the only things that happen side by side are scripts and
 * js_DestroyContext. At the end of a round one worker judges it:
 *
 *   good   all scripts gave the right value, the collector never met freed memory, nothing is left
 *   bad    anything else
 */
#include "js.h"
#include "../common/rounds.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 64, RUNS_MAX = 10 };

static JSRuntime runtime = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .gcLock = PTHREAD_MUTEX_INITIALIZER,
    .atoms.lock = PTHREAD_MUTEX_INITIALIZER,
};
static pthread_barrier_t barrier;
static bool goOn; /* read by all workers behind the barrier that follows the judgement */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool wrongValue; /* in this round; under lock */

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
    goOn = rounds_count(sound && !wrongValue);
    wrongValue = false;
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
        if (!goOn) return NULL;
    }
}

int main(int argc, char **argv) {
    long workers = rounds_begin(argc, argv, 4, WORKERS_MAX, "JS_PAUSE_US");
    pthread_barrier_init(&barrier, NULL, (unsigned)workers);
    pthread_t threads[WORKERS_MAX];
    for (long i = 0; i < workers; i++) {
        int error = pthread_create(&threads[i], NULL, worker, (void *)(uintptr_t)(i + 1));
        if (error) {
            fprintf(stderr, "pthread_create: %s\n", strerror(error));
            return 2;
        }
    }
    rounds_watch();
    for (long i = 0; i < workers; i++) pthread_join(threads[i], NULL);
    return rounds_end();
}
