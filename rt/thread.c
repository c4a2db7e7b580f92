// SPDX-License-Identifier: MIT
/* thread.c: records of threads. See thread.h. */
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

#include "activate.h"
#include "ctl.h"
#include "op_alone.h"
#include "op_lock.h"
#include "op_order.h"
#include "state.h"
#include "sys.h"

#define FAST_TLS __attribute__((tls_model("initial-exec")))
__thread struct thread *thread_me FAST_TLS;
static __thread bool barred FAST_TLS;                 /* the helper, or a thread past its record */
static __thread struct loom_thread stand_in FAST_TLS; /* for threads without record */

struct lock threads_lock = LOCK_INIT(RANK_THREADS);
static struct thread *first, *last;
static unsigned in_use;
static pthread_key_t key;
static bool key_made;

#ifdef __SANITIZE_THREAD__
enum { LAST_ROUND = PTHREAD_DESTRUCTOR_ITERATIONS - 1 }; /* TSan's own thread data go in the last */
#else
enum { LAST_ROUND = PTHREAD_DESTRUCTOR_ITERATIONS };
#endif
enum { CHUNK = 16 };

const struct room no_room = {.owns = {[0 ... OWNS_MAX - 1] = {.holds = 1}}};

/* Rooms that no record has yet. Under RANK_THREADS. */
static struct room *rooms;
static unsigned rooms_left;

static void set_room(struct thread *thread, struct room *room) {
    thread->owns = room->owns;
    thread->holds = room->holds;
    thread->tests = room->tests;
}

bool thread_make_room(struct thread *self) {
    bool made = true;
    if (thread_has_room(self)) return true;
    lock_take(&threads_lock);
    if (!rooms_left && (rooms = sys_map(CHUNK * sizeof *rooms))) rooms_left = CHUNK;
    if (rooms_left)
        set_room(self, &rooms[--rooms_left]);
    else
        made = false;
    lock_drop(&threads_lock);
    return made;
}

/* Caller holds RANK_THREADS. */
static struct thread *add_chunk(void) {
    struct thread *chunk = sys_map(CHUNK * sizeof *chunk);
    if (!chunk) return NULL;
    for (int i = 0; i < CHUNK; i++) {
        chunk[i].next = i + 1 < CHUNK ? &chunk[i + 1] : NULL;
        set_room(&chunk[i], (struct room *)&no_room);
    }
    if (last)
        STORE(last->next, chunk);
    else
        STORE(first, chunk);
    last = &chunk[CHUNK - 1];
    return chunk;
}

/* Caller holds RANK_THREADS. Keeps what must survive reuse: inside, wait.number, next. */
static struct thread *allocate(enum thread_life life) {
    struct thread *thread = first;
    while (thread && thread->life != THREAD_FREE) thread = thread->next;
    if (!thread && !(thread = add_chunk())) return NULL;
    STORE(thread->active, 0);
    thread->counted = 0;
    thread->grace = 0;
    thread->born = 0;
    thread->start = NULL;
    thread->tid = 0;
    STORE(thread->in_order, 0);
    STORE(thread->parked, 0);
    thread->owed = 0;
    STORE(thread->waiting, (thread->waiting + 1) & ~1u);
    thread->rounds = thread->selves_count = thread->holds_count = thread->tests_count = 0;
    thread->seen_state = thread->seen_ms = 0;
    thread->shared.mutex = NULL;
    STORE(thread->shared.state, life == THREAD_STARTING ? SITE_START : SITE_INSIDE);
    STORE(thread->shared.request, activate_request_at_birth(life == THREAD_STARTING));
    STORE(thread->life, life);
    in_use++;
    return thread;
}

/* Takes RANK_THREADS. Whatever it still has is dropped; its object pointers are set back. */
void thread_release(struct thread *thread) {
    op_lock_drop_all(thread);
    op_order_cancel_wait(thread);
    op_alone_cancel_wait(thread);
    lock_take(&threads_lock);
    for (int i = 0; i < thread->selves_count; i++)
        if (*thread->selves[i].at == &thread->shared)
            *thread->selves[i].at = thread->selves[i].before;
    if (thread->inside & 1) STORE(thread->inside, thread->inside + 1);
    STORE(thread->inside, thread->inside + 2); /* a grace that waits for it is over */
    thread->busy = 0;
    STORE(thread->life, THREAD_FREE);
    in_use--;
    lock_drop(&threads_lock);
    op_order_thread_ended();
}

