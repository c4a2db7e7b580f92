// SPDX-License-Identifier: MIT
/* Exclusions with keys and conditions: who waits for whom, frames, what cannot be read. */
#include <criterion/criterion.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/op_lock.h"
#include "rt/state.h"
#include "rt/sys.h"
#include "tests/support/actor.h"
#include "tests/support/expressions.h"

enum { LONG = 60000 };

static struct filter *publish_code(const struct loom_plan_operation *operations, uint32_t count,
                                   uint32_t within_ms, uint32_t flags) {
    struct plan_maker maker = {.operations = operations,
                               .operation_count = count,
                               .code = expressions,
                               .code_count = EXPRESSIONS,
                               .within_ms = within_ms,
                               .flags = flags};
    struct filter *filter = publish_plan(maker, NULL, 0);
    cr_assert(filter && work_until(filter, FILTER_IN_FORCE, 2000));
    return filter;
}

/* One region with function entries at DEMO_ENTER. */
static struct filter *region(uint32_t key, uint32_t condition) {
    const struct loom_plan_operation operations[] = {
        {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0, 0, condition, key},
        {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0}};
    return publish_code(operations, 2, LONG, 0);
}

static void enter(int frame, unsigned long key, long number) {
    struct hit_values visit = {{DEMO_ENTER, frame}, {key, (unsigned long)number, 0}};
    do_hit_values(&visit);
}
static void leave(int frame) {
    hit(DEMO_LEAVE, frame);
}

/* How many locks the caller owns; does it own this key? */
static int owned(void) {
    int count = 0;
    for (int i = 0; i < OWNS_MAX; i++) count += thread_self()->owns[i].filter != 0;
    return count;
}
static bool owns(uint64_t key) {
    for (int i = 0; i < OWNS_MAX; i++)
        if (thread_self()->owns[i].filter && thread_self()->owns[i].key == key) return true;
    return false;
}

static void begin_to_wait(struct filter *filter, struct actor *actor, struct hit_values *visit) {
    uint64_t before = LOAD(filter->waits);
    actor_do(actor, do_hit_values, visit);
    cr_assert(DEMO_WAIT(LOAD(filter->waits) > before, 2000), "it does not wait");
}

static struct hit do_leave = {DEMO_LEAVE, 1};
static struct hit_values key_a = {{DEMO_ENTER, 1}, {0xa, 0, 0}},
                         key_b = {{DEMO_ENTER, 1}, {0xb, 0, 0}};

/* ---- keys ------------------------------------------------------------------------------------ */

/* Each is inside while the other is: neither waits. The same value waits until the leave. */
Test(key, one_lock_per_value, .timeout = 60) {
    struct actor a, b, again;
    struct filter *filter = region(FIRST, 0);
    actor_start(&a), actor_start(&b), actor_start(&again);
    actor_run(&a, do_hit_values, &key_a);
    actor_run(&b, do_hit_values, &key_b);
    cr_assert_eq(filter->waits, 0, "different values wait");
    begin_to_wait(filter, &again, &key_a);
    actor_run(&b, do_hit, &do_leave);
    cr_assert_not(actor_done(&again, 60), "the leave of another value let it in");
    actor_run(&a, do_hit, &do_leave);
    cr_assert(actor_done(&again, 2000));
    actor_run(&again, do_hit, &do_leave);
    cr_assert_eq(filter->waits, 1);
    actor_end(&a), actor_end(&b), actor_end(&again);
}

static void many_keys(void *filter) {
    static _Atomic int inside[4];
    for (int i = 0; i < 3000; i++) {
        unsigned long key = (unsigned long)i * 2654435761u >> 7 & 3;
        enter(1, key, 0);
        if (inside[key]++) ((struct filter *)filter)->timeouts += 1000;
        inside[key]--;
        leave(1);
    }
}

