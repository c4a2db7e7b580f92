// SPDX-License-Identifier: MIT
/* install.c: publish and remove, each one transaction. See install.h. */
#include "install.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "activate.h"
#include "bucket.h"
#include "flags.h"
#include "grace.h"
#include "op_alone.h"
#include "op_lock.h"
#include "op_order.h"
#include "state.h"
#include "stop.h"
#include "sys.h"
#include "testpoint.h"
#include "verify.h"

enum { STOP_DEADLINE_MS = 5000, ROLLED_BACK_KEPT_MS = 30000 };

struct lock install_lock = LOCK_INIT(RANK_INSTALL);
static uint32_t last_id;
static bool index_is_stale, exiting;

/* ---- modules ---- */

void install_exiting(void) {
    STORE(exiting, true);
}

void install_attach(struct loom_file *file) {
    lock_take(&install_lock);
    if (module_add(file)) state_off("no memory for the list of files");
    flags_attached(file);
    index_is_stale = true;
    lock_drop(&install_lock);
}

static void begin_removal(struct filter *filter);

static bool uses_file(const struct filter *filter, uint32_t file) {
    struct loom_file *its = module_at(file)->file;
    for (uint32_t i = 0; i < filter->operation_count; i++)
        if (filter->operations[i].file == its) return true;
    for (uint32_t i = 0; i < filter->slow_count; i++)
        if (filter->slow[i].module == file) return true;
    return false;
}

static uint32_t number_of(const struct loom_file *file) {
    for (uint32_t i = 0; i < module_limit(); i++)
        if (module_at(i) && module_at(i)->file == file) return i;
    return MODULE_NONE;
}

void install_detach(struct loom_file *file) {
    uint32_t number;
    if (LOAD(exiting)) return;
    lock_take(&install_lock);
    number = number_of(file);
    for (int i = 0; number != MODULE_NONE && i < LOOM_FILTERS_MAX; i++) {
        struct filter *filter = &filters[i];
        if (!filter_is_installed(filter) || !uses_file(filter, number)) continue;
        event_add(EVENT_UNLOADED, filter->id, "%s was unloaded: the filter is removed", file->path);
        begin_removal(filter);
    }
    if (number != MODULE_NONE) {
        flags_forget(number);
        module_remove(file);
        index_is_stale = true;
    }
    lock_drop(&install_lock);
}

static void free_entry(struct filter *filter) {
    sys_unmap(filter->block, filter->block_size);
    memset(filter, 0, sizeof *filter);
}

/* ---- publish ---- */

/* Everything a publication needs, so that nothing can fail once it has begun. */
struct supplies {
    struct module_index *index; /* null: the current one is right */
    struct op_table *table;
};

static const char *gather_supplies(struct filter *filter, const void *blob,
                                   struct supplies *supplies) {
    const char *no_memory = "ENOMEM no memory for the filter";
    *supplies = (struct supplies){0};
    if (index_is_stale && !(supplies->index = module_index_build())) return no_memory;
    if (filter_load(filter, blob)) return no_memory;
    for (uint32_t i = 0; i < filter->slow_count; i++)
        if (flags_prepare(filter->slow[i].module)) return no_memory;
    supplies->table = op_table_build(filter, NULL);
    return supplies->table ? NULL : no_memory;
}

static void give_back(struct filter *filter, const struct supplies *supplies) {
    if (supplies->index) sys_unmap(supplies->index, module_index_size(supplies->index));
    if (supplies->table) sys_unmap(supplies->table, op_table_size(supplies->table));
    free_entry(filter);
}

static void retire_index(struct module_index *old) {
    if (old) grace_free(old, module_index_size(old));
}

static void retire_table(struct op_table *old) {
    if (old) grace_free(old, op_table_size(old));
}

static void mark_slow(const struct filter *filter, int by) {
    for (uint32_t i = 0; i < filter->slow_count; i++)
        flags_slow(filter->slow[i].module, filter->slow[i].function, by);
}