/* Key destructor. The program's own destructors may run instrumented code after this one: the
 * record stays until libc's last round, but holds nothing from now on (no frame is left). */
static void at_exit(void *data) {
    struct thread *thread = data;
    int saved = errno;
    op_lock_drop_all(thread);
    if (++thread->rounds < LAST_ROUND) {
        pthread_setspecific(key, thread);
    } else {
        thread_me = NULL;
        barred = true;
        thread_release(thread);
    }
    errno = saved;
}

int threads_start(void) {
    if (key_made) return 0;
    int r = pthread_key_create(&key, at_exit);
    key_made = r == 0;
    return -r;
}

/* Caller holds RANK_THREADS, or nobody else knows the record yet. */
static void own_record(struct thread *thread) {
    thread_me = thread;
    thread->tid = sys_tid();
    pthread_setspecific(key, thread);
}

struct thread *thread_contact(void) {
    if (thread_me || barred || state_is_off()) return thread_me;
    lock_take(&threads_lock);
    if (!thread_me) {
        struct thread *thread = allocate(THREAD_LIVE);
        if (thread) own_record(thread);
    }
    lock_drop(&threads_lock);
    if (!thread_me) state_off("no memory for a thread record");
    if (sys_tid() != sys_pid()) ctl_start(); /* a second thread that somebody else started */
    return thread_me;
}

struct loom_thread *thread_contact_object(struct loom_thread **self) {
    struct thread *thread = thread_contact();
    if (!thread) return &stand_in;
    lock_take(&threads_lock); /* for the signal mask: a handler may come here for the same object */
    if (*self != &thread->shared && thread->selves_count < SELVES_MAX) {
        thread->selves[thread->selves_count++] = (struct self){self, *self};
        *self = &thread->shared;
    }
    lock_drop(&threads_lock);
    return &thread->shared;
}

struct thread *thread_reserve(uintptr_t site, void *(*start)(void *), void *arg) {
    struct thread *thread;
    lock_take(&threads_lock);
    thread = allocate(THREAD_STARTING);
    if (thread) thread->born = site, thread->start = start, thread->arg = arg;
    lock_drop(&threads_lock);
    return thread;
}

void thread_begin(struct thread *thread) {
    lock_take(&threads_lock);
    own_record(thread);
    STORE(thread->life, THREAD_LIVE);
    lock_drop(&threads_lock);
}

void thread_is_helper(void) {
    barred = true;
}

static struct thread *used(struct thread *thread) {
    while (thread && LOAD(thread->life) == THREAD_FREE) thread = LOAD(thread->next);
    return thread;
}

struct thread *threads_first(void) {
    return used(LOAD(first));
}
struct thread *threads_next(struct thread *thread) {
    return used(LOAD(thread->next));
}
unsigned threads_count(void) {
    return in_use;
}

struct thread *thread_by_tid(int tid) {
    for (struct thread *t = threads_first(); t; t = threads_next(t))
        if (t->tid == tid) return t;
    return NULL;
}

void threads_reap(void) {
    static bool reaping; /* under RANK_THREADS: one at a time */
    struct thread *dead = NULL;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t && !dead && !reaping; t = threads_next(t))
        if (t->life == THREAD_LIVE && sys_thread_exists(t->tid) == -ESRCH) dead = t;
    if (dead) dead->selves_count = 0; /* its thread-local storage is gone */
    if (dead) reaping = true;
    lock_drop(&threads_lock);
    if (!dead) return;
    thread_release(dead);
    lock_take(&threads_lock);
    reaping = false;
    lock_drop(&threads_lock);
}

void threads_after_fork(void) {
    lock_reset(&threads_lock);
    for (struct thread *t = first; t; t = t->next) {
        if (t == thread_me || t->life == THREAD_FREE) continue;
        if (t->inside & 1) t->inside++;
        t->wait.word = WAIT_NONE;
        for (int i = 0; thread_has_room(t) && i < OWNS_MAX; i++)
            t->owns[i].filter = t->owns[i].holds = t->owns[i].alone = 0;
        t->busy = t->in_turn = 0;
        t->in_order = 0;
        t->life = THREAD_FREE;
    }
    in_use = thread_me != NULL;
    if (thread_me) thread_me->tid = sys_tid();
}
