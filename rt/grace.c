// SPDX-License-Identifier: MIT
/* grace.c: batches of "everybody seen outside the runtime". See grace.h. */
#include "grace.h"

#include "state.h"
#include "sys.h"

static uint64_t begun, finished, wanted;

/* What waits to be freed. Small: one installation retires three things. Full: leaked, counted. */
enum { RETIRED_MAX = 256 };
static struct retired {
    void *memory;
    size_t size;
    uint64_t ticket;
} retired[RETIRED_MAX];
static unsigned retired_count;

uint64_t grace_ticket(void) {
    wanted = begun + 1; /* a grace that is running already began too early for this ticket */
    return wanted;
}

bool grace_passed(uint64_t ticket) {
    return finished >= ticket;
}

/* False, and Loom is off: without a barrier nobody knows what threads see. Then nothing is freed.
 */
static bool begin(void) {
    if (sys_barrier()) { /* partner: grace_enter */
        state_off("the kernel refuses memory barriers");
        return false;
    }
    begun++;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) t->grace = LOAD(t->inside);
    lock_drop(&threads_lock);
    return true;
}

static bool all_seen_outside(void) {
    bool all = true;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t && all; t = threads_next(t))
        if (t->grace & 1 && LOAD(t->inside) == t->grace) all = false;
    lock_drop(&threads_lock);
    return all;
}

static void free_retired(void) {
    unsigned kept = 0;
    for (unsigned i = 0; i < retired_count; i++) {
        if (grace_passed(retired[i].ticket))
            sys_unmap(retired[i].memory, retired[i].size);
        else
            retired[kept++] = retired[i];
    }
    retired_count = kept;
}

bool grace_work(void) {
    if (begun == finished && wanted > finished && !begin()) return false;
    if (begun > finished && all_seen_outside()) {
        finished = begun;
        free_retired();
    }
    return wanted > finished;
}

void grace_free(void *memory, size_t size) {
    if (!memory || retired_count == RETIRED_MAX) return;
    retired[retired_count++] = (struct retired){memory, size, grace_ticket()};
}

void grace_after_fork(void) {
    finished = begun = wanted;
    free_retired();
}
