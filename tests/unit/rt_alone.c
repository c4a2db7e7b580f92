// SPDX-License-Identifier: MIT
/*
 * Unilateral exclusion: while a thread is in r, nobody else runs instrumented code; and whatever
 * happens, everybody runs on in the end.
 *
 * The test's own thread is OUTSIDE (demo_away). A witness notes each of its statements that runs
 * while an entry is complete: `inside` is set by the thread in r, stop_is_alone() says that the
 * entry has not ended early, as it may on a loaded machine.
 */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/state.h"
#include "rt/stop.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "tests/support/actor.h"

#define LIMIT_MS 10000

static struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};
static struct hit other_enter = {DEMO_OTHER_ENTER, 2}, other_leave = {DEMO_OTHER_LEAVE, 2};

static const struct loom_plan_operation region[] = {
    {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
    {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
static const struct loom_plan_operation other_region[] = {
    {.point = DEMO_OTHER_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
    {.point = DEMO_OTHER_LEAVE, .kind = LOOM_LEAVE}};

/* `region <> *`. The test's thread is OUTSIDE from here on. */
static struct filter *publish_region(uint32_t within_ms) {
    struct filter *filter = publish_alone(region, 2, within_ms, 0);
    demo_away();
    return filter;
}
static struct filter *publish_other(void) {
    struct filter *filter;
    demo_back();
    filter = publish_alone(other_region, 2, 60000, 0);
    demo_away();
    return filter;
}

/* ---- witnesses ---- */

static _Atomic bool inside, witnesses_end;
static _Atomic long steps, during;

static void one_step(void) {
    if (inside && stop_is_alone()) during++;
    steps++;
}

/* Reads its flag plainly, as instrumented code does (demo.c). */
__attribute__((no_sanitize("thread"))) static void *computing(void *unused) {
    while (!witnesses_end) {
        one_step();
        if (!LOOM_FAST_POLL(demo, DEMO_WORKER)) LOOM_COND_BREAK(demo, DEMO_WORKER, DEMO_POLL);
    }
    return unused;
}
static void *calling(void *unused) {
    while (!witnesses_end) {
        one_step();
        LOOM_CALL(demo, DEMO_IDLE, usleep(100));
    }
    return unused;
}
static void *locking(void *unused) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    while (!witnesses_end) {
        LOOM_LOCK(demo, DEMO_LOCK, pthread_mutex_lock, &mutex);
        one_step();
        pthread_mutex_unlock(&mutex);
        one_step();
        LOOM_CALL(demo, DEMO_IDLE, usleep(50));
    }
    return unused;
}

static pthread_t witnesses[16];
static int witness_count;
static void start_witness(void *(*how)(void *)) {
    cr_assert_eq(LOOM_CREATE(demo, DEMO_CREATE, &witnesses[witness_count++], NULL, how, NULL), 0);
}
static void end_witnesses(void) {
    witnesses_end = true;
    while (witness_count) pthread_join(witnesses[--witness_count], NULL);
}
static bool all_go_on(void) {
    long before = steps;
    return DEMO_WAIT(steps >= before + 20, LIMIT_MS);
}

static unsigned parked_threads(void) {
    unsigned count = 0;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) count += LOAD(t->parked) != 0;
    lock_drop(&threads_lock);
    return count;
}
static bool somebody_in_turn(void) {
    bool waits = false;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) waits |= LOAD(t->in_turn) != 0;
    lock_drop(&threads_lock);
    return waits;
}

/* In r. Entries that could not be complete are left again. */
static _Atomic long complete_entries;
static bool try_to_go_in(void) {
    for (int i = 0; i < 100; i++) {
        hit(DEMO_ENTER, 1);
        if ((inside = stop_is_alone())) {
            complete_entries++;
            return true;
        }
        hit(DEMO_LEAVE, 1);
        LOOM_CALL(demo, DEMO_IDLE, usleep(10000));
    }
    return false;
}
static void go_in(void *unused) {
    (void)unused;
    cr_assert(try_to_go_in(), "a hundred entries were not complete");
}
static void go_out(void *unused) {
    (void)unused;
    inside = false;
    hit(DEMO_LEAVE, 1);
}
/* Does something for about 2 ms, without a call. */
static void pass_through(void *unused) {
    go_in(unused);
    for (uint64_t end = sys_now_ms() + 2; sys_now_ms() < end;) continue;
    go_out(unused);
}

/* ---- the others are out ---- */

Test(alone, others_are_out, .timeout = 60) {
    struct actor actor;
    struct filter *filter = publish_region(60000);
    actor_start(&actor);
    start_witness(computing);
    start_witness(computing);
    start_witness(calling);
    start_witness(locking);
    start_witness(locking);
    for (int i = 0; i < 50; i++) {
        actor_do(&actor, pass_through, NULL);
        cr_assert(actor_done(&actor, LIMIT_MS));
    }
    cr_assert_eq(complete_entries, 50);
    cr_assert_eq(during, 0, "%ld statements of others", (long)during);
    cr_assert(all_go_on());
    cr_assert_not(stop_is_alone());
    cr_assert_geq(LOAD(filter->enters), 50);
    end_witnesses();
    actor_end(&actor);
    cr_assert_eq(rank_violations, 0);
}

/* The entries of two threads in a row keep a third out of r, but not from running. */
static void many_entries(void *unused) {
    (void)unused;
    while (!witnesses_end) {
        hit(DEMO_ENTER, 1);
        hit(DEMO_LEAVE, 1);
    }
}
Test(alone, entries_in_a_row_starve_nobody, .timeout = 60) {
    struct actor a, b;
    publish_region(60000);
    actor_start(&a);
    actor_start(&b);
    start_witness(computing);
    start_witness(calling);
    actor_do(&a, many_entries, NULL);
    actor_do(&b, many_entries, NULL);
    for (int i = 0; i < 20; i++) cr_assert(all_go_on());
    end_witnesses();
    actor_end(&a);
    actor_end(&b);
    cr_assert_eq(rank_violations, 0);
}

/* A thread in a call does not hold up; it parks when it comes back. */
static int ends[2];
static _Atomic bool came_back;
static void read_one(void *unused) {
    char byte;
    (void)unused;
    LOOM_CALL(demo, DEMO_IDLE, read(ends[0], &byte, 1));
    one_step();
    came_back = true;
}
Test(alone, a_blocked_thread_parks_when_it_returns, .timeout = 30) {
    struct actor a, b;
    publish_region(60000);
    cr_assert_eq(pipe(ends), 0);
    actor_start(&a);
    actor_start(&b);
    actor_do(&b, read_one, NULL);
    actor_run(&a, go_in, NULL);
    cr_assert_eq(write(ends[1], "x", 1), 1);
    cr_assert(DEMO_WAIT(parked_threads() == 1, LIMIT_MS) || !stop_is_alone());
    cr_assert(!came_back || !stop_is_alone());
    actor_run(&a, go_out, NULL);
    cr_assert(actor_done(&b, LIMIT_MS));
    cr_assert_eq(during, 0);
    actor_end(&a);
    actor_end(&b);
}

/* Also in the "after" of a lock call, once the entry is complete. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void lock_mutex(void *unused) {
    (void)unused;
    LOOM_LOCK(demo, DEMO_LOCK_IN, pthread_mutex_lock, &mutex);
    one_step();
}
static void unlock_mutex(void *unused) {
    (void)unused;
    one_step();
    pthread_mutex_unlock(&mutex);
}
static void raw_lock(void *unused) {
    (void)unused;
    pthread_mutex_lock(&mutex);
}
static void raw_unlock(void *unused) {
    (void)unused;
    pthread_mutex_unlock(&mutex);
}
Test(alone, nobody_slips_out_of_a_lock_call, .timeout = 30) {
    struct actor a, b;
    publish_region(60000);
    actor_start(&a);
    actor_start(&b);
    actor_run(&a, raw_lock, NULL);
    actor_do(&b, lock_mutex, NULL);
    actor_run(&a, go_in, NULL);
    actor_run(&a, raw_unlock, NULL);
    cr_assert(DEMO_WAIT(parked_threads() == 1, LIMIT_MS) || !stop_is_alone());
    actor_run(&a, go_out, NULL);
    cr_assert(actor_done(&b, LIMIT_MS));
    cr_assert_eq(during, 0);
    actor_run(&b, raw_unlock, NULL);
    actor_end(&a);
    actor_end(&b);
}

/* ---- the limits ---- */

/* r's thread needs a mutex that a parked thread has: everybody runs on. */
static _Atomic int polling; /* polls while 1 */
static void lock_and_poll(void *unused) {
    lock_mutex(unused);
    polling = 1;
    while (polling) poll_here();
    unlock_mutex(unused);
}
Test(alone, a_mutex_of_a_parked_thread, .timeout = 30) {
    struct actor a, b;
    struct filter *filter = publish_region(60000);
    actor_start(&a);
    actor_start(&b);
    actor_do(&b, lock_and_poll, NULL);
    cr_assert(DEMO_WAIT(polling, LIMIT_MS));
    actor_run(&a, go_in, NULL);
    polling = 0;
    actor_do(&a, lock_mutex, NULL);
    cr_assert(actor_done(&a, LIMIT_MS), "hangs");
    cr_assert(actor_done(&b, LIMIT_MS));
    cr_assert_geq(events_of(EVENT_ALONE), 1);
    cr_assert_geq(LOAD(filter->timeouts), 1);
    cr_assert_not(stop_is_alone());
    actor_run(&a, unlock_mutex, NULL);
    actor_run(&a, go_out, NULL);
    actor_run(&a, go_in, NULL); /* the next entry is whole again */
    actor_run(&a, go_out, NULL);
    actor_end(&a);
    actor_end(&b);
    cr_assert_eq(rank_violations, 0);
}

/* The same with a filter lock: the parked thread is its owner, r waits at a slot. */
static void enter_other_and_poll(void *unused) {
    (void)unused;
    hit(DEMO_OTHER_ENTER, 2);
    polling = 1;
    while (polling) poll_here();
    hit(DEMO_OTHER_LEAVE, 2);
}
Test(alone, a_filter_lock_of_a_parked_thread, .timeout = 30) {
    struct actor a, b;
    struct filter *other = publish(other_region, 2, 60000, 0, NULL, 0);
    publish_region(60000);
    actor_start(&a);
    actor_start(&b);
    actor_do(&b, enter_other_and_poll, NULL);
    cr_assert(DEMO_WAIT(polling, LIMIT_MS));
    actor_run(&a, go_in, NULL);
    polling = 0;
    actor_do(&a, do_hit, &other_enter);
    cr_assert(actor_done(&a, LIMIT_MS), "hangs");
    cr_assert(actor_done(&b, LIMIT_MS));
    cr_assert_eq(LOAD(other->timeouts), 0, "nobody passed: the owner left");
    cr_assert_geq(events_of(EVENT_ALONE), 1);
    actor_run(&a, do_hit, &other_leave);
    actor_run(&a, go_out, NULL);
    actor_end(&a);
    actor_end(&b);
    cr_assert_eq(rank_violations, 0);
}

/* The owner of another filter's lock is parked for longer than its `within`: it does not count as
 * much as if it held the lock by itself. */
static void spin_for_700_ms(void *unused) {
    go_in(unused);
    for (uint64_t end = sys_now_ms() + 700; sys_now_ms() < end;) continue;
}
Test(alone, a_parked_owner_is_not_suspended, .timeout = 30) {
    struct actor a, b, c;
    struct filter *other = publish(other_region, 2, 400, 0, NULL, 0);
    publish_region(60000);
    actor_start(&a);
    actor_start(&b);
    actor_start(&c);
    actor_run(&b, do_hit, &other_enter);
    actor_do(&c, do_hit, &other_enter);
    cr_assert(DEMO_WAIT(LOAD(other->waits) == 1, LIMIT_MS));
    actor_do(&a, spin_for_700_ms, NULL);
    cr_assert(actor_done(&a, LIMIT_MS));
    bool kept = stop_is_alone(), suspended = LOAD(other->suspended);
    actor_run(&a, go_out, NULL);
    cr_assert(!suspended || !kept);
    actor_run(&b, do_hit, &other_leave);
    cr_assert(actor_done(&c, LIMIT_MS));
    actor_run(&c, do_hit, &other_leave);
    actor_end(&a);
    actor_end(&b);
    actor_end(&c);
}

/* A thread that computes without polls: the enter passes, those parked run on. */
static _Atomic bool spinning;
static void spin_without_polls(void *unused) {
    (void)unused;
    while (spinning) continue;
}
Test(alone, a_thread_without_polls, .timeout = 30) {
    struct actor a, b;
    publish_region(60000);
    actor_start(&a);
    actor_start(&b);
    start_witness(calling);
    spinning = true;
    actor_do(&b, spin_without_polls, NULL);
    cr_assert(DEMO_WAIT(!b.todo, LIMIT_MS));
    actor_do(&a, do_hit, &enter);
    cr_assert(actor_done(&a, LIMIT_MS));
    cr_assert_not(stop_is_alone());
    cr_assert_geq(events_of(EVENT_ALONE), 1);
    cr_assert(all_go_on());
    actor_run(&a, do_hit, &leave);
    spinning = false;
    cr_assert(actor_done(&b, LIMIT_MS));
    actor_run(&a, go_in, NULL); /* the next one succeeds */
    actor_run(&a, go_out, NULL);
    end_witnesses();
    actor_end(&a);
    actor_end(&b);
}

/* An entry lasts too long: the others run on, the filter is suspended. */
static void go_in_and_spin(void *unused) {
    go_in(unused);
    while (spinning) continue;
}
Test(alone, too_long, .timeout = 30) {
    struct actor actor;
    struct filter *filter = publish_region(100);
    actor_start(&actor);
    start_witness(calling);
    spinning = true;
    actor_do(&actor, go_in_and_spin, NULL);
    cr_assert(DEMO_WAIT(LOAD(filter->suspended), LIMIT_MS));
    cr_assert(all_go_on());
    spinning = false;
    cr_assert(actor_done(&actor, LIMIT_MS));
    actor_run(&actor, go_out, NULL);
    cr_assert_geq(events_of(EVENT_TIMEOUT), 1);
    end_witnesses();
    actor_end(&actor);
}

/* ---- several filters ---- */

/* A thread that has the turn to enter r lets another come to the enter of the other region, before
 * it asks anybody to park. */
static void let_second_come(const char *name) {
    if (!spinning || strcmp(name, "alone-gathering")) return;
    spinning = false;
    DEMO_WAIT(somebody_in_turn(), LIMIT_MS);
}
static void second_enters_other(void *unused) {
    spin_without_polls(unused);
    hit(DEMO_OTHER_ENTER, 2);
}
/* Now a is in r, and b waits for its turn to enter the other region. */
static void one_in_one_waiting(struct actor *a, struct actor *b) {
    actor_start(a);
    actor_start(b);
    spinning = true;
    STORE(testpoint_hook, let_second_come);
    actor_do(b, second_enters_other, NULL);
    cr_assert(DEMO_WAIT(!b->todo, LIMIT_MS));
    actor_do(a, do_hit, &enter);
    cr_assert(actor_done(a, 2 * LIMIT_MS));
    cr_assert(somebody_in_turn() || !stop_is_alone());
    STORE(testpoint_hook, NULL);
}

Test(alone, two_filters_take_turns, .timeout = 30) {
    struct actor a, b;
    publish_region(60000);
    publish_other();
    one_in_one_waiting(&a, &b);
    cr_assert(b.done == b.given - 1 || events_of(EVENT_ALONE));
    actor_run(&a, do_hit, &leave);
    cr_assert(actor_done(&b, LIMIT_MS));
    actor_run(&b, do_hit, &other_leave);
    cr_assert_not(stop_is_alone());
    cr_assert_not(somebody_in_turn());
    actor_end(&a);
    actor_end(&b);
    cr_assert_eq(rank_violations, 0);
}

/* Who waits for longer comes first, also before a thread that never stops asking. */
Test(alone, turns_are_in_order, .timeout = 30) {
    struct actor a, b;
    publish_region(60000);
    publish_other();
    actor_start(&a);
    actor_start(&b);
    actor_do(&a, many_entries, NULL);
    for (int i = 0; i < 20; i++) {
        actor_do(&b, do_hit, &other_enter);
        cr_assert(actor_done(&b, LIMIT_MS));
        actor_run(&b, do_hit, &other_leave);
    }
    cr_assert_eq(events_of(EVENT_TIMEOUT), 0);
    witnesses_end = true;
    cr_assert(actor_done(&a, LIMIT_MS));
    actor_end(&a);
    actor_end(&b);
}

/* Of one thread they are one entry; it ends with the last. Recursion only counts. */
static bool alone_here[6];
static void overlap(void *unused) {
    (void)unused;
    for (int i = 0; i < 100 && !stop_is_alone(); i++) {
        hit(DEMO_LEAVE, 1);
        hit(DEMO_ENTER, 1);
    }
    alone_here[0] = stop_is_alone();
    hit(DEMO_ENTER, 2); /* again, deeper */
    hit(DEMO_OTHER_ENTER, 3);
    alone_here[1] = stop_is_alone();
    hit(DEMO_OTHER_ENTER, 3);
    hit(DEMO_OTHER_LEAVE, 3);
    hit(DEMO_OTHER_LEAVE, 3);
    alone_here[2] = stop_is_alone();
    hit(DEMO_LEAVE, 2);
    alone_here[3] = stop_is_alone();
    hit(DEMO_LEAVE, 1);
    alone_here[4] = stop_is_alone();
}
Test(alone, one_entry_of_two_filters, .timeout = 30) {
    struct actor actor;
    publish_region(60000);
    publish_other();
    actor_start(&actor);
    actor_run(&actor, overlap, NULL);
    for (int i = 0; i < 4; i++) cr_assert(alone_here[i], "at %d", i);
    cr_assert_not(alone_here[4]);
    actor_end(&actor);
}

/* ---- ways out ---- */

static bool can_go_in(void) {
    struct actor actor;
    actor_start(&actor);
    actor_run(&actor, go_in, NULL);
    actor_run(&actor, go_out, NULL);
    actor_end(&actor);
    return !stop_is_alone();
}

static void jump_out(void *unused) {
    static jmp_buf place;
    (void)unused;
    if (!setjmp(place)) {
        hit(DEMO_ENTER, 5);
        longjmp(place, 1);
    }
    handshake_landed(FRAME(1)); /* frame 5 is gone */
}
Test(alone, longjmp_out, .timeout = 30) {
    struct actor actor;
    publish_region(60000);
    actor_start(&actor);
    start_witness(calling);
    actor_run(&actor, jump_out, NULL);
    cr_assert_not(stop_is_alone());
    cr_assert(all_go_on());
    cr_assert(can_go_in());
    end_witnesses();
    actor_end(&actor);
}

/* Out of the wait for the turn, and out of the gathering, by a signal handler. */
static sigjmp_buf out_of_wait;
static void handler_jumps(int unused) {
    (void)unused;
    siglongjmp(out_of_wait, 1);
}
static void enter_and_be_jumped_out(void *which) {
    const struct hit *one = which;
    if (!sigsetjmp(out_of_wait, 1)) hit(one->point, one->frame);
    handshake_landed(__builtin_frame_address(0));
}
static const char *_Atomic jump_at;
static void jump_here(const char *name) {
    const char *at = jump_at;
    if (at && !strcmp(name, at)) {
        jump_at = NULL;
        pthread_kill(pthread_self(), SIGUSR1);
    }
}
Test(alone, jumps_out_of_the_gathering, .timeout = 60) {
    static const char *const points[] = {"alone-gathering", "alone-gathered"};
    struct actor actor;
    publish_region(60000);
    signal(SIGUSR1, handler_jumps);
    STORE(testpoint_hook, jump_here);
    actor_start(&actor);
    start_witness(calling);
    for (int i = 0; i < 2; i++) {
        jump_at = points[i];
        actor_run(&actor, enter_and_be_jumped_out, &enter);
        cr_assert_null(jump_at, "the handler did not run at %s", points[i]);
        cr_assert_not(stop_is_alone(), "an entry is left from %s", points[i]);
        cr_assert(all_go_on());
        cr_assert(can_go_in());
    }
    end_witnesses();
    actor_end(&actor);
    cr_assert_eq(rank_violations, 0);
    cr_assert_not(state_is_off());
}

static void let_second_come_and_jump(const char *name) {
    if (!strcmp(name, "alone-waiting")) {
        jump_here(name);
    } else if (spinning && !strcmp(name, "alone-gathering")) {
        spinning = false;
        DEMO_WAIT(!jump_at, LIMIT_MS);
    }
}
static void second_jumps(void *unused) {
    spin_without_polls(unused);
    enter_and_be_jumped_out(&other_enter);
}
Test(alone, a_jump_out_of_the_wait_for_a_turn, .timeout = 60) {
    struct actor a, b;
    publish_region(60000);
    publish_other();
    signal(SIGUSR1, handler_jumps);
    actor_start(&a);
    actor_start(&b);
    spinning = true;
    jump_at = "alone-waiting";
    STORE(testpoint_hook, let_second_come_and_jump);
    actor_do(&b, second_jumps, NULL);
    cr_assert(DEMO_WAIT(!b.todo, LIMIT_MS));
    actor_do(&a, do_hit, &enter);
    cr_assert(actor_done(&a, LIMIT_MS));
    cr_assert_null(jump_at, "the handler did not run");
    cr_assert(DEMO_WAIT(!somebody_in_turn(), LIMIT_MS));
    actor_run(&a, do_hit, &leave);
    cr_assert(actor_done(&b, LIMIT_MS));
    actor_run(&a, do_hit, &other_enter); /* b has left its lock, too */
    actor_run(&a, do_hit, &other_leave);
    cr_assert_not(stop_is_alone());
    actor_end(&a);
    actor_end(&b);
    cr_assert_eq(rank_violations, 0);
    cr_assert_not(state_is_off());
}

/* ASan does not see that a cancelled thread's frames are gone. */
__attribute__((no_sanitize("address"))) static void *exits(void *cancelled) {
    hit(DEMO_ENTER, 1);
    if (!cancelled) pthread_exit(NULL);
    for (;;) LOOM_CALL(demo, DEMO_IN_REGION, usleep(1000));
    return NULL;
}
Test(alone, thread_ends_inside, .timeout = 30) {
    pthread_t thread;
    struct filter *filter = publish_region(60000);
    start_witness(calling);
    LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, exits, NULL);
    pthread_join(thread, NULL);
    cr_assert_not(stop_is_alone());
    cr_assert(can_go_in());
#ifndef __SANITIZE_THREAD__ /* it does not see the locks of a thread cancelled in usleep any more */
    uint64_t enters = LOAD(filter->enters);
    LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, exits, &thread);
    cr_assert(DEMO_WAIT(LOAD(filter->enters) > enters, LIMIT_MS));
    pthread_cancel(thread);
    pthread_join(thread, NULL);
    cr_assert_not(stop_is_alone());
    cr_assert(can_go_in());