/* The operations are inert: no thread has the bit. */
static void put_in_place(struct filter *filter, const struct supplies *supplies) {
    if (supplies->index) {
        retire_index(module_index_swap(supplies->index));
        index_is_stale = false;
    }
    retire_table(op_table_swap(supplies->table));
    TESTPOINT("publish-table");
    op_words_write(filter);
    mark_slow(filter, 1);
    activate_pausing(filter, true);
    TESTPOINT("publish-flags");
    sys_barrier(); /* every thread's next flag read sees them; partner: plain reads in slot.h */
}

const char *install_publish(const void *blob, size_t size, uint32_t commit_flags,
                            uint32_t deadline_ms, uint32_t *id) {
    const char *wrong = verify_plan(blob, size);
    uint64_t now = sys_now_ms();
    struct supplies supplies;
    struct filter *filter;
    bool stop = commit_flags & LOOM_COMMIT_STOP;
    if (state_is_off()) return "off Loom has switched itself off";
    if (wrong) return wrong;
    if (stop && stop_filter()) return "busy another stop is under way";
    if (!(filter = filter_entry())) return "too-many 64 filters are installed";
    free_entry(filter); /* of a rolled-back filter's text */
    if ((wrong = gather_supplies(filter, blob, &supplies))) {
        give_back(filter, &supplies);
        return wrong;
    }
    if (sys_barrier()) {
        give_back(filter, &supplies);
        return "off the kernel refuses memory barriers";
    }
    filter->phase = stop ? FILTER_STOPPING : FILTER_PUBLISHED;
    filter->stop = stop;
    filter->all_or_nothing = stop || commit_flags & LOOM_COMMIT_ALL_OR_NOTHING;
    filter->published_ms = now;
    filter->deadline_ms = now + (deadline_ms ? deadline_ms : STOP_DEADLINE_MS);
    filter->end_ms = filter->for_ms ? now + filter->for_ms : 0;
    STORE(filter->id, ++last_id);
    module_reuse_numbers(false);
    put_in_place(filter, &supplies);
    if (stop)
        stop_begin(filter, now);
    else
        activate_open(filter);
    event_add(EVENT_INSTALLED, filter->id, "%s", filter->name);
    *id = filter->id;
    return NULL;
}

/* ---- remove ---- */

static void begin_removal(struct filter *filter) {
    if (stop_filter() == filter) stop_cancel();
    op_alone_end(filter->id);
    filter->phase = FILTER_CLOSING;
    __atomic_store_n(&filter->closing, 1, __ATOMIC_SEQ_CST);
    activate_close(filter);
    activate_pausing(filter, false);
    bucket_pass_all(filter->id);
    op_order_pass_all(filter);
    filter->ticket = grace_ticket();
}

unsigned install_remove(uint32_t id) {
    unsigned count = 0;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) {
        struct filter *filter = &filters[i];
        if (filter->phase == FILTER_FREE || (id && filter->id != id)) continue;
        count++;
        if (filter->phase == FILTER_ROLLED_BACK)
            filter->phase_ms = 0; /* goes at the next step */
        else if (filter->phase < FILTER_CLOSING) {
            filter->all_or_nothing = false; /* no longer a roll-back */
            begin_removal(filter);
        }
    }
    return count;
}

/* First grace over: nobody is in the middle of an enter. */
static bool clear(struct filter *filter) {
    struct op_table *table = op_table_build(NULL, filter);
    if (!table) return false;     /* tried again at the next step; the enters are inert */
    bucket_pass_all(filter->id); /* those who queued while `closing` came in */
    retire_table(op_table_swap(table));
    op_words_write(filter);
    mark_slow(filter, -1);
    bucket_forget(filter->id);
    filter->phase = FILTER_CLEARED;
    filter->ticket = grace_ticket();
    return true;
}

static bool was_rolled_back(const struct filter *filter) {
    return filter->all_or_nothing && !filter->force_ms;
}

/* Second grace over: nobody can be setting the bit, nobody reads the block. A rolled-back filter
 * keeps its text for a while. */
static void finish(struct filter *filter, uint64_t now) {
    uint64_t mask = filter_mask(filter);
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) {
        __atomic_fetch_and(&t->active, ~mask, __ATOMIC_SEQ_CST);
        t->counted &= ~mask;
    }
    lock_drop(&threads_lock);
    if (was_rolled_back(filter)) {
        filter->phase = FILTER_ROLLED_BACK;
        filter->phase_ms = now + ROLLED_BACK_KEPT_MS;
    } else {
        event_add(EVENT_REMOVED, filter->id, "%s", filter->name);
        free_entry(filter);
    }
}

