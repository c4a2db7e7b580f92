// SPDX-License-Identifier: MIT
/*
 * Unilateral exclusion that ends in unusual ways: jumps, the thread's end, fork, threads that come
 * meanwhile, removal, installation, off. Everybody runs on in the end. See rt_alone.c.
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
#include "tests/support/alone.h"

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
    loom_rt_->contact(&loom_self_); /* as a boundary does it */
    one_step();
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