#else
    (void)filter;
#endif
    cr_assert(all_go_on());
    end_witnesses();
    cr_assert_eq(rank_violations, 0);
}

/* ---- fork ---- */

static void *newborn(void *unused) {
    one_step();
    came_back = true;
    return unused;
}
/* In the child the parent's others are gone; it is still alone, so a thread it makes waits. */
static int child_of_the_one_inside(void) {
    pthread_t thread;
    bool kept;
    if (parked_threads()) return 2;
    if (!inside) return 3;
    if (LOOM_CREATE(demo, DEMO_CREATE, &thread, NULL, newborn, NULL)) return 4;
    kept = DEMO_WAIT(parked_threads() == 1, LIMIT_MS) || !stop_is_alone();
    go_out(NULL);
    pthread_join(thread, NULL);
    return !kept ? 5 : during ? 6 : stop_is_alone() ? 7 : rank_violations ? 8 : 0;
}
static int child_of_another(void) {
    if (stop_is_alone()) return 12;
    if (thread_self()->shared.request & ~(unsigned long)REQUEST_LOOK) return 13;
    if (!try_to_go_in()) return 14;
    go_out(NULL);
    return rank_violations ? 18 : 0;
}
static int fork_status;
static void fork_here(void *child) {
    int (*run)(void) = *(int (**)(void))child;
    pid_t pid = fork();
    if (!pid) _exit(run());
    LOOM_CALL(demo, DEMO_IDLE, waitpid(pid, &fork_status, 0));
}
#ifndef __SANITIZE_THREAD__ /* it dies of threads that are made in a fork child */
Test(alone, fork_inside, .timeout = 60) {
    static int (*child)(void) = child_of_the_one_inside;
    struct actor actor;
    struct filter *filter = publish_region(60000);
    actor_start(&actor);
    start_witness(calling);
    start_witness(computing);
    cr_assert(work_until(filter, FILTER_IN_FORCE, LIMIT_MS)); /* else the child removes it */
    actor_run(&actor, go_in, NULL);
    actor_do(&actor, fork_here, &child);
    cr_assert(actor_done(&actor, 4 * LIMIT_MS));
    cr_assert_eq(fork_status, 0, "status %x", fork_status);
    actor_run(&actor, go_out, NULL);
    cr_assert(all_go_on());
    end_witnesses();
    actor_end(&actor);
}
#endif

