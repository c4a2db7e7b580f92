// SPDX-License-Identifier: MIT
/*
 * Activation: the scenarios of an earlier review of the design (1.1 to 1.8, 2.1), each forced with
 * the runtime's own entry points. The comment names the finding.
 */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/activate.h"
#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/stop.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "tests/support/actor.h"

static const struct loom_plan_operation simple[] = {
    {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
    {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
static const uint64_t unsafe[1] = {1u << DEMO_IN_REGION | 1u << DEMO_LOCK_IN};

static struct filter *publish_stop_or(uint32_t commit_flags) {
    return publish(simple, 2, 0, 0, unsafe, commit_flags);
}

static bool is_active(const struct filter *filter) {
    return thread_self()->active & filter_mask(filter);
}
static int holds(void) {
    return thread_self()->holds_count;
}
static unsigned long call(int point) {
    return loom_out_(LOOM_POINT_(demo, point));
}

/* Publishes as if from outside: the test's thread does not poll. */
static struct filter *publish_quietly(void) {
    struct filter *filter;
    thread_contact();
    /* publish() polls at DEMO_POLL, so that is made unsafe */
    static const uint64_t with_poll[1] = {1u << DEMO_IN_REGION | 1u << DEMO_LOCK_IN |
                                          1u << DEMO_POLL};
    filter = publish(simple, 2, 0, 0, with_poll, 0);
    cr_assert_not(is_active(filter));
    return filter;
}

/* 1.1: the enter is in a callee that reads its flag, the leave in the caller's stale fast run. */
Test(activate, enter_in_callee_without_leave) {
    struct filter *filter = publish_quietly(); /* T is in B's fast run, calls A */
    for (int round = 0; round < 3; round++) {
        hit(DEMO_ENTER, 2); /* A's entry reads slow: the enter must be inert */
        cr_assert_eq(holds(), 0);
        /* back in B's fast run: the leave slot is skipped */
    }
    unsigned long mark = call(DEMO_IDLE); /* a safe place at last */
    loom_in_(mark);
    cr_assert(is_active(filter));
    hit(DEMO_ENTER, 2);
    cr_assert_eq(holds(), 1);
    hit(DEMO_LEAVE, 2);
    cr_assert_eq(holds(), 0);
}

/* 1.2: a nested enter by a thread that was in the region when the filter came. */
Test(activate, nested_enter_from_inside) {
    struct filter *filter;
    unsigned long in_region, outside;
    thread_contact();
    in_region = call(DEMO_IN_REGION); /* T sleeps in the region */
    filter = publish_quietly();
    loom_in_(in_region); /* wakes in the region: an unsafe site */
    cr_assert_not(is_active(filter));
    hit(DEMO_ENTER, 2); /* recursion */
    cr_assert_eq(holds(), 0);
    hit(DEMO_LEAVE, 2);
    outside = call(DEMO_IDLE);
    loom_in_(outside);
    cr_assert(is_active(filter));
}

/* The updater counts a thread that it sees OUTSIDE at a safe site, and only such a one. */
Test(activate, counting) {
    unsigned long mark;
    struct filter *filter;
    thread_contact();
    mark = call(DEMO_IN_REGION);
    filter = publish_quietly();
    work();
    cr_assert_eq(filter->phase, FILTER_PUBLISHED, "a thread in the region does not count");
    loom_in_(mark);
    work();
    cr_assert_eq(filter->phase, FILTER_PUBLISHED, "a thread that runs does not count");
    mark = call(DEMO_IDLE);
    work();
    cr_assert_eq(filter->phase, FILTER_IN_FORCE);
    cr_assert_not(is_active(filter), "only the thread sets its bit");
    loom_in_(mark);
    cr_assert(is_active(filter));
}

/* 1.5: siglongjmp out of read(): the state would stay OUTSIDE, and the count be wrong. */
Test(activate, jump_out_of_a_call) {
    struct filter *filter;
    unsigned long mark;
    unsigned active;
    thread_contact();
    mark = call(DEMO_IDLE);
    (void)mark;
    filter = publish_quietly();
    work();
    cr_assert_eq(filter->phase, FILTER_IN_FORCE); /* counted */
    handshake_landed(FRAME(1));                   /* the after of the call never runs */
    cr_assert_eq(thread_self()->shared.state, SITE_INSIDE);
    cr_assert_not(is_active(filter));
    activate_complete(filter, NULL, &active);
    cr_assert_eq(active, 0, "it is no longer where it was counted");
    hit(DEMO_ENTER, 1);
    cr_assert_eq(holds(), 0);
    mark = call(DEMO_IDLE);
    loom_in_(mark);
    cr_assert(is_active(filter));
}

/* A callback in a call lands from a jump, and returns: where the thread comes from is not known any more. */
Test(activate, landing_in_a_call) {
    struct filter *filter;
    unsigned long before;
    thread_contact();
    before = call(DEMO_IDLE);
    filter = publish_quietly();
    handshake_landed(FRAME(1));
    cr_assert_not(is_active(filter));
    loom_in_(before);
    cr_assert_eq(thread_self()->shared.state, SITE_INSIDE);
    cr_assert_not(is_active(filter), "a place that is safe for nobody");
    before = call(DEMO_IDLE);
    loom_in_(before);
    cr_assert(is_active(filter));
}

/* 1.5: the parent after vfork; the child used its record and left it OUTSIDE. */
Test(activate, vfork) {
    pid_t child;
    thread_contact();
    child = vfork();
    if (child == 0) {
        thread_self()->shared.state = (unsigned long)LOOM_POINT_(demo, DEMO_IDLE);
        _exit(0);
    }
    handshake_landed(FRAME(1));
    cr_assert_eq(thread_self()->shared.state, SITE_INSIDE);
    waitpid(child, NULL, 0);
}

/* 1.6: a handler that interrupts a call gives back the state that it found, and does not wake. */
Test(activate, handler_in_a_call) {
    unsigned long outer, inner;
    struct filter *filter;
    thread_contact();
    outer = call(DEMO_IN_REGION);
    filter = publish_quietly();
    inner = call(DEMO_IDLE); /* the handler writes to its pipe */
    loom_in_(inner);
    cr_assert_eq(thread_self()->shared.state, (unsigned long)LOOM_POINT_(demo, DEMO_IN_REGION));
    cr_assert_not(is_active(filter), "woken in the middle of the region");
    loom_in_(outer);
    cr_assert_not(is_active(filter));
}

/* 1.7: a callback out of a library that idles; afterwards the thread idles there again. */
static int in_callback;
static int callback(int depth) {
    if (loom_outside_()) {
        struct loom_mark mark __attribute__((cleanup(loom_leave_)));
        loom_arrive_(&mark);
        return callback(depth);
    }
    in_callback = thread_self()->shared.state == SITE_INSIDE;
    return depth;
}

Test(activate, callback) {
    unsigned long mark;
    struct filter *filter;
    thread_contact();
    mark = call(DEMO_IDLE); /* in the library's loop */
    filter = publish_quietly();
    cr_assert_eq(callback(7), 7);
    cr_assert(in_callback);
    cr_assert_eq(thread_self()->shared.state, (unsigned long)LOOM_POINT_(demo, DEMO_IDLE));
    cr_assert(is_active(filter), "it came in from a safe site");
    loom_in_(mark);
}

/* 1.8: a thread that waits for one filter's lock is at a pause point of the others. */
static struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};
Test(activate, waiting_at_a_slot, .timeout = 60) {
    static const struct loom_plan_operation other[] = {
        {.point = DEMO_OTHER_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_OTHER_LEAVE, .kind = LOOM_LEAVE}};
    static const uint64_t enter_unsafe[1] = {1u << DEMO_ENTER}; /* in the second's region */
    struct actor actor;
    struct filter *first = publish_simple(60000, 0), *second, *third;
    actor_start(&actor);
    hit(DEMO_ENTER, 1);
    actor_do(&actor, do_hit, &enter);
    cr_assert(DEMO_WAIT(LOAD(first->waits) == 1, 1000));
    second = publish(other, 2, 0, 0, NULL, 0);
    third = publish(other, 2, 0, 0, enter_unsafe, 0);
    cr_assert(work_until(second, FILTER_IN_FORCE, 1000));
    work();
    cr_assert_eq(third->phase, FILTER_PUBLISHED);
    hit(DEMO_LEAVE, 1);
    cr_assert(actor_done(&actor, 1000));
    cr_assert(work_until(third, FILTER_IN_FORCE, 1000)); /* the actor idles elsewhere now */
    actor_run(&actor, do_hit, &leave);
    actor_end(&actor);
}

/* A second enter of the same filter at the point where a thread waits is not slipped in. */
Test(activate, own_points_are_unsafe) {
    struct filter *filter = publish_simple(0, 0);
    cr_assert_not(filter_safe(filter, (uintptr_t)LOOM_POINT_(demo, DEMO_ENTER)));
    cr_assert_not(filter_safe(filter, (uintptr_t)LOOM_POINT_(demo, DEMO_LEAVE)));
    cr_assert(filter_safe(filter, (uintptr_t)LOOM_POINT_(demo, DEMO_IDLE)));
    cr_assert_not(filter_safe(filter, SITE_UNKNOWN));
    cr_assert(filter_safe(filter, SITE_START));
}

/* 2.1: a parked thread is let go; before it is INSIDE the next slice begins. It must park again,
 * and the scan must not count it while it runs. */
static _Atomic int releases, parks;
static void next_slice_at_once(const char *name) {
    if (!strcmp(name, "stop-parked")) parks++;
    if (strcmp(name, "stop-released") || releases++) return;
    while (parks < 1) continue;
    for (uint64_t end = sys_now_ms() + 200; sys_now_ms() < end;) {
        if (LOAD(thread_self()->shared.request) >> 1) break; /* the next slice's number */
        usleep(100);
    }
}

static void poll_once(void *unused) {
    (void)unused;
    poll_here();
}

Test(activate, unpark_race, .timeout = 60) {
    struct actor parker, runner;
    struct filter *filter;
    unsigned long mark;
    actor_start(&parker);
    actor_start(&runner);
    mark = call(DEMO_IN_REGION); /* keeps the stop from committing */
    STORE(testpoint_hook, next_slice_at_once);
    filter = publish_stop_or(LOOM_COMMIT_STOP);
    cr_assert_eq(filter->phase, FILTER_STOPPING);
    actor_do(&parker, poll_once, NULL);
    cr_assert(DEMO_WAIT((work(), releases >= 4 && parks >= 4), 5000), "%d releases, %d parks",
              releases, parks);
    loom_in_(mark);
    mark = call(DEMO_IDLE);
    cr_assert(work_until(filter, FILTER_IN_FORCE, 5000));
    loom_in_(mark);
    cr_assert(is_active(filter));
    cr_assert(actor_done(&parker, 2000));
    actor_end(&parker);
    actor_end(&runner);
    cr_assert_eq(rank_violations, 0);
}

/* A thread that is first met between the scan of a stop and its commit: nobody but its own record
 * can ask it to look (found by tests/model/stop.pml, -DBUG_OPEN_AFTER_SCAN). */
static _Atomic int met, go_on;
static pthread_t newcomer;

static void *come(void *result) {
    thread_contact();
    met = 1;
    while (!go_on) usleep(100);
    poll_here();
    *(uint64_t *)result = thread_self()->active;
    return NULL;
}

static uint64_t newcomer_active;
static void come_after_scan(const char *name) {
    if (strcmp(name, "stop-scanned") || met) return;
    cr_assert_eq(pthread_create(&newcomer, NULL, come, &newcomer_active), 0);
    while (!met) usleep(100);
}

Test(activate, contact_between_scan_and_commit, .timeout = 60) {
    unsigned long mark;
    struct filter *filter;
    thread_contact();
    mark = call(DEMO_IDLE);
    STORE(testpoint_hook, come_after_scan);
    filter = publish_stop_or(LOOM_COMMIT_STOP);
    work();
    cr_assert(met);
    cr_assert_eq(filter->phase, FILTER_PUBLISHED, "it waits for the newcomer");
    go_on = 1;
    pthread_join(newcomer, NULL);
    cr_assert_eq(newcomer_active, filter_mask(filter));
    cr_assert(work_until(filter, FILTER_IN_FORCE, 1000));
    loom_in_(mark);
    cr_assert(is_active(filter));
}

/* A stop whose deadline passes lets everybody go, activates nobody, and says who was missing. */
Test(activate, stop_rolled_back, .timeout = 60) {
    struct actor actor;
    unsigned long mark;
    struct filter *filter;
    actor_start(&actor);
    mark = call(DEMO_IN_REGION);
    filter = publish_stop_or(LOOM_COMMIT_STOP);
    filter->deadline_ms = sys_now_ms() + 100;
    cr_assert(work_until(filter, FILTER_ROLLED_BACK, 3000));
    cr_assert_null(stop_filter());
    cr_assert_eq(events_of(3 /* EVENT_ROLLED_BACK */), 1);
    cr_assert(install_is_fast());
    loom_in_(mark);
    actor_run(&actor, poll_once, NULL);
    cr_assert_eq(thread_self()->active, 0);
    actor_end(&actor);
}

/* The stop's clock runs in this test, 1 ms a step: how long slices and the rests between them last.
 */
static unsigned lengths(uint64_t *now, unsigned *slices, unsigned *rests, unsigned most) {
    unsigned count = 0, length[2] = {0};
    bool was = true;
    for (unsigned i = 0; i < 5000 && count < most; i++) {
        bool gathering;
        lock_take(&install_lock);
        stop_work(++*now);
        gathering = stop_request() != 0;
        lock_drop(&install_lock);
        length[gathering]++;
        if (gathering && !was) {
            slices[count] = length[1] - 1;
            rests[count++] = length[0];
            length[0] = 0, length[1] = 1;
        }
        was = gathering;
    }
    return count;
}

/* Threads that compute get longer and longer slices to come to a safe place, and as long rests. */
Test(activate, slices_grow_while_the_missing_are_runnable, .timeout = 60) {
    unsigned slices[6], rests[6];
    thread_contact(); /* INSIDE */
    struct filter *filter = publish_stop_or(LOOM_COMMIT_STOP);
    uint64_t now = filter->published_ms;
    filter->deadline_ms = now + 1000000;
    cr_assert_eq(lengths(&now, slices, rests, 6), 6);
    for (int i = 1; i < 6; i++) cr_assert_geq(slices[i], slices[i - 1]);
    cr_assert_geq(slices[5], 4 * slices[0], "from %u to %u ms", slices[0], slices[5]);
    cr_assert_geq(rests[5], 4 * rests[0], "from %u to %u ms", rests[0], rests[5]);
    demo_away();
    cr_assert(work_until(filter, FILTER_IN_FORCE, 5000));
    demo_back();
}

/* One that is blocked may wait for a thread that is parked: slices stay short, rests grow. */
Test(activate, slices_stay_short_while_the_missing_are_blocked, .timeout = 60) {
    unsigned slices[6], rests[6];
    unsigned long mark = call(DEMO_IN_REGION);
    struct filter *filter = publish_stop_or(LOOM_COMMIT_STOP);
    uint64_t now = filter->published_ms;
    filter->deadline_ms = now + 1000000;
    cr_assert_eq(lengths(&now, slices, rests, 6), 6);
    for (int i = 0; i < 6; i++) cr_assert_leq(slices[i], 4, "%u ms", slices[i]);
    cr_assert_geq(rests[5], 4 * rests[0], "from %u to %u ms", rests[0], rests[5]);
    loom_in_(mark);
}

/* Nobody parks in the "after" of a lock call: it may hold what others need. */
Test(activate, lock_calls_do_not_park, .timeout = 60) {
    unsigned long before;
    struct filter *filter;
    thread_contact();
    before = call(DEMO_LOCK);
    filter = publish(simple, 2, 0, 0, (const uint64_t[]){1u << DEMO_LOCK}, LOOM_COMMIT_STOP);
    work();
    cr_assert_eq(filter->phase, FILTER_STOPPING);
    loom_in_(before | LOOM_MARK_LOCK); /* returns: would hang here */
    cr_assert_eq(thread_self()->shared.state, SITE_INSIDE);
}

/* Threads born while a filter is published are active at once; others must be seen first. */
static void *foreign(void *result) {
    hit(DEMO_ENTER, 1);
    ((int *)result)[0] = holds();
    unsigned long mark = call(DEMO_IDLE);
    loom_in_(mark);
    hit(DEMO_ENTER, 1);
    ((int *)result)[1] = holds();
    return NULL;
}

Test(activate, births, .timeout = 60) {
    pthread_t thread;
    int result[2];
    publish_simple(0, 0);
    pthread_create(&thread, NULL, foreign, result);
    pthread_join(thread, NULL);
    cr_assert_eq(result[0], 0, "a foreign thread has unknown frames below");
    cr_assert_eq(result[1], 1);
    LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, foreign, result);
    pthread_join(thread, NULL);
    cr_assert_eq(result[0], 1, "a thread of ours has none");
}

/* pthread_create fails: the thread that was counted is taken back. */
Test(activate, create_fails) {
    unsigned before;
    pthread_t thread;
    pthread_attr_t attr;
    thread_contact();
    before = threads_count();
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 1ul << 46);
    cr_assert_neq(LOOM_CREATE(demo, DEMO_CREATE, &thread, &attr, foreign, NULL), 0);
    cr_assert_eq(threads_count(), before);
}

