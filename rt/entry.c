// SPDX-License-Identifier: MIT
/* entry.c: the table of entry points, and the runtime's first steps. See entry.h. */
#include "entry.h"

#include <errno.h>
#include <stdlib.h>

#include "at_start.h"
#include "ctl.h"
#include "fork.h"
#include "handshake.h"
#include "install.h"
#include "object.h"
#include "start.h"
#include "state.h"
#include "sys.h"
#include "thread.h"

/* Switched off, too, it makes the list: a thread without a record runs slow copies (arrive). */
static void attach(struct loom_file **first, struct loom_file **behind, struct loom_file **files) {
    int saved = errno;
    object_list(first, behind, files);
    for (struct loom_file *file = *files; file && !state_is_off(); file = file->next) install_attach(file);
    errno = saved;
}

static void detach(struct loom_file *files) {
    int saved = errno;
    for (; files; files = files->next) install_detach(files);
    errno = saved;
}

static struct loom_thread *contact(struct loom_thread **self) {
    int saved = errno;
    bool known = thread_self();
    struct loom_thread *thread = thread_contact_object(self);
    if (!known && thread_self()) handshake_newcomer(thread_self());
    errno = saved;
    return thread;
}

static unsigned long out(struct loom_thread **self, loom_op *site) {
    const struct loom_thread *stranger = *self;
    struct loom_thread *thread = contact(self);
    uintptr_t before;
    if (*self == stranger) return 0; /* it has no record */
    before = LOAD(thread->state);
    loom_state_(thread, (uintptr_t)site);
    return before;
}

static int arrive(struct loom_mark *mark, struct loom_thread **self, struct loom_file *files) {
    struct loom_thread *thread = LOAD((*self)->state) == LOOM_STRANGER ? contact(self) : *self;
    mark->site = LOAD(thread->state);
    mark->thread = mark->site ? thread : NULL;
    if (mark->thread) {
        loom_state_(thread, 0);
        if (LOAD(thread->request)) handshake_wake(thread, mark->site, 0);
    }
    if (mark->thread || LOAD((*self)->state) != LOOM_STRANGER) return 1;
    object_prepare(files); /* no flag was raised yet, perhaps */
    return 0;
}

static struct loom_rt runtime = {
    .abi = LOOM_ABI,
    .size = sizeof(struct loom_rt),
    .attach = attach,
    .detach = detach,
    .contact = contact,
    .slot = slot_hit,
    .poll = handshake_poll,
    .wake = handshake_wake,
    .landed = handshake_landed,
    .create = start_create,
    .slot_values = slot_hit_values,
    .slot_found = slot_hit_found,
    .out = out,
    .arrive = arrive,
};

static void begin(void) {
    int seccomp;
    if (sys_secure()) {
        ctl_forbid("the process runs with raised privileges");
    } else if ((seccomp = sys_seccomp(-1))) {
        sys_forbid_peek();
        ctl_forbid(seccomp > 0 ? "the process has a seccomp filter"
                               : "no /proc to see whether the process has a seccomp filter");
    } else if (sys_barrier_register()) {
        state_off("the kernel has no memory barrier for processes");
    } else {
        at_start_remember(getenv("LOOM_FILTERS"));
    }
    if (threads_start()) state_off("no thread-specific key left");
    if (fork_start()) state_off("no memory for fork handlers");
    atexit(install_exiting);
}

struct loom_rt *loom_rt_get(void) {
    static bool begun;
    int saved = errno;
    if (!__atomic_exchange_n(&begun, true, __ATOMIC_ACQ_REL)) begin();
    errno = saved;
    return &runtime;
}