/* Another thread, which is OUTSIDE, forks while one is inside. */
Test(alone, fork_outside, .timeout = 60) {
    static int (*child)(void) = child_of_another;
    struct actor actor;
    struct filter *filter = publish_region(60000);
    actor_start(&actor);
    start_witness(calling);
    cr_assert(work_until(filter, FILTER_IN_FORCE, LIMIT_MS));
    actor_run(&actor, go_in, NULL);
    pid_t pid = fork();
    if (!pid) {
        demo_back();
        _exit(child());
    }
    waitpid(pid, &fork_status, 0);
    cr_assert_eq(fork_status, 0, "status %x", fork_status);
    actor_run(&actor, go_out, NULL);
    cr_assert(all_go_on());
    end_witnesses();
    actor_end(&actor);
}

/* ---- threads that come meanwhile ---- */

static void *foreign(void *unused) {
    loom_contact_(); /* as a boundary does it */
    one_step();
    came_back = true;
    return unused;
}
static pthread_t made;
static void make_thread(void *how) {
    LOOM_CREATE(demo, DEMO_CREATE, &made, NULL, *(void *(**)(void *))how, NULL);
}
Test(alone, births, .timeout = 30) {
    static void *(*how)(void *) = newborn;
    struct actor actor;
    publish_region(60000);
    actor_start(&actor);
    actor_run(&actor, go_in, NULL);
    actor_run(&actor, make_thread, &how); /* by the one inside */
    cr_assert(DEMO_WAIT(parked_threads() == 1, LIMIT_MS) || !stop_is_alone());
    actor_run(&actor, go_out, NULL);
    pthread_join(made, NULL);
    actor_run(&actor, go_in, NULL);
    pthread_create(&made, NULL, foreign, NULL); /* by a library, not known until its contact */
    cr_assert(DEMO_WAIT(parked_threads() == 1, LIMIT_MS) || !stop_is_alone());
    actor_run(&actor, go_out, NULL);
    pthread_join(made, NULL);
    cr_assert_eq(during, 0);
    actor_end(&actor);
}

