// SPDX-License-Identifier: MIT
/* alone.c: see alone.h. */
#include "tests/support/alone.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "rt/state.h"
#include "rt/stop.h"
#include "rt/sys.h"
#include "rt/testpoint.h"

struct hit enter = {DEMO_ENTER, 1}, leave = {DEMO_LEAVE, 1};
struct hit other_enter = {DEMO_OTHER_ENTER, 2}, other_leave = {DEMO_OTHER_LEAVE, 2};

const struct loom_plan_operation region[2] = {
    {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
    {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
const struct loom_plan_operation other_region[2] = {
    {.point = DEMO_OTHER_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
    {.point = DEMO_OTHER_LEAVE, .kind = LOOM_LEAVE}};

struct filter *publish_region(uint32_t within_ms) {
    struct filter *filter = publish_alone(region, 2, within_ms, 0);
    demo_away();
    return filter;
}
struct filter *publish_other(void) {
    struct filter *filter;
    demo_back();
    filter = publish_alone(other_region, 2, 60000, 0);
    demo_away();
    return filter;
}

/* ---- witnesses ---- */

_Atomic bool inside, witnesses_end;
_Atomic long steps, during;

void one_step(void) {
    if (inside && stop_is_alone()) during++;
    steps++;
}

/* Reads its flag plainly, as instrumented code does (demo.c). */
__attribute__((no_sanitize("thread"))) void *computing(void *unused) {
    while (!witnesses_end) {
        one_step();
        if (!LOOM_FAST_POLL(demo, DEMO_WORKER)) LOOM_COND_BREAK(demo, DEMO_WORKER, DEMO_POLL);
    }
    return unused;
}
void *calling(void *unused) {
    while (!witnesses_end) {
        one_step();
        LOOM_CALL(demo, DEMO_IDLE, usleep(100));
    }
    return unused;
}
void *locking(void *unused) {
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

pthread_t witnesses[16];
static int witness_count;
void start_witness(void *(*how)(void *)) {
    cr_assert_eq(LOOM_CREATE(demo, DEMO_CREATE, &witnesses[witness_count++], NULL, how, NULL), 0);
}
void end_witnesses(void) {
    witnesses_end = true;
    while (witness_count) pthread_join(witnesses[--witness_count], NULL);
}
bool all_go_on(void) {
    long before = steps;
    return DEMO_WAIT(steps >= before + 20, LIMIT_MS);
}

unsigned parked_threads(void) {
    unsigned count = 0;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) count += LOAD(t->parked) != 0;
    lock_drop(&threads_lock);
    return count;
}
bool somebody_in_turn(void) {
    bool waits = false;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) waits |= LOAD(t->in_turn) != 0;
    lock_drop(&threads_lock);
    return waits;
}

_Atomic long complete_entries;
bool try_to_go_in(void) {
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
void go_in(void *unused) {
    (void)unused;
    cr_assert(try_to_go_in(), "a hundred entries were not complete");
}
void go_out(void *unused) {
    (void)unused;
    inside = false;
    hit(DEMO_LEAVE, 1);
}
void pass_through(void *unused) {
    go_in(unused);
    for (uint64_t end = sys_now_ms() + 2; sys_now_ms() < end;) continue;
    go_out(unused);
}

void many_entries(void *unused) {
    (void)unused;
    while (!witnesses_end) {
        hit(DEMO_ENTER, 1);
        hit(DEMO_LEAVE, 1);
    }
}

_Atomic bool spinning;
void spin_without_polls(void *unused) {
    (void)unused;
    while (spinning) continue;
}
void go_in_and_spin(void *unused) {
    go_in(unused);
    while (spinning) continue;
}

static void let_second_come(const char *name) {
    if (!spinning || strcmp(name, "alone-gathering")) return;
    spinning = false;
    DEMO_WAIT(somebody_in_turn(), LIMIT_MS);
}
static void second_enters_other(void *unused) {
    spin_without_polls(unused);
    hit(DEMO_OTHER_ENTER, 2);
}
void one_in_one_waiting(struct actor *a, struct actor *b) {
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
