// SPDX-License-Identifier: MIT
/* fork.c: the handlers of fork. See fork.h. */
#include "fork.h"

#include <errno.h>
#include <pthread.h>

#include "activate.h"
#include "at_start.h"
#include "bucket.h"
#include "ctl.h"
#include "grace.h"
#include "install.h"
#include "op_alone.h"
#include "op_lock.h"
#include "op_order.h"
#include "state.h"
#include "stop.h"
#include "sys.h"
#include "thread.h"

/* Bit by bit what `prepare` got hold of; another thread may hold a lock for too long. */
static __thread unsigned taken __attribute__((tls_model("initial-exec")));

static void prepare(void) {
    int saved = errno;
    taken = 0;
    if (lock_take_limited(&install_lock, 1000)) taken |= 1;
    if (stop_before_fork()) taken |= 2;
    if (lock_take_limited(&threads_lock, 100)) taken |= 4;
    if (bucket_before_fork()) taken |= 8;
    if (event_before_fork()) taken |= 16;
    errno = saved;
}

static void parent(void) {
    int saved = errno;
    if (taken & 16) event_after_fork(false);
    if (taken & 8) bucket_after_fork_parent();
    if (taken & 4) lock_drop(&threads_lock);
    if (taken & 2) stop_after_fork(false);
    if (taken & 1) lock_drop(&install_lock);
    errno = saved;
}

static void child(void) {
    int saved = errno;
    event_after_fork(true);
    bucket_after_fork_child(thread_self());
    threads_after_fork();
    op_order_after_fork_child();
    stop_after_fork(true);
    op_alone_after_fork_child();
    lock_reset(&install_lock);
    lock_reset_thread();
    grace_after_fork();
    ctl_after_fork();
    at_start_after_fork();
    if (taken != 31)
        state_off("forked while another thread held a lock of Loom");
    else
        install_after_fork_child();
    errno = saved;
}

int fork_start(void) {
    return -pthread_atfork(prepare, parent, child);
}
