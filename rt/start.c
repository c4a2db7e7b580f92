// SPDX-License-Identifier: MIT
/* start.c: the wrapper of pthread_create. See start.h. */
#include "start.h"

#include <errno.h>
#include <pthread.h>

#include "at_start.h"
#include "ctl.h"
#include "handshake.h"
#include "state.h"
#include "testpoint.h"
#include "thread.h"

static void *begin(void *data) {
    struct thread *self = data;
    void *(*start)(void *) = self->start;
    void *arg = self->arg;
    int before;
    TESTPOINT("start-begin");
    thread_begin(self);
    before = busy_enter(self, BUSY_NOT);
    handshake(self, SITE_START, true);
    busy_leave(self, before);
    errno = 0;
    return start(arg);
}

int start_create(loom_op *point, void *thread, const void *attr, void *(*start)(void *),
                 void *arg) {
    struct thread *record;
    int r, saved = errno;
    thread_contact();
    ctl_start(); /* before the program's second thread */
    ctl_await();
    at_start_await(point);
    record = state_is_off() ? NULL : thread_reserve((uintptr_t)point, start, arg);
    errno = saved;
    if (!record) return pthread_create(thread, attr, start, arg);
    r = pthread_create(thread, attr, begin, record);
    if (r) {
        saved = errno;
        thread_release(record);
        errno = saved;
    }
    return r;
}
