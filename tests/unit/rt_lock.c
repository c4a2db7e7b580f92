// SPDX-License-Identifier: MIT
/* Filter locks: order of hand-over, recursion, frames, regions, every way out. */
#include <criterion/criterion.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/state.h"
#include "rt/testpoint.h"
#include "rt/sys.h"
#include "tests/support/actor.h"

static struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};

/* Can another thread enter within limit_ms? Leaves again if so; else it goes on waiting. */
static bool can_enter(int limit_ms) {
    static struct actor probe;
    static bool begun;
    if (!begun) actor_start(&probe);
    begun = true;
    actor_do(&probe, do_hit, &enter);
    if (!actor_done(&probe, limit_ms)) return false;
    actor_run(&probe, do_hit, &leave);
    return true;
}
static bool is_free(void) {
    return can_enter(2000);
}

static const struct own *owned(void) {
    for (int i = 0; i < OWNS_MAX; i++)
        if (thread_self()->owns[i].filter) return &thread_self()->owns[i];
    return NULL;
}

/* Does any thread wait for a filter lock? */
static bool thread_waits(void) {
    bool waits = false;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t))
        waits |= LOAD(t->wait.word) == WAIT_WAITING;
    lock_drop(&threads_lock);
    return waits;
}

#define REGION(point_, kind_, flags_, region_)                                                     \
    { .point = (point_), .kind = (kind_), .flags = (flags_), .region = (region_) }

Test(lock, leave_of_the_frame_that_entered, .timeout = 60) {
    publish_simple(0, 0);
    hit(DEMO_ENTER, 1);
    cr_assert(owned());
    hit(DEMO_LEAVE, 2); /* a deeper frame that did not enter */
    cr_assert(owned());
    hit(DEMO_LEAVE, 1);
    cr_assert_not(owned());
    cr_assert(is_free());
    hit(DEMO_LEAVE, 1); /* a leave without enter does nothing */
    cr_assert(is_free());
}

Test(lock, recursion_nests, .timeout = 60) {
    publish_simple(0, 0);
    hit(DEMO_ENTER, 1);
    hit(DEMO_ENTER, 2);
    hit(DEMO_ENTER, 2); /* inlined recursion: same frame */
    cr_assert_eq(owned()->holds, 2);
    hit(DEMO_LEAVE, 2);
    cr_assert_eq(owned()->holds, 2);
    hit(DEMO_LEAVE, 2);
    cr_assert_eq(owned()->holds, 1);
    hit(DEMO_LEAVE, 1);
    cr_assert_not(owned());
}

Test(lock, enter_without_nest_in_the_same_frame_does_nothing, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {REGION(DEMO_ENTER, LOOM_ENTER, 0, 0),
                                                            REGION(DEMO_LEAVE, LOOM_LEAVE, 0, 0)};
    publish(operations, 2, 0, 0, NULL, 0);
    for (int i = 0; i < 5; i++) hit(DEMO_ENTER, 1); /* a loop back into the region (1.9 b) */
    hit(DEMO_LEAVE, 1);
    cr_assert_not(owned());
}

Test(lock, deeper_frames_are_gone, .timeout = 60) {
    publish_simple(0, 0);
    hit(DEMO_ENTER, 1);
    hit(DEMO_ENTER, 5);
    hit(DEMO_ENTER, 6);
    cr_assert_eq(owned()->holds, 3);
    hit(DEMO_LEAVE, 1); /* frames 5 and 6 ended without a leave */
    cr_assert_not(owned());
}

Test(lock, any_frame_leaves_whatever_frame, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        REGION(DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0),
        REGION(DEMO_LEAVE, LOOM_LEAVE, LOOM_OP_ANY_FRAME, 0)};
    publish(operations, 2, 0, 0, NULL, 0);
    hit(DEMO_ENTER, 9); /* entered in a callee that returns */
    hit(DEMO_ENTER, 1);
    cr_assert_eq(owned()->holds, 2);
    hit(DEMO_LEAVE, 7);
    hit(DEMO_LEAVE, 7);
    cr_assert_not(owned());
}

Test(lock, regions_of_a_filter_share_the_lock, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        REGION(DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0), REGION(DEMO_LEAVE, LOOM_LEAVE, 0, 0),
        REGION(DEMO_OTHER_ENTER, LOOM_ENTER, LOOM_OP_NEST, 1),
        REGION(DEMO_OTHER_LEAVE, LOOM_LEAVE, 0, 1)};
    publish(operations, 4, 0, 0, NULL, 0);
    hit(DEMO_ENTER, 1);
    hit(DEMO_OTHER_ENTER, 2);
    hit(DEMO_LEAVE, 3); /* not this frame's */
    hit(DEMO_OTHER_LEAVE, 2);
    cr_assert(owned());
    hit(DEMO_LEAVE, 1);
    cr_assert_not(owned());
}

