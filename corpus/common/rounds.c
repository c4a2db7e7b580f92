// SPDX-License-Identifier: MIT
/* rounds.c: rounds, totals, the test point. See rounds.h. */
#define _GNU_SOURCE
#include "rounds.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long interval = 1000; /* ms */
static double seconds;       /* 0: for ever */
static long pause_us;        /* at the test point */
static sigset_t signals;

/* Guards the rest. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static unsigned long good, bad;
static bool stopping, resting;
static double last_end;   /* of a round */
static double widest_gap; /* since the last line */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- counting -------------------------------------------------------------------------------- */

/* Holds the lock. */
static void widen_gap(double until) {
    if (!resting && until - last_end > widest_gap) widest_gap = until - last_end;
}

bool rounds_count(bool is_good) {
    pthread_mutex_lock(&lock);
    if (is_good)
        good++;
    else
        bad++;
    double end = now();
    widen_gap(end);
    last_end = end;
    if (resting && !stopping) {
        printf("resting\n");
        fflush(stdout);
    }
    while (resting && !stopping) {
        pthread_cond_wait(&woken, &lock);
        last_end = now();
    }
    bool go_on = !stopping;
    pthread_mutex_unlock(&lock);
    return go_on;
}

static void print_totals(void) {
    pthread_mutex_lock(&lock);
    widen_gap(now());
    printf("rounds=%lu good=%lu bad=%lu gap=%.0f\n", good + bad, good, bad, widest_gap * 1e6);
    widest_gap = 0;
    pthread_mutex_unlock(&lock);
    fflush(stdout);
}

static void set(bool *what, bool value) {
    pthread_mutex_lock(&lock);
    *what = value;
    pthread_cond_broadcast(&woken);
    pthread_mutex_unlock(&lock);
}

/* ---- for main -------------------------------------------------------------------------------- */

long rounds_begin(int argc, char **argv, long workers, long workers_max, const char *pause) {
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
    if (optind < argc || workers < 1 || workers > workers_max || interval < 1 || seconds < 0) {
        fprintf(stderr, "usage: %s [-w WORKERS] [-t SECONDS] [-i MILLISECONDS]\n", argv[0]);
        fprintf(stderr, "at most %ld workers\n", workers_max);
        exit(2);
    }
    if (getenv(pause)) pause_us = atol(getenv(pause));
    sigemptyset(&signals); /* rounds_watch takes them */
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    last_end = now();
    return workers;
}

void rounds_watch(void) {
    double end = now() + seconds, line = now() + (double)interval / 1e3;
    while (seconds == 0 || now() < end) {
        double left = line - now();
        long ns = left > 0 ? (long)(left * 1e9) : 0;
        int signal =
            sigtimedwait(&signals, NULL, &(struct timespec){ns / 1000000000, ns % 1000000000});
        if (signal == SIGTERM || signal == SIGINT) break;
        if (signal == SIGUSR1 || signal == SIGUSR2) set(&resting, signal == SIGUSR1);
        if (now() < line) continue;
        print_totals();
        line = now() + (double)interval / 1e3;
    }
    set(&stopping, true);
}

int rounds_end(void) {
    print_totals();
    return 0;
}

/* ---- the test point -------------------------------------------------------------------------- */

void rounds_test_point(void) {
    if (pause_us > 0)
        nanosleep(&(struct timespec){pause_us / 1000000, pause_us % 1000000 * 1000}, NULL);
}