/* A handler in a parked thread is a pause point, too. */
static _Atomic int handled;
static void handler(int number) {
    LOOM_BOUNDARY_VOID(LOOM_AGAIN(handler)(number));
    one_step();
    handled++;
}
Test(alone, handlers_of_parked_threads, .timeout = 30) {
    struct actor actor;
    publish_region(60000);
    signal(SIGUSR2, handler);
    actor_start(&actor);
    start_witness(calling);
    actor_run(&actor, go_in, NULL);
    cr_assert(DEMO_WAIT(parked_threads() == 1, LIMIT_MS) || !stop_is_alone());
    pthread_kill(witnesses[0], SIGUSR2);
    usleep(5000);
    cr_assert(!handled || !stop_is_alone());
    actor_run(&actor, go_out, NULL);
    cr_assert(DEMO_WAIT(handled == 1, LIMIT_MS));
    cr_assert(all_go_on());
    cr_assert_eq(during, 0);
    end_witnesses();
    actor_end(&actor);
}

/* ---- removal, installation, off ---- */

static void remove_filter(uint32_t id) {
    lock_take(&install_lock);
    install_remove(id);
    lock_drop(&install_lock);
}

Test(alone, removal_inside, .timeout = 30) {
    struct actor actor;
    struct filter *filter = publish_region(60000);
    actor_start(&actor);
    start_witness(calling);
    spinning = true;
    actor_do(&actor, go_in_and_spin, NULL);
    cr_assert(DEMO_WAIT(inside, LIMIT_MS));
    remove_filter(filter->id);
    cr_assert_not(stop_is_alone());
    cr_assert(all_go_on()); /* while the actor is still inside */
    cr_assert(work_until(filter, FILTER_FREE, LIMIT_MS));
    spinning = false;
    cr_assert(actor_done(&actor, LIMIT_MS));
    actor_run(&actor, go_out, NULL);
    cr_assert_eq(events_of(EVENT_ALONE), 0);
    end_witnesses();
    actor_end(&actor);
    cr_assert_eq(rank_violations, 0);
}

