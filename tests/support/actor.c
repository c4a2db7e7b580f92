// SPDX-License-Identifier: MIT
/* actor.c: see actor.h. */
#include "tests/support/actor.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rt/handshake.h"
#include "rt/install.h"
#include "rt/state.h"
#include "rt/sys.h"

static void *act(void *data) {
    struct actor *actor = data;
    actor->tid = sys_tid();
    while (!actor->end) {
        void (*todo)(void *) = actor->todo;
        if (!todo) {
            LOOM_CALL(demo, DEMO_IDLE, usleep(200));
            continue;
        }
        actor->todo = NULL;
        todo(actor->arg);
        actor->done++;
    }
    return NULL;
}

void actor_start(struct actor *actor) {
    *actor = (struct actor){0};
    if (LOOM_CREATE(demo, DEMO_CREATE, &actor->thread, NULL, act, actor)) abort();
}

void actor_do(struct actor *actor, void (*todo)(void *), void *arg) {
    actor->arg = arg;
    actor->given++;
    actor->todo = todo;
}

bool actor_done(struct actor *actor, int limit_ms) {
    return DEMO_WAIT(actor->done == actor->given, limit_ms);
}

void actor_run(struct actor *actor, void (*todo)(void *), void *arg) {
    actor_do(actor, todo, arg);
    if (!actor_done(actor, 30000)) {
        fprintf(stderr, "an actor hangs\n");
        abort();
    }
}

void actor_end(struct actor *actor) {
    actor->end = true;
    pthread_join(actor->thread, NULL);
}

_Atomic bool actor_computes;
void actor_compute(void *unused) {
    (void)unused;
    while (actor_computes) continue;
}

void hit(int point, int frame) {
    if (DEMO_ON(point)) slot_hit(LOOM_POINT_(demo, point), FRAME(frame));
}

void do_hit(void *data) {
    const struct hit *one = data;
    hit(one->point, one->frame);
}

void do_hit_values(void *data) {
    const struct hit_values *one = data;
    struct loom_values values = {NULL, one->words, 3};
    if (DEMO_ON(one->hit.point))
        slot_hit_values(LOOM_POINT_(demo, one->hit.point), FRAME(one->hit.frame), &values);
}

void poll_here(void) {
    handshake_poll(LOOM_POINT_(demo, DEMO_POLL));
}

struct filter *publish_plan(struct plan_maker maker, const uint64_t *unsafe,
                            uint32_t commit_flags) {
    struct plan_file file = {0x1234567890abcdefull, DEMO_POINTS, DEMO_FUNCTIONS, unsafe};
    static const struct loom_plan_slow slow[] = {{0, DEMO_REGION}};
    uint32_t id = 0;
    size_t size;
    const char *wrong;
    maker.name = "test";
    maker.files = &file;
    maker.file_count = 1;
    maker.slow = slow;
    maker.slow_count = 1;
    lock_take(&install_lock);
    maker.modules_hash = modules_hash();
    void *plan = plan_make(&maker, &size);
    wrong = install_publish(plan, size, commit_flags, 60000, &id);
    lock_drop(&install_lock);
    free(plan);
    if (wrong) fprintf(stderr, "publish: %s\n", wrong);
    if (!wrong && !commit_flags) poll_here();
    return filter_find(id);
}

static struct filter *publish_kind(uint16_t kind, const struct loom_plan_operation *operations,
                                   uint32_t count, uint32_t within_ms, uint32_t flags,
                                   const uint64_t *unsafe, uint32_t commit_flags) {
    struct plan_maker maker = {.operations = operations,
                               .operation_count = count,
                               .within_ms = within_ms,
                               .flags = flags,
                               .kind = kind};
    return publish_plan(maker, unsafe, commit_flags);
}

struct filter *publish(const struct loom_plan_operation *operations, uint32_t count,
                       uint32_t within_ms, uint32_t flags, const uint64_t *unsafe,
                       uint32_t commit_flags) {
    return publish_kind(LOOM_EXCLUSION, operations, count, within_ms, flags, unsafe, commit_flags);
}

struct filter *publish_alone(const struct loom_plan_operation *operations, uint32_t count,
                             uint32_t within_ms, uint32_t flags) {
    return publish_kind(LOOM_ALONE, operations, count, within_ms, flags, NULL, 0);
}

struct filter *publish_order(const struct loom_plan_operation *operations, uint32_t count,
                             uint32_t within_ms, uint32_t flags) {
    return publish_kind(LOOM_ORDER, operations, count, within_ms, flags | LOOM_ELSE_PASS, NULL, 0);
}

struct filter *publish_simple(uint32_t within_ms, uint32_t flags) {
    static const struct loom_plan_operation operations[] = {
        {.point = DEMO_ENTER, .kind = LOOM_ENTER, .flags = LOOM_OP_NEST},
        {.point = DEMO_LEAVE, .kind = LOOM_LEAVE}};
    return publish(operations, 2, within_ms, flags, NULL, 0);
}

int work(void) {
    int wait;
    lock_take(&install_lock);
    wait = install_work(sys_now_ms());
    lock_drop(&install_lock);
    return wait;
}

void remove_all(void) {
    lock_take(&install_lock);
    install_remove(0);
    lock_drop(&install_lock);
}

static enum filter_phase phase_of(const struct filter *filter) {
    enum filter_phase phase;
    work();
    lock_take(&install_lock);
    phase = filter->phase;
    lock_drop(&install_lock);
    return phase;
}

bool work_until(const struct filter *filter, enum filter_phase phase, int limit_ms) {
    return DEMO_WAIT(phase_of(filter) == phase, limit_ms);
}

const char *event_text(int kind) {
    static struct event last;
    struct event event;
    last.text[0] = 0;
    for (uint64_t from = 1; event_next(from, &event); from = event.seq + 1)
        if ((int)event.kind == kind) last = event;
    return last.text;
}

unsigned events_of(int kind) {
    struct event event;
    unsigned count = 0;
    for (uint64_t from = 1; event_next(from, &event); from = event.seq + 1)
        if ((int)event.kind == kind) count += event.times;
    return count;
}