/* Records are reused: ten thousand threads do not grow the list, and a reused one starts clean. */
Test(activate, pool, .timeout = 60) {
    struct thread *records = NULL;
    unsigned all = 0;
    struct filter *filter = publish_simple(0, 0);
    for (int i = 0; i < 2000; i++) {
        int result[2];
        pthread_t thread;
        LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, foreign, result);
        pthread_join(thread, NULL);
        cr_assert_eq(result[0], 1);
        cr_assert_eq(result[1], 1); /* left held: its exit releases it */
    }
    lock_take(&threads_lock);
    records = threads_first();
    for (struct thread *t = records; t; t = t->next) all++;
    lock_drop(&threads_lock);
    cr_assert_leq(all, 32);
    cr_assert_eq(LOAD(filter->timeouts), 0);
}

/* After the thread's record has gone its destructors may still run instrumented code. */
static pthread_key_t late_key;
static _Atomic int late_rounds;
static void late(void *data) {
    unsigned long mark = call(DEMO_IDLE);
    loom_in_(mark);
    hit(DEMO_ENTER, 1);
    hit(DEMO_LEAVE, 1);
    if (++late_rounds < 4) pthread_setspecific(late_key, data);
}
static void *with_late(void *unused) {
    pthread_setspecific(late_key, &late_key);
    return unused;
}

Test(activate, code_in_thread_destructors, .timeout = 60) {
    pthread_t thread;
    unsigned before;
    thread_contact();
    publish_simple(0, 0);
    before = threads_count();
    pthread_key_create(&late_key, late);
    LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, with_late, NULL);
    pthread_join(thread, NULL);
    cr_assert_eq(late_rounds, 4);
    cr_assert_eq(threads_count(), before);
}