/* ... and while another waits for its turn. */
Test(alone, removal_of_a_waiter, .timeout = 30) {
    struct actor a, b;
    struct filter *other;
    publish_region(60000);
    other = publish_other();
    one_in_one_waiting(&a, &b);
    remove_filter(other->id);
    cr_assert(DEMO_WAIT(!somebody_in_turn(), LIMIT_MS));
    actor_run(&a, do_hit, &leave);
    cr_assert(actor_done(&b, LIMIT_MS));
    cr_assert(work_until(other, FILTER_FREE, LIMIT_MS));
    actor_end(&a);
    actor_end(&b);
}

/* A stop waits for the end of the entry, then for nothing else. */
Test(alone, stop_installation_inside, .timeout = 30) {
    struct actor actor;
    struct filter *other;
    publish_region(60000);
    actor_start(&actor);
    start_witness(calling);
    spinning = true;
    actor_do(&actor, go_in_and_spin, NULL);
    cr_assert(DEMO_WAIT(inside, LIMIT_MS));
    other = publish(other_region, 2, 0, 0, NULL, LOOM_COMMIT_STOP);
    for (int i = 0; i < 20 && stop_is_alone(); i++) {
        cr_assert_eq(other->phase, FILTER_STOPPING);
        work();
    }
    spinning = false;
    cr_assert(actor_done(&actor, LIMIT_MS));
    actor_run(&actor, go_out, NULL);
    cr_assert(work_until(other, FILTER_IN_FORCE, LIMIT_MS));
    cr_assert(all_go_on());
    actor_run(&actor, go_in, NULL);
    actor_run(&actor, go_out, NULL);
    end_witnesses();
    actor_end(&actor);
    cr_assert_eq(rank_violations, 0);
}