Test(key, no_two_threads_have_one_value, .timeout = 60) {
    struct actor actors[4];
    struct filter *filter = region(FIRST, 0);
    for (int i = 0; i < 4; i++) actor_start(&actors[i]);
    for (int i = 0; i < 4; i++) actor_do(&actors[i], many_keys, filter);
    for (int i = 0; i < 4; i++) cr_assert(actor_done(&actors[i], 30000));
    cr_assert_eq(filter->timeouts, 0);
    for (int i = 0; i < 4; i++) actor_end(&actors[i]);
}

/* Nested calls with different values: each leave releases its own. */
Test(key, nested_values, .timeout = 60) {
    region(FIRST, 0);
    enter(1, 0xa, 0);
    enter(2, 0xb, 0);
    enter(3, 0xa, 0); /* recursion into the first value */
    cr_assert(owned() == 2 && owns(0xa) && owns(0xb));
    leave(3);
    cr_assert(owns(0xa) && owns(0xb));
    leave(2);
    cr_assert(owns(0xa) && !owns(0xb));
    leave(2); /* a leave without an enter */
    cr_assert(owns(0xa));
    leave(1);
    cr_assert_eq(owned(), 0);
}

/* The same in one frame: recursion that the compiler inlined. */
Test(key, nested_values_in_one_frame, .timeout = 60) {
    region(FIRST, 0);
    enter(1, 0xa, 0);
    enter(1, 0xb, 0);
    enter(1, 0xa, 0);
    enter(1, 0xa, 0);
    leave(1);
    leave(1);
    cr_assert(owns(0xa) && owns(0xb), "the leaves of the inner a released b");
    leave(1);
    cr_assert(owns(0xa) && !owns(0xb));
    leave(1);
    cr_assert_eq(owned(), 0);
    cr_assert_eq(thread_self()->holds_count, 0);
}

Test(key, a_jump_drops_all_values, .timeout = 60) {
    region(FIRST, 0);
    for (unsigned i = 0; i < 5; i++) enter(3 + (int)i, i, 0);
    enter(1, 0xaaa, 0);
    cr_assert_eq(owned(), 1, "the deeper frames are gone");
    enter(4, 7, 0);
    enter(5, 8, 0);
    handshake_landed(FRAME(2));
    cr_assert(owned() == 1 && owns(0xaaa));
    handshake_landed(FRAME(0));
    cr_assert_eq(owned(), 0);
}

Test(key, too_many_values_pass_and_are_told, .timeout = 60) {
    region(FIRST, 0);
    for (int i = 0; i <= OWNS_MAX; i++) enter(1, 100 + (unsigned long)i, 0);
    cr_assert_eq(owned(), OWNS_MAX);
    cr_assert_eq(events_of(EVENT_FULL), 1);
    for (int i = OWNS_MAX; i >= 0; i--) {
        cr_assert_eq(owned(), i < OWNS_MAX ? i + 1 : OWNS_MAX, "at %d", i);
        leave(1);
    }
    cr_assert_eq(owned(), 0);
}

/* A region of lines whose first statement is come to again in the same frame. */
Test(key, back_at_the_enter_with_another_value, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        {0, DEMO_ENTER, LOOM_ENTER, 0, 0, 0, 0, FIRST}, {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0}};
    publish_code(operations, 2, LONG, 0);
    for (int i = 0; i < 3; i++) enter(1, 0xa, 0);
    cr_assert(owned() == 1 && owns(0xa));
    enter(1, 0xb, 0);
    cr_assert(owned() == 1 && owns(0xb), "it is in the region of b now");
    enter(2, 0xc, 0); /* a deeper frame is a region of its own */
    cr_assert(owned() == 2);
    leave(2);
    leave(1);
    cr_assert_eq(owned(), 0);
}

