/* SPDX-License-Identifier: MIT */
/* queue.c: where workers wait. Nothing ever comes to lanes above 3. */
#include "jobs.h"
#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static atomic_int next;

int next_job(int lane) {
    pthread_mutex_lock(&lock);
    while (lane > 3) pthread_cond_wait(&never, &lock);
    pthread_mutex_unlock(&lock);
    return atomic_fetch_add(&next, 1);
}