Test(lock, deep_recursion_keeps_the_outermost, .timeout = 60) {
    publish_simple(0, 0);
    for (int i = 1; i <= 1000; i++) hit(DEMO_ENTER, i);
    for (int i = 1000; i >= 2; i--) {
        hit(DEMO_LEAVE, i);
        cr_assert(owned(), "lost at depth %d", i);
    }
    hit(DEMO_LEAVE, 1);
    cr_assert_not(owned());
    cr_assert_eq(events_of(EVENT_FULL), 0);
}

/* The record of the thread that waits for a filter lock, woken or not. */
static struct thread *waiter(void) {
    struct thread *found = NULL;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t))
        if (LOAD(t->wait.word) == WAIT_WAITING || LOAD(t->wait.word) == WAIT_TRY) found = t;
    lock_drop(&threads_lock);
    return found;
}

static _Atomic bool may_try;
static void hold_tries(const char *name) {
    while (!strcmp(name, "lock-try") && !may_try) usleep(100);
}

/* Main has left while a thread waits that is so old. Did main have the lock again before it? */
static bool overtakes(uint64_t age_ms) {
    struct actor other = {0};
    bool first;
    actor_start(&other);
    may_try = false;
    hit(DEMO_ENTER, 1);
    actor_do(&other, do_hit, &enter);
    while (!waiter()) usleep(100);
    waiter()->wait.since_ms = sys_now_ms() - age_ms;
    hit(DEMO_LEAVE, 1);
    first = waiter() != NULL; /* not handed to it: main may come again */
    if (first) hit(DEMO_ENTER, 1);
    if (first) cr_expect(owned());
    if (first) cr_expect_not(actor_done(&other, 50));
    may_try = true;
    if (first) hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&other, 5000), "the waiter gets it in the end");
    actor_run(&other, do_hit, &leave);
    actor_end(&other);
    return first;
}

Test(lock, is_free_for_whoever_comes_until_the_first_has_waited_its_turn_out, .timeout = 60) {
    bool first = false;
    publish_simple(0, 0);
    STORE(testpoint_hook, hold_tries);
    for (int i = 0; i < 50 && !first; i++) first = overtakes(0); /* unless it got old meanwhile */
    cr_assert(first, "who comes first has it");
    for (int i = 0; i < 5; i++) cr_assert_not(overtakes(10), "who waited 10 ms has it first");
    STORE(testpoint_hook, NULL);
}

/* The first waiter has been woken and does not come, as one that runs a long signal handler. */
Test(lock, a_first_waiter_that_does_not_come_keeps_nobody_for_good, .timeout = 60) {
    struct actor first = {0}, second = {0};
    bool tried = false;
    publish_simple(100, 0);
    actor_start(&first);
    actor_start(&second);
    STORE(testpoint_hook, hold_tries);
    for (int i = 0; i < 50 && !tried; i++) { /* unless it got old before main left */
        may_try = false;
        hit(DEMO_ENTER, 1);
        actor_do(&first, do_hit, &enter);
        while (!waiter()) usleep(100);
        waiter()->wait.since_ms = sys_now_ms();
        hit(DEMO_LEAVE, 1);
        tried = waiter() != NULL;
        if (!tried) actor_run(&first, do_hit, &leave);
    }
    cr_assert(tried);
    usleep(20000);
    actor_do(&second, do_hit, &enter);
    cr_expect(actor_done(&second, 20000), "waits for a free lock");
    cr_expect_eq(events_of(EVENT_TIMEOUT), 1, "and it is said");
    may_try = true;
    cr_assert(actor_done(&first, 5000));
    STORE(testpoint_hook, NULL);
    actor_end(&first);
    actor_end(&second);
}

static _Atomic pid_t forked;
static void fork_here(int signal) {
    int saved = errno;
    (void)signal;
    if (!(forked = fork())) {
        may_try = true;
        alarm(10);
    }
    errno = saved;
}
static void enter_and_say_whether_child(void *unused) {
    (void)unused;
    hit(DEMO_ENTER, 1);
    if (!forked) _exit(0);
}

