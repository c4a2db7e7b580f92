// SPDX-License-Identifier: MIT
/*
 * Unilateral exclusion: while a thread is in r, nobody else runs instrumented code; and whatever
 * happens, everybody runs on in the end. How entries end in unusual ways: rt_alone_ends.c.
 */
#include <criterion/criterion.h>
#include <unistd.h>

#include "rt/state.h"
#include "rt/stop.h"
#include "rt/sys.h"
#include "rt/testpoint.h"
#include "tests/support/alone.h"

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