Test(key, any_frame, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0, 0, LARGE, FIRST},
        {0, DEMO_LEAVE, LOOM_LEAVE, LOOM_OP_ANY_FRAME, 0, 0, 0, 0}};
    publish_code(operations, 2, LONG, 0);
    enter(9, 0xa, 5);
    enter(1, 0xb, 5);
    enter(4, 0xc, 0); /* skipped: counts as an enter */
    leave(7);
    cr_assert(owned() == 2);
    leave(7);
    cr_assert(owned() == 1 && owns(0xa), "the innermost goes first");
    leave(7);
    cr_assert_eq(owned(), 0);
}

Test(key, shared, .timeout = 60) {
    static const struct loom_plan_operation operations[] = {
        {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST | LOOM_OP_SHARED, 0, 0, 0, FIRST},
        {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0},
        {0, DEMO_OTHER_ENTER, LOOM_ENTER, LOOM_OP_NEST, 1, 0, 0, FIRST},
        {0, DEMO_OTHER_LEAVE, LOOM_LEAVE, 0, 1, 0, 0, 0}};
    struct filter *filter = publish_code(operations, 4, LONG, 0);
    struct hit_values write_a = {{DEMO_OTHER_ENTER, 1}, {0xa, 0, 0}},
                      write_b = {{DEMO_OTHER_ENTER, 1}, {0xb, 0, 0}};
    struct hit write_leave = {DEMO_OTHER_LEAVE, 1};
    struct actor reader, writer;
    actor_start(&reader), actor_start(&writer);
    enter(1, 0xa, 0);
    actor_run(&reader, do_hit_values, &key_a);
    actor_run(&writer, do_hit_values, &write_b);
    actor_run(&writer, do_hit, &write_leave);
    begin_to_wait(filter, &writer, &write_a);
    actor_run(&reader, do_hit, &do_leave);
    cr_assert_not(actor_done(&writer, 40));
    leave(1);
    cr_assert(actor_done(&writer, 2000));
    actor_end(&reader), actor_end(&writer);
}

/* Two threads, two values, crosswise: the guard proves the cycle. */
static void enter_a_then_b(void *go) {
    enter(1, 0xa, 0);
    while (!*(_Atomic bool *)go) usleep(100);
    enter(2, 0xb, 0);
    leave(2);
    leave(1);
}
static void enter_b_then_a(void *go) {
    enter(1, 0xb, 0);
    while (!*(_Atomic bool *)go) usleep(100);
    enter(2, 0xa, 0);
    leave(2);
    leave(1);
}

Test(key, a_cycle_of_values_is_broken, .timeout = 30) {
    static _Atomic bool go;
    struct actor one, other;
    struct filter *filter = region(FIRST, 0);
    actor_start(&one), actor_start(&other);
    actor_do(&one, enter_a_then_b, &go);
    actor_do(&other, enter_b_then_a, &go);
    cr_assert(DEMO_WAIT(filter_enters(filter) == 2, 2000));
    go = true;
    cr_assert(actor_done(&one, 5000) && actor_done(&other, 5000));
    cr_assert_eq(events_of(EVENT_CYCLE), 1);
    cr_assert_not(filter->suspended);
    actor_end(&one), actor_end(&other);
}

Test(key, removal_and_thread_end, .timeout = 60) {
    struct actor actor, waiter;
    struct filter *filter = region(FIRST, 0);
    actor_start(&actor), actor_start(&waiter);
    for (unsigned i = 0; i < 3; i++) {
        struct hit_values nested = {{DEMO_ENTER, 1 + (int)i}, {0xa + i, 0, 0}};
        actor_run(&actor, do_hit_values, &nested);
    }
    begin_to_wait(filter, &waiter, &key_b);
    actor_end(&actor); /* ends in the region: all three are free again */
    cr_assert(actor_done(&waiter, 2000));
    for (unsigned i = 0; i < 3; i++) enter(1 + (int)i, 0x10 + i, 0);
    demo_away();
    remove_all();
    cr_assert(work_until(filter, FILTER_FREE, 2000));
    demo_back();
    cr_assert_eq(owned(), 0);
    for (int i = 0; i < 3; i++) leave(3 - i);
    region(FIRST, 0);
    enter(1, 0x10, 0);
    cr_assert(owned() == 1 && thread_self()->holds_count == 1);
    leave(1);
    actor_end(&waiter);
}