/* In the child nobody is left who could answer the wait. */
static void fork_in_wait(bool woken) {
    struct actor other = {0};
    int status = -1;
    may_try = !woken;
    publish_simple(0, 0);
    forked = -1;
    signal(SIGUSR1, fork_here);
    actor_start(&other);
    STORE(testpoint_hook, hold_tries);
    hit(DEMO_ENTER, 1);
    actor_do(&other, enter_and_say_whether_child, NULL);
    while (!waiter()) usleep(100);
    if (woken) STORE(waiter()->wait.word, WAIT_TRY);
    pthread_kill(other.thread, SIGUSR1);
    cr_assert(DEMO_WAIT(forked > 0, 5000));
    may_try = true;
    cr_assert_eq(waitpid(forked, &status, 0), forked);
    cr_assert_eq(status, 0, "the child waits for nobody: status %x", (unsigned)status);
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&other, 5000));
    STORE(testpoint_hook, NULL);
    actor_end(&other);
}

Test(lock, a_child_forked_in_a_wait_goes_on, .timeout = 60) {
    fork_in_wait(false);
}
Test(lock, a_child_forked_by_one_that_was_woken_goes_on, .timeout = 60) {
    fork_in_wait(true);
}

static _Atomic int order[8], place;
static void enter_in_turn(void *data) {
    hit(DEMO_ENTER, 1);
    order[place++] = (int)(intptr_t)data;
    hit(DEMO_LEAVE, 1);
}

Test(lock, first_come_first_served, .timeout = 30) {
    struct actor actors[5];
    publish_simple(0, 0);
    for (int i = 0; i < 5; i++) actor_start(&actors[i]);
    for (int round = 0; round < 20; round++) {
        place = 0;
        hit(DEMO_ENTER, 1);
        for (int i = 0; i < 5; i++) {
            struct filter *filter = &filters[0];
            uint64_t before = LOAD(filter->waits);
            actor_do(&actors[i], enter_in_turn, (void *)(intptr_t)i);
            cr_assert(DEMO_WAIT(LOAD(filter->waits) > before, 1000));
        }
        hit(DEMO_LEAVE, 1);
        for (int i = 0; i < 5; i++) cr_assert(actor_done(&actors[i], 1000));
        for (int i = 0; i < 5; i++) cr_assert_eq(order[i], i, "round %d", round);
    }
    for (int i = 0; i < 5; i++) actor_end(&actors[i]);
}

Test(lock, thread_exit_releases, .timeout = 60) {
    struct actor actor;
    publish_simple(0, 0);
    actor_start(&actor);
    actor_run(&actor, do_hit, &enter);
    cr_assert_not(can_enter(50)); /* the probe now waits */
    actor_end(&actor);
    cr_assert(DEMO_WAIT(!thread_waits(), 1000), "the waiter was forgotten");
}

static void exit_in_region(void *unused) {
    (void)unused;
    hit(DEMO_ENTER, 1);
    pthread_exit(NULL);
}

Test(lock, pthread_exit_releases, .timeout = 60) {
    struct actor actor;
    publish_simple(0, 0);
    actor_start(&actor);
    actor_do(&actor, exit_in_region, NULL);
    pthread_join(actor.thread, NULL);
    cr_assert(is_free());
}

static jmp_buf place_to_land;
static __attribute__((noinline)) void jump(void) {
    longjmp(place_to_land, 1);
}

Test(lock, landing_drops_deeper_frames, .timeout = 60) {
    publish_simple(0, 0);
    if (!setjmp(place_to_land)) {
        handshake_landed(FRAME(1)); /* the first return */
        hit(DEMO_ENTER, 3);
        jump();
    }
    cr_assert(owned());
    handshake_landed(FRAME(1));
    cr_assert_not(owned());
    hit(DEMO_ENTER, 1);
    handshake_landed(FRAME(1)); /* the frame itself is still in the region */
    cr_assert(owned());
}

Test(lock, errno_is_kept, .timeout = 60) {
    struct actor actor;
    publish_simple(0, 0);
    actor_start(&actor);
    actor_run(&actor, do_hit, &enter);
    actor_do(&actor, do_hit, &leave);
    errno = 4711;
    hit(DEMO_ENTER, 1);
    hit(DEMO_LEAVE, 1);
    poll_here();
    handshake_landed(FRAME(1));
    cr_assert_eq(errno, 4711);
    actor_end(&actor);
}

