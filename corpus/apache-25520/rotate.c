// SPDX-License-Identifier: MIT
/* rotate.c: keeps the log: a thread that reads the pipe and appends to a file (deleted at once, so
 * that nothing is left behind). The pipe holds one page: a writer waits for the reader. */
#define _GNU_SOURCE // F_SETPIPE_SZ
#include "httpd.h"
#include "../common/rounds.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int from_pipe, file;
static unsigned slow_us; /* test point: AP_SLOW_US, see README.md */

/* Guards the rest. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static size_t received, taken, in_file;

static void *keep(void *unused) {
    (void)unused;
    char bytes[1024];
    for (;;) {
        if (slow_us > 0) usleep(slow_us);
        ssize_t count = read(from_pipe, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) ap_fail("read of the log");
        pthread_mutex_lock(&lock);
        if (pwrite(file, bytes, (size_t)count, (off_t)in_file) != count)
            ap_fail("write of the log file");
        in_file += (size_t)count;
        received += (size_t)count;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

int rotate_start(void) {
    int ends[2];
    FILE *temporary = tmpfile();
    if (!temporary || pipe(ends) != 0) ap_fail("the log's file or pipe");
    fcntl(ends[1], F_SETPIPE_SZ, 4096);
    from_pipe = ends[0];
    file = fileno(temporary);
    if (getenv("AP_SLOW_US")) slow_us = (unsigned)atoi(getenv("AP_SLOW_US"));
    pthread_t thread;
    errno = pthread_create(&thread, NULL, keep, NULL);
    if (errno) ap_fail("pthread_create");
    return ends[1];
}

char *rotate_take(size_t written, size_t *length) {
    pthread_mutex_lock(&lock);
    while (received != written) pthread_cond_wait(&changed, &lock);
    *length = received - taken;
    char *text = malloc(*length + 1);
    if (!text || pread(file, text, *length, 0) != (ssize_t)*length) ap_fail("reading the log back");
    text[*length] = '\0';
    taken = received;
    in_file = 0; /* the next round writes over it */
    pthread_mutex_unlock(&lock);
    return text;
}