static void name_blockers(const struct filter *filter, char *text, size_t size);

static void roll_back(struct filter *filter) {
    char who[96];
    name_blockers(filter, who, sizeof who);
    event_add(EVENT_ROLLED_BACK, filter->id, "not in force in time; missing:%s", who);
    begin_removal(filter);
}

/* ---- the updater's steps ---- */

static void expire(struct filter *filter) {
    event_add(EVENT_EXPIRED, filter->id, "its time is over: the filter is removed");
    filter->all_or_nothing = false; /* no roll-back */
    begin_removal(filter);
}

/* How long until its end, in ms; -1: it has none, or is on its way out. */
static int until_end(const struct filter *filter, uint64_t now) {
    uint64_t left;
    if (!filter->end_ms || filter->phase == FILTER_FREE || filter->phase >= FILTER_CLOSING)
        return -1;
    left = filter->end_ms > now ? filter->end_ms - now : 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

/* True if the filter wants another step soon. */
static bool step(struct filter *filter, uint64_t now) {
    if (until_end(filter, now) == 0) expire(filter);
    switch (filter->phase) {
    case FILTER_STOPPING:
        if (stop_expired(now)) roll_back(filter);
        return true;
    case FILTER_PUBLISHED:
        if (filter->all_or_nothing && now >= filter->deadline_ms) roll_back(filter);
        return filter->all_or_nothing;
    case FILTER_CLOSING:
        if (grace_passed(filter->ticket)) clear(filter);
        return true;
    case FILTER_CLEARED:
        if (grace_passed(filter->ticket)) finish(filter, now);
        return true;
    case FILTER_ROLLED_BACK:
        if (now >= filter->phase_ms) free_entry(filter);
        return false;
    default: return false;
    }
}

static int sooner(int a, int b) {
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

int install_work(uint64_t now) {
    int wait = -1;
    bool any = false;
    op_alone_work(now);
    wait = sooner(wait, stop_work(now));
    wait = sooner(wait, activate_work(now));
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) {
        if (step(&filters[i], now)) wait = sooner(wait, 1);
        wait = sooner(wait, until_end(&filters[i], now));
        any |= filters[i].phase != FILTER_FREE;
    }
    if (grace_work()) wait = sooner(wait, 1);
    module_reuse_numbers(!any);
    return wait;
}

bool install_is_fast(void) {
    for (int i = 0; i < LOOM_FILTERS_MAX; i++)
        if (filter_is_installed(&filters[i])) return false;
    return !flags_any();
}

/* Threads that are neither active nor counted (or, in a stop, not at a safe place). */
static void name_blockers(const struct filter *filter, char *text, size_t size) {
    size_t used = 0;
    text[0] = 0;
    lock_take(&threads_lock);
    for (struct thread *t = threads_first(); t; t = threads_next(t)) {
        uintptr_t state = LOAD(t->shared.state);
        struct place place = module_place(state);
        if ((LOAD(t->active) | t->counted) & filter_mask(filter)) continue;
        if (filter->phase == FILTER_STOPPING && state && filter_safe(filter, state)) continue;
        if (used + 40 > size) break;
        used += (size_t)snprintf(text + used, size - used, " %d@%d:%u", t->tid,
                                 state ? (int)place.file : -1, place.point);
    }
    lock_drop(&threads_lock);
}

/* ---- fork ---- */

/* The child has one thread: what was being installed or removed ends here. */
void install_after_fork_child(void) {
    activate_after_fork();
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) {
        struct filter *filter = &filters[i];
        if (filter->phase != FILTER_FREE && filter->phase != FILTER_IN_FORCE) {
            if (filter->phase < FILTER_CLOSING) begin_removal(filter);
            if (filter->phase == FILTER_CLOSING && !clear(filter)) continue;
            if (filter->phase == FILTER_CLEARED) finish(filter, 0);
        }
    }
}