Test(lock, inactive_threads_pass, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        REGION(DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0), REGION(DEMO_LEAVE, LOOM_LEAVE, 0, 0)};
    static const uint64_t unsafe[1] = {1u << DEMO_POLL};
    thread_contact();
    struct filter *filter = publish(operations, 2, 0, 0, unsafe, 0); /* the poll here is unsafe */
    hit(DEMO_ENTER, 1);
    cr_assert_not(owned(), "an operation of a filter that this thread is not active for");
    LOOM_CALL(demo, DEMO_IDLE, (void)0); /* a safe site: on the way back it becomes active */
    hit(DEMO_LEAVE, 1);
    hit(DEMO_ENTER, 1);
    cr_assert(owned());
    hit(DEMO_LEAVE, 1);
    cr_assert(work_until(filter, FILTER_IN_FORCE, 100));
}

Test(lock, removal_lets_waiters_pass, .timeout = 60) {
    struct actor actors[4];
    struct filter *filter = publish_simple(0, 0);
    for (int i = 0; i < 4; i++) actor_start(&actors[i]);
    hit(DEMO_ENTER, 1);
    for (int i = 0; i < 4; i++) actor_do(&actors[i], do_hit, &enter);
    cr_assert(DEMO_WAIT(LOAD(filter->waits) == 4, 1000));
    demo_away();
    lock_take(&install_lock);
    cr_assert_eq(install_remove(filter->id), 1);
    lock_drop(&install_lock);
    for (int i = 0; i < 4; i++) cr_assert(actor_done(&actors[i], 1000), "a waiter hangs");
    cr_assert(work_until(filter, FILTER_FREE, 2000));
    demo_back();
    cr_assert(DEMO_OFF(DEMO_ENTER));
    cr_assert_null(loom_flags_demo[DEMO_REGION]);
    cr_assert_not(owned());
    hit(DEMO_LEAVE, 1);
    /* The same entry, bit and bucket serve the next filter as if nothing had been. */
    struct filter *again = publish_simple(0, 0);
    cr_assert_eq(again, filter);
    hit(DEMO_ENTER, 1);
    cr_assert(owned());
    hit(DEMO_LEAVE, 1);
    cr_assert_not(owned());
    for (int i = 0; i < 4; i++) actor_end(&actors[i]);
    cr_assert_eq(rank_violations, 0);
}

/* A frame that never leaves, while filters come and go: what it held of those that went makes room. */
Test(lock, filters_come_and_go_in_one_frame, .timeout = 60) {
    for (int i = 0; i < 3 * OWNS_MAX; i++) {
        struct filter *filter = publish_simple(0, 0);
        hit(DEMO_ENTER, 1);
        cr_assert(owned(), "the thread holds too much in round %d", i);
        demo_away();
        lock_take(&install_lock);
        install_remove(filter->id);
        lock_drop(&install_lock);
        cr_assert(work_until(filter, FILTER_FREE, 2000));
        demo_back();
    }
    cr_assert_eq(events_of(EVENT_FULL), 0);
}

/* ---- shared regions -------------------------------------------------------------------------- */

/* Readers at DEMO_ENTER, writers at DEMO_OTHER_ENTER. */
static struct filter *publish_shared(uint32_t within_ms, uint32_t flags) {
    static const struct loom_plan_operation operations[] = {
        REGION(DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST | LOOM_OP_SHARED, 0),
        REGION(DEMO_LEAVE, LOOM_LEAVE, 0, 0), REGION(DEMO_OTHER_ENTER, LOOM_ENTER, LOOM_OP_NEST, 1),
        REGION(DEMO_OTHER_LEAVE, LOOM_LEAVE, 0, 1)};
    return publish(operations, 4, within_ms, flags, NULL, 0);
}
static struct hit write_enter = {DEMO_OTHER_ENTER, 1}, write_leave = {DEMO_OTHER_LEAVE, 1};

static void begin_to_wait(struct filter *filter, struct actor *actor, struct hit *what) {
    uint64_t before = LOAD(filter->waits);
    actor_do(actor, do_hit, what);
    cr_assert(DEMO_WAIT(LOAD(filter->waits) > before, 2000), "it does not wait");
}

