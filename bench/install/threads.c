// SPDX-License-Identifier: MIT
/*
 * threads.c: 32 threads for bench/install.sh to put a filter in.
 *
 *     threads busy       they compute for ever, in short calls, and call nothing that blocks
 *     threads blocked    each waits in a read that never ends
 *
 * Prints `ready` once all are there. It is built rewritten.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 32 };
static unsigned long results[THREADS];
static volatile int there[THREADS];
static int never[2];

static unsigned long mix(unsigned long x) {
    for (int i = 0; i < 20; i++) x = (x ^ x >> 31) * 0x9e3779b97f4a7c15ul;
    return x;
}

/* What the filter is on. */
static void account(unsigned long *result, unsigned long x) {
    *result += x;
}

static void *compute(void *result) {
    unsigned long x = (unsigned long)result;
    there[(unsigned long *)result - results] = 1;
    for (;;) {
        x = mix(x);
        if (x % 16 == 0) account(result, x);
    }
    return NULL;
}

static void *wait_for_ever(void *result) {
    char byte;
    there[(unsigned long *)result - results] = 1;
    while (read(never[0], &byte, 1) == 1) account(result, (unsigned long)byte);
    return NULL;
}

int main(int count, char **words) {
    int busy = count > 1 && !strcmp(words[1], "busy");
    pthread_t thread;
    if (pipe(never)) return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread, NULL, busy ? compute : wait_for_ever, &results[i])) return 1;
    for (int i = 0; i < THREADS; i++)
        while (!there[i]) usleep(1000);
    puts("ready");
    fflush(stdout);
    pause();
    return 0;
}