/* It gets its turn among threads that never stop entering, and they get theirs. */
Test(alone, stop_installations_among_entries, .timeout = 60) {
    struct actor a, b;
    struct filter *filter = publish_region(60000);
    actor_start(&a);
    actor_start(&b);
    start_witness(calling);
    actor_do(&a, many_entries, NULL);
    actor_do(&b, many_entries, NULL);
    for (int i = 0; i < 10; i++) {
        uint64_t enters = LOAD(filter->enters);
        struct filter *other = publish(other_region, 2, 0, 0, NULL, LOOM_COMMIT_STOP);
        cr_assert(work_until(other, FILTER_IN_FORCE, LIMIT_MS));
        remove_filter(other->id);
        cr_assert(work_until(other, FILTER_FREE, LIMIT_MS));
        cr_assert(DEMO_WAIT(LOAD(filter->enters) > enters, LIMIT_MS));
    }
    end_witnesses();
    actor_end(&a);
    actor_end(&b);
    cr_assert_eq(rank_violations, 0);
}

Test(alone, off_lets_all_go, .timeout = 30) {
    struct actor actor;
    publish_region(60000);
    actor_start(&actor);
    start_witness(calling);
    spinning = true;
    actor_do(&actor, go_in_and_spin, NULL);
    cr_assert(DEMO_WAIT(inside && (parked_threads() || !stop_is_alone()), LIMIT_MS));
    state_off("a test");
    cr_assert(all_go_on());
    spinning = false;
    cr_assert(actor_done(&actor, LIMIT_MS));
    end_witnesses();
    actor_end(&actor);
}

