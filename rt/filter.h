// SPDX-License-Identifier: MIT
/*
 * filter.h: the installed filters, and the table from points to their operations.
 *
 * A filter sits in one of 64 entries; the entry's number is its bit in the activation words. Its
 * id never repeats in a process. Entries are static, so a pointer to one is always readable.
 *
 * Who reads what: threads in the runtime (grace.h) read `id`, `closing`, `suspended`, `unsafe` and
 * the current operation table. Everything else is the updater's, under RANK_INSTALL.
 */
#ifndef LOOM_FILTER_H
#define LOOM_FILTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "module.h"
#include "plan.h"

enum { BUCKETS = 64 }; /* of filter locks (bucket.h) */

enum filter_phase {
    FILTER_FREE,
    FILTER_STOPPING,   /* published; a stop gathers the threads; no thread may activate yet */
    FILTER_PUBLISHED,  /* threads activate themselves one by one */
    FILTER_IN_FORCE,   /* every known thread was active or counted once */
    FILTER_CLOSING,    /* enters inert; waits for a grace */
    FILTER_CLEARED,    /* operations and flags are off; waits for a grace */
    FILTER_ROLLED_BACK /* only its text is left, for LOOM_STATUS */
};

/* An operation of the plan with its point's address. */
struct operation {
    uintptr_t point; /* LOOM_OP_START: the start routine */
    struct filter *filter;
    const struct loom_file *file; /* of the point */
    /* Programs in the filter's block, or null. Not after a wait: the block may be gone. */
    const struct loom_plan_code *condition, *key, *counted;
    uint32_t number; /* in the plan */
    uint32_t count;  /* of up and down */
    uint16_t region; /* or link */
    uint8_t kind;    /* LOOM_ENTER ... ; LOOM_BIRTH: no slot */
    uint8_t flags;   /* LOOM_OP_* */
    uint8_t bit;
    uint8_t any_frame; /* some leave of the region has LOOM_OP_ANY_FRAME */
    uint8_t unlimited; /* the link's downs have LOOM_OP_COUNTED */
};

/* In which order the operations of a point are executed, whatever their filters: leaves, ups of
 * statements that are done, downs (they hold nothing while they wait), enters, ups of the point and
 * tests of the statement that begins: nothing waits between a test and its statement. */
static inline int operation_phase(const struct operation *op) {
    switch (op->kind) {
    case LOOM_LEAVE: return 0;
    case LOOM_UP: return op->flags & LOOM_OP_BEHIND ? 4 : 1;
    case LOOM_DOWN: return 2;
    case LOOM_TEST: return 4;
    default: return 3;
    }
}

/* One operation is executed before another of the same point. */
static inline bool operation_before(const struct operation *a, const struct operation *b) {
    int of_a = operation_phase(a), of_b = operation_phase(b);
    if (of_a != of_b) return of_a < of_b;
    if (a->bit != b->bit) return a->bit < b->bit;
    return a->region != b->region ? a->region < b->region : a->number < b->number;
}

struct filter {
    uint32_t id;     /* 0 while free */
    uint8_t closing; /* enters do nothing */
    uint8_t alone;   /* LOOM_ALONE */
    uint8_t in_turn; /* nobody gets the lock before one who came earlier */
    uint8_t keyed;   /* it has several locks */
    uint8_t suspended;
    uint8_t counting; /* order: ups and downs do something. Pairs: only once it is in force */
    uint8_t all_or_nothing, stop, pausing; /* pausing: its functions' polls are on */
    enum filter_phase phase;
    uint32_t within_ms, for_ms, plan_flags;
    uint64_t published_ms, force_ms, deadline_ms, phase_ms, end_ms; /* CLOCK_MONOTONIC; 0: none */
    uint64_t ticket;
    /* Counters, relaxed; order: downs, those that waited. Enters are counted under the lock of
     * their bucket: of a keyed filter by bucket. filter_enters() has all. */
    uint64_t keyed_enters[BUCKETS];
    uint64_t enters, waits, timeouts;
    uint64_t skipped;                   /* operations whose expressions could not be evaluated */
    uint64_t told_ms;                   /* the last event about those */
    uint64_t looked_ms[LOOM_LINKS_MAX]; /* the last look (reach.h) */
    uint32_t
        happened[LOOM_LINKS_MAX];   /* order: how often each left side did; futexes (op_order.h) */
    uint32_t owed[LOOM_LINKS_MAX];  /* pairs: left sides that belong to rights that went on alone */
    uint8_t missed[LOOM_LINKS_MAX]; /* pairs: the last right went on alone */

    /* One block of memory, freed after the last grace. */
    void *block;
    size_t block_size;
    const uint64_t **unsafe; /* [files] bit sets of unsafe points, own operation points included */
    const uint64_t **reach;  /* [links * files] bit sets as in the plan; null: not known */
    uint32_t files, links;
    const struct loom_plan_code *code;
    struct operation *operations;
    uint32_t operation_count;
    struct loom_plan_slow *slow; /* `module` is the file number here */
    uint32_t slow_count;
    char *name, *text; /* NUL-terminated */
};

extern struct filter filters[LOOM_FILTERS_MAX];
/* The filters for which threads may set their bits. Written by the updater, seq_cst. */
extern uint64_t filters_open;

static inline unsigned filter_bit(const struct filter *filter) {
    return (unsigned)(filter - filters);
}
/* The bit's mask. */
static inline uint64_t filter_mask(const struct filter *filter) {
    return 1ull << filter_bit(filter);
}

/* Is the pause point at this address (or SITE_START) safe for the filter? Caller is in the runtime
 * or holds RANK_INSTALL. */
bool filter_safe(const struct filter *filter, uintptr_t site);
/* Enters of this filter do nothing. */
static inline bool filter_inert(const struct filter *filter) {
    return __atomic_load_n(&filter->closing, __ATOMIC_ACQUIRE) ||
           __atomic_load_n(&filter->suspended, __ATOMIC_ACQUIRE);
}

static inline uint64_t filter_enters(const struct filter *filter) {
    uint64_t sum = __atomic_load_n(&filter->enters, __ATOMIC_RELAXED);
    for (int i = 0; filter->keyed && i < BUCKETS; i++)
        sum += __atomic_load_n(&filter->keyed_enters[i], __ATOMIC_RELAXED);
    return sum;
}

/* Null if there is none. Reads ids only: any thread may ask. */
struct filter *filter_find(uint32_t id);

/* All below: RANK_INSTALL. */
/* An entry of phase FREE (or the oldest ROLLED_BACK one); null if all 64 are in use. */
struct filter *filter_entry(void);
/* Turns a verified plan into the entry's block. Changes nothing but the entry's block fields. */
int filter_load(struct filter *filter, const void *plan);
/* Are operations of this filter in the operation table? */
bool filter_is_installed(const struct filter *filter);

/* The operation table: immutable, replaced as a whole. */
struct op_table;
/* Of all installed filters, and `with` (or null), but `without` (or null). Null: no memory. */
struct op_table *op_table_build(const struct filter *with, const struct filter *without);
struct op_table *op_table_swap(struct op_table *fresh); /* gives back the old one */
size_t op_table_size(const struct op_table *table);
/* The operations of a point, in the order in which they are executed. Null if none. */
const struct operation *op_table_find(uintptr_t point, uint32_t *count);
/* Writes the words of the filter's points from the current table. */
void op_words_write(const struct filter *filter);

#endif
