/* SPDX-License-Identifier: MIT */
/* main.c: eight workers, of which four wait for good; what is going on, twenty times a second. */
#include "jobs.h"
#include "meter.h"
#include <pthread.h>
#include <stdio.h>

struct meter own, touched;

static void *worker(void *lane) {
    for (;;) {
        int number = next_job((int)(long)lane);
        if (atomic_fetch_add(&own.inside, 1) > 0) atomic_fetch_add(&own.overlaps, 1);
        usleep(100);
        atomic_fetch_add(&own.calls, 1);
        atomic_fetch_sub(&own.inside, 1);
        jobs[number & 1].run(number);
    }
    return NULL;
}

int main(void) {
    pthread_t thread;
    for (long lane = 0; lane < 8; lane++) pthread_create(&thread, NULL, worker, (void *)lane);
    for (;;) {
        usleep(50000);
        printf("own=%d/%d touched=%d/%d\n", own.overlaps, own.calls, touched.overlaps,
               touched.calls);
        fflush(stdout);
    }
}