Test(lock, readers_share_and_writers_exclude, .timeout = 60) {
    struct actor readers[2], writer;
    struct filter *filter = publish_shared(60000, 0);
    for (int i = 0; i < 2; i++) actor_start(&readers[i]);
    actor_start(&writer);
    for (int i = 0; i < 2; i++) actor_run(&readers[i], do_hit, &enter);
    begin_to_wait(filter, &writer, &write_enter);
    actor_run(&readers[0], do_hit, &leave);
    cr_assert_not(actor_done(&writer, 60), "one reader is still inside");
    actor_run(&readers[1], do_hit, &leave);
    cr_assert(actor_done(&writer, 1000));
    for (int i = 0; i < 2; i++) begin_to_wait(filter, &readers[i], &enter);
    actor_run(&writer, do_hit, &write_leave);
    for (int i = 0; i < 2; i++) cr_assert(actor_done(&readers[i], 1000), "both come in together");
    for (int i = 0; i < 2; i++) actor_run(&readers[i], do_hit, &leave);
    for (int i = 0; i < 2; i++) actor_end(&readers[i]);
    actor_end(&writer);
}

Test(lock, a_reader_does_not_pass_a_waiting_writer, .timeout = 60) {
    struct actor first, second, writer;
    struct filter *filter = publish_shared(60000, 0);
    actor_start(&first), actor_start(&second), actor_start(&writer);
    actor_run(&first, do_hit, &enter);
    begin_to_wait(filter, &writer, &write_enter);
    begin_to_wait(filter, &second, &enter);
    actor_run(&first, do_hit, &leave);
    cr_assert(actor_done(&writer, 1000));
    cr_assert_not(actor_done(&second, 60), "a reader beside a writer");
    actor_run(&writer, do_hit, &write_leave);
    cr_assert(actor_done(&second, 1000));
    actor_run(&second, do_hit, &leave);
    actor_end(&first), actor_end(&second), actor_end(&writer);
}

/* The writer gives up; the reader behind it comes in beside the reader inside. */
Test(lock, who_waits_behind_a_writer_that_passes, .timeout = 60) {
    struct actor reader, writer;
    struct filter *filter = publish_shared(300, LOOM_ELSE_PASS);
    actor_start(&reader), actor_start(&writer);
    hit(DEMO_ENTER, 1);
    begin_to_wait(filter, &writer, &write_enter);
    usleep(150000);
    begin_to_wait(filter, &reader, &enter);
    cr_assert(actor_done(&writer, 3000));
    cr_assert(actor_done(&reader, 100));
    cr_assert_eq(filter->timeouts, 1, "the reader came in by right, not by its own timeout");
    actor_run(&reader, do_hit, &leave);
    hit(DEMO_LEAVE, 1);
    cr_assert_not(owned());
    actor_end(&reader), actor_end(&writer);
}

Test(lock, a_reader_that_wants_to_write_passes_and_is_told, .timeout = 60) {
    publish_shared(60000, 0);
    hit(DEMO_ENTER, 1);
    hit(DEMO_OTHER_ENTER, 2);
    cr_assert_eq(events_of(EVENT_SKIPPED), 1);
    hit(DEMO_OTHER_LEAVE, 2);
    cr_assert(owned());
    hit(DEMO_LEAVE, 1);
    cr_assert_not(owned());
    hit(DEMO_OTHER_ENTER, 1); /* a writer may read */
    hit(DEMO_ENTER, 2);
    cr_assert_eq(events_of(EVENT_SKIPPED), 1);
    hit(DEMO_LEAVE, 2);
    hit(DEMO_OTHER_LEAVE, 1);
    cr_assert_not(owned());
}

static _Atomic int reading, writing, wrong;
static void read_often(void *unused) {
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        hit(DEMO_ENTER, 1);
        reading++;
        if (writing) wrong++;
        reading--;
        hit(DEMO_LEAVE, 1);
    }
}
static void write_often(void *unused) {
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        hit(DEMO_OTHER_ENTER, 1);
        if (writing++ || reading) wrong++;
        writing--;
        hit(DEMO_OTHER_LEAVE, 1);
    }
}

Test(lock, many_readers_and_writers, .timeout = 60) {
    struct actor readers[3], writers[2];
    struct filter *filter = publish_shared(60000, 0);
    for (int i = 0; i < 3; i++) actor_start(&readers[i]);
    for (int i = 0; i < 2; i++) actor_start(&writers[i]);
    for (int i = 0; i < 3; i++) actor_do(&readers[i], read_often, NULL);
    for (int i = 0; i < 2; i++) actor_do(&writers[i], write_often, NULL);
    for (int i = 0; i < 3; i++) cr_assert(actor_done(&readers[i], 20000));
    for (int i = 0; i < 2; i++) cr_assert(actor_done(&writers[i], 20000));
    cr_expect_eq(wrong, 0);
    cr_expect_eq(filter->timeouts, 0);
    for (int i = 0; i < 3; i++) actor_end(&readers[i]);
    for (int i = 0; i < 2; i++) actor_end(&writers[i]);
}