Test(key, the_child_of_a_fork_keeps_its_values, .timeout = 60) {
    struct actor other;
    int status;
    region(FIRST, 0);
    actor_start(&other);
    actor_run(&other, do_hit_values, &key_b);
    enter(1, 0xa, 0);
    enter(2, 0xc, 0);
    pid_t child = fork();
    if (!child) {
        bool fine = owned() == 2;
        enter(3, 0xb, 0); /* whose owner does not exist here */
        fine &= owned() == 3;
        leave(3), leave(2), leave(1);
        _exit(fine && owned() == 0 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    leave(2), leave(1);
    actor_end(&other);
}

Test(key, of_a_global, .timeout = 60) {
    struct actor actor;
    struct filter *filter = region(NUMBER, 0);
    actor_start(&actor);
    demo_number = 3;
    enter(1, 0, 0);
    cr_assert(owns(3));
    begin_to_wait(filter, &actor, &key_a);
    demo_number = 4;
    leave(1); /* the value changed meanwhile: what was entered is left */
    cr_assert(actor_done(&actor, 2000));
    enter(1, 0, 0);
    cr_assert(owns(4));
    leave(1);
    actor_run(&actor, do_hit, &do_leave);
    actor_end(&actor);
}

/* ---- conditions ------------------------------------------------------------------------------ */

Test(condition, decides_whether_the_region_is_entered, .timeout = 60) {
    region(0, LARGE);
    enter(1, 0, 4);
    cr_assert_eq(owned(), 0);
    leave(1);
    enter(1, 0, -1);
    cr_assert_eq(owned(), 0);
    enter(1, 0, 5);
    cr_assert_eq(owned(), 1);
    leave(1);
    cr_assert_eq(owned(), 0);
}

Test(condition, true_outside_and_false_inside, .timeout = 60) {
    region(0, LARGE);
    enter(1, 0, 5);
    enter(2, 0, 0);
    leave(2);
    cr_assert_eq(owned(), 1, "the leave of a skipped enter released the outer one");
    enter(1, 0, 0); /* inlined: the same frame */
    enter(1, 0, 7);
    enter(1, 0, 1);
    for (int i = 0; i < 3; i++) {
        leave(1);
        cr_assert_eq(owned(), 1, "leave %d", i);
    }
    leave(1);
    cr_assert_eq(owned(), 0);
}

Test(condition, false_outside_and_true_inside, .timeout = 60) {
    region(0, LARGE);
    enter(1, 0, 0);
    enter(2, 0, 5);
    enter(3, 0, 0);
    leave(3);
    cr_assert_eq(owned(), 1);
    leave(2);
    cr_assert_eq(owned(), 0);
    leave(1);
    enter(1, 0, 0);
    enter(1, 0, 5); /* inlined */
    leave(1);
    cr_assert_eq(owned(), 0);
    leave(1);
    cr_assert_eq(owned(), 0);
}

/* Random recursion: at every moment the thread owns the keys of the frames whose condition held. */
Test(condition, random_recursion, .timeout = 30) {
    unsigned seed = 7;
    region(FIRST, LARGE);
    for (int round = 0; round < 3000; round++) {
        struct {
            int frame;
            unsigned long key;
            bool held;
        } stack[10];
        int depth = 0, frame = 1;
        for (int step = 0; step < 24 || depth > 0; step++) {
            unsigned expected = 0;
            if (step < 24 && depth < 10 && rand_r(&seed) / 16 % 2) {
                unsigned long key = (unsigned long)rand_r(&seed) / 16 % 4;
                bool held = rand_r(&seed) / 16 % 2;
                if (depth && rand_r(&seed) / 16 % 2) frame++; /* else inlined */
                stack[depth].frame = frame, stack[depth].key = key, stack[depth].held = held;
                depth++;
                enter(frame, key, held ? 5 : 0);
            } else if (depth) {
                leave(stack[--depth].frame);
                frame = depth ? stack[depth - 1].frame : 1;
            }
            for (int i = 0; i < depth; i++)
                if (stack[i].held) expected |= 1u << stack[i].key;
            for (unsigned key = 0; key < 4; key++)
                cr_assert_eq(owns(key), expected >> key & 1, "round %d step %d", round, step);
        }
        cr_assert_eq(thread_self()->holds_count, 0);
    }
}

/* ---- what cannot be read --------------------------------------------------------------------- */

static char *where(char *text, int point) {
    sprintf(text, "file=0 point=%d", point);
    return text;
}

Test(unreadable, a_key_passes_and_is_told_once_a_second, .timeout = 60) {
    char text[32];
    struct hit_values visit = {{DEMO_ENTER, 1}, {0, 0, 0}};
    struct filter *filter = region(MEMORY, 0);
    for (int i = 0; i < 100; i++) {
        do_hit_values(&visit);
        leave(1);
    }
    cr_assert_eq(owned(), 0);
    cr_assert_eq(filter->skipped, 100);
    cr_assert_leq(events_of(EVENT_UNREADABLE), 3);
    cr_assert_geq(events_of(EVENT_UNREADABLE), 1);
    cr_assert(strstr(event_text(EVENT_UNREADABLE), where(text, DEMO_ENTER)), "%s",
              event_text(EVENT_UNREADABLE));
    int readable = 9;
    visit.words[2] = (unsigned long)&readable;
    do_hit_values(&visit);
    cr_assert(owns(9));
    leave(1);
}

Test(unreadable, a_condition_is_false, .timeout = 60) {
    struct filter *filter = region(0, MEMORY);
    enter(1, 0, 0);
    cr_assert_eq(owned(), 0);
    cr_assert_eq(filter->skipped, 1);
}

/* The outer frame is in the region; the inner one's value is bad: nothing of the outer is lost. */
Test(unreadable, inside_a_held_region, .timeout = 60) {
    int readable = 9;
    struct hit_values good = {{DEMO_ENTER, 1}, {0, 0, (unsigned long)&readable}};
    struct hit_values bad = {{DEMO_ENTER, 1}, {0, 0, 8}};
    region(MEMORY, 0);
    do_hit_values(&good);
    do_hit_values(&bad); /* inlined */
    leave(1);
    cr_assert(owns(9));
    leave(1);
    cr_assert_eq(owned(), 0);
}

/* A slot that passes nothing: an old object, or a slot of a statement that reads nothing. */
Test(unreadable, a_slot_without_values, .timeout = 60) {
    struct filter *filter = region(FIRST, 0);
    hit(DEMO_ENTER, 1);
    cr_assert_eq(owned(), 0);
    cr_assert_eq(filter->skipped, 1);
    leave(1);
}

Test(unreadable, a_kernel_that_gives_no_memory, .timeout = 60) {
    int there = 5;
    struct filter *filter = region(POINTED, 0);
    demo_pointer = &there;
    enter(1, 0, 0);
    cr_assert(owns(5));
    leave(1);
    sys_forbid_peek();
    enter(1, 0, 0);
    cr_assert_eq(owned(), 0);
    cr_assert_eq(filter->skipped, 1);
    leave(1);
    cr_assert_not(state_is_off());
}

/* Inert filters evaluate nothing. */
Test(unreadable, not_while_it_goes, .timeout = 60) {
    struct filter *filter = region(MEMORY, MEMORY);
    filter->suspended = 1;
    enter(1, 0, 0);
    cr_assert_eq(filter->skipped, 0);
    leave(1);
}
