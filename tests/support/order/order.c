// SPDX-License-Identifier: MIT
/*
 * order.c: a program whose threads rely on luck for what comes first; for tests/live/order.sh.
 *
 *   once    two threads prepare() for 1.2 s; four use() what they prepare after 0.8 s: early
 *   rounds  per round one thread put()s and one get()s after random pauses: a get before its put
 *           is counted as swapped. Four part()s are started, and collect() looks without waiting
 *           for them: partial
 *
 *   always  two threads look(), one change()s: looks that met a change are counted as torn, looks
 *           that met each other as together
 *
 * Prints a line of totals ten times a second. SIGUSR1: rest between two rounds; SIGUSR2: go on.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t resting;
static pthread_barrier_t begin, end;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int prepared, early, box, swapped, sum, partial;
static int looking, changing, torn, together;
static long rounds;

static void add(int *to, int what) {
    pthread_mutex_lock(&lock);
    *to += what;
    pthread_mutex_unlock(&lock);
}

static int value_of(int *from) {
    pthread_mutex_lock(&lock);
    int value = *from;
    pthread_mutex_unlock(&lock);
    return value;
}

static void pause_us(unsigned us) {
    usleep(us);
}

/* ---- once ---- */

static void prepare(void) {
    pause_us(1200000);
    add(&prepared, 1);
}

static void use(void) {
    if (value_of(&prepared) < 2) add(&early, 1);
}

static void *preparer(void *unused) {
    prepare();
    return unused;
}

static void *user(void *unused) {
    pause_us(800000);
    use();
    return unused;
}

/* ---- rounds ---- */

static void put(void) {
    add(&box, 1);
}

static void get(void) {
    if (value_of(&box) == 0) add(&swapped, 1);
}

static void *putter(void *data) {
    unsigned seed = 1;
    for (;;) {
        pthread_barrier_wait(&begin);
        pause_us((unsigned)rand_r(&seed) % 800);
        put();
        pthread_barrier_wait(&end);
    }
    return data;
}

static void *getter(void *data) {
    unsigned seed = 2;
    for (;;) {
        pthread_barrier_wait(&begin);
        pause_us((unsigned)rand_r(&seed) % 800);
        get();
        pthread_barrier_wait(&end);
    }
    return data;
}

static void *part(void *data) {
    pause_us(300);
    add(&sum, 1);
    return data;
}

static void collect(void) {
    if (value_of(&sum) != 4) add(&partial, 1);
}

static void play_round(void) {
    pthread_t parts[4];
    box = sum = 0;
    pthread_barrier_wait(&begin);
    for (int i = 0; i < 4; i++)
        if (pthread_create(&parts[i], NULL, part, NULL)) abort();
    collect();
    for (int i = 0; i < 4; i++) pthread_join(parts[i], NULL);
    pthread_barrier_wait(&end);
    rounds++;
}

/* ---- always ---- */

static void look(void) {
    add(&looking, 1);
    usleep(300);
    if (value_of(&changing)) add(&torn, 1);
    if (value_of(&looking) > 1) add(&together, 1);
    add(&looking, -1);
}

static void change(void) {
    add(&changing, 1);
    usleep(200);
    add(&changing, -1);
}

static void *viewer(void *unused) {
    for (;;) {
        look();
        usleep(300);
    }
    return unused;
}

static void *changer(void *unused) {
    for (;;) {
        change();
        usleep(1000);
    }
    return unused;
}

static void *clerk(void *unused) {
    for (;;) {
        pause_us(100000);
        printf("early=%d rounds=%ld swapped=%d partial=%d torn=%d together=%d\n", value_of(&early),
               rounds, value_of(&swapped), value_of(&partial), value_of(&torn),
               value_of(&together));
        fflush(stdout);
    }
    return unused;
}

static void rest(int signal) {
    resting = signal == SIGUSR1;
}

int main(void) {
    pthread_t thread;
    signal(SIGUSR1, rest);
    signal(SIGUSR2, rest);
    pthread_barrier_init(&begin, NULL, 3);
    pthread_barrier_init(&end, NULL, 3);
    for (int i = 0; i < 2; i++) pthread_create(&thread, NULL, preparer, NULL);
    for (int i = 0; i < 4; i++) pthread_create(&thread, NULL, user, NULL);
    pthread_create(&thread, NULL, putter, NULL);
    pthread_create(&thread, NULL, getter, NULL);
    for (int i = 0; i < 2; i++) pthread_create(&thread, NULL, viewer, NULL);
    pthread_create(&thread, NULL, changer, NULL);
    pthread_create(&thread, NULL, clerk, NULL);
    for (;;) {
        while (resting) usleep(1000);
        play_round();
    }
}