Test(alone, plans_that_make_no_sense, .timeout = 60) {
    static const struct loom_plan_operation shared[] = {
        {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_SHARED},
        {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
    static const struct loom_plan_operation key[] = {
        {.point = DEMO_ENTER, .kind = LOOM_ENTER, .key = 1},
        {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
    static const struct loom_plan_code one[] = {{.op = LOOM_CODE_CONST, .value = 1},
                                                {.op = LOOM_CODE_END}};
    struct plan_maker maker = {
        .operations = key, .operation_count = 2, .code = one, .code_count = 2};
    cr_assert(publish_plan(maker, NULL, 0) != NULL, "an exclusion may have a key");
    maker.kind = LOOM_ALONE;
    cr_assert_null(publish_plan(maker, NULL, 0));
    cr_assert_null(publish_alone(shared, 2, 0, 0));
    cr_assert_null(publish_alone(region + 1, 1, 0, 0));
    cr_assert(publish_alone(region, 2, 0, 0) != NULL);
}

/* ---- all at once ---- */

static _Atomic int in_region, in_other;
static _Atomic long entries, overlaps;
static void *mixed(void *data) {
    unsigned turn = (unsigned)(uintptr_t)data;
    while (!witnesses_end) {
        turn = turn * 1103515245 + 12345;
        switch (turn >> 16 & 7) {
        case 0:
        case 1:
            hit(DEMO_ENTER, 1);
            if (in_region++) overlaps++;
            if (turn >> 20 & 1) hit(DEMO_OTHER_ENTER, 2), hit(DEMO_OTHER_LEAVE, 2);
            if (turn >> 21 & 1) LOOM_CALL(demo, DEMO_IN_REGION, usleep(50));
            entries++;
            in_region--;
            hit(DEMO_LEAVE, 1);
            break;
        case 2:
            hit(DEMO_OTHER_ENTER, 2);
            if (in_other++) overlaps++;
            entries++;
            in_other--;
            hit(DEMO_OTHER_LEAVE, 2);
            break;
        case 3:
            LOOM_LOCK(demo, DEMO_LOCK, pthread_mutex_lock, &mutex);
            one_step();
            pthread_mutex_unlock(&mutex);
            break;
        case 4: LOOM_CALL(demo, DEMO_IDLE, usleep(20)); break;
        default: one_step(); poll_here();
        }
    }
    return NULL;
}
Test(alone, eight_threads, .timeout = 120) {
    pthread_t threads[8];
    publish_region(60000);
    publish_other();
    for (uintptr_t i = 0; i < 8; i++)
        LOOM_CREATE(demo, DEMO_CREATE, &threads[i], NULL, mixed, (void *)(i + 1));
    cr_assert(DEMO_WAIT(entries >= 1500, 90000), "%ld entries", (long)entries);
    witnesses_end = true;
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
    cr_assert_eq(overlaps, 0);
    cr_assert_not(stop_is_alone());
    cr_assert_eq(parked_threads(), 0);
    cr_assert_eq(rank_violations, 0);
    cr_assert_not(state_is_off());
    cr_log_info("%ld entries, %u times not alone", (long)entries, events_of(EVENT_ALONE));
}
