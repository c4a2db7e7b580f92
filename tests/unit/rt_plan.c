// SPDX-License-Identifier: MIT
/* Plans: every field changed is refused, and a refused plan changes nothing (I2). */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "rt/flags.h"
#include "rt/install.h"
#include "rt/module.h"
#include "rt/sys.h"
#include "rt/verify.h"
#include "tests/support/actor.h"

static size_t size;

static void *good_plan(void) {
    lock_take(&install_lock);
    uint64_t hash = modules_hash();
    lock_drop(&install_lock);
    return demo_plan(hash, 0, 0, &size);
}

static const char *publish_blob(void *plan, size_t bytes) {
    uint32_t id;
    lock_take(&install_lock);
    const char *wrong = install_publish(plan, bytes, 0, 0, &id);
    lock_drop(&install_lock);
    return wrong;
}

static bool nothing_changed(void) {
    for (int i = 0; i < DEMO_POINTS; i++)
        if (!DEMO_OFF(i)) return false;
    for (int i = 0; i < DEMO_FUNCTIONS; i++)
        if (loom_flags_demo[i]) return false;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++)
        if (filters[i].id) return false;
    return install_is_fast() && filters_open == 0;
}

static void refused(void *plan, const char *what) {
    cr_assert(publish_blob(plan, size) != NULL, "%s was accepted", what);
    cr_assert(nothing_changed(), "%s changed something", what);
}

Test(plan, a_good_one_is_accepted) {
    void *plan = good_plan();
    const char *wrong = publish_blob(plan, size);
    cr_assert_null(wrong, "%s", wrong);
    cr_assert(DEMO_ON(DEMO_ENTER));
    cr_assert(DEMO_ON(DEMO_LEAVE));
    cr_assert_eq((unsigned long)loom_flags_demo[DEMO_REGION], LOOM_FLAG_SLOW | LOOM_FLAG_PAUSE);
    cr_assert_not(install_is_fast());
}

#define CHANGED(field, value)                                                                      \
    do {                                                                                           \
        struct loom_plan *plan = good_plan();                                                      \
        plan->field = (value);                                                                     \
        plan_seal(plan);                                                                           \
        refused(plan, #field " = " #value);                                                        \
        free(plan);                                                                                \
    } while (0)

Test(plan, header) {
    CHANGED(magic, 1);
    CHANGED(version, 2);
    CHANGED(kind, 0);
    CHANGED(kind, 2);
    CHANGED(modules_hash, 1);
    CHANGED(modules, 0);
    CHANGED(modules, 2);
    CHANGED(modules, 0xffffffffu);
    CHANGED(operations, 0);
    CHANGED(operations, 3);
    CHANGED(operations, 0xffffffffu);
    CHANGED(slow, 0);
    CHANGED(slow, 2);
    CHANGED(unsafe_bytes, 0);
    CHANGED(unsafe_bytes, 16);
    CHANGED(unsafe_bytes, 7);
    CHANGED(name_size, 0xffffffffu);
    CHANGED(text_size, 0x7fffffffu);
    CHANGED(within_ms, 0xffffffffu);
    CHANGED(flags, 2);
}

Test(plan, size_and_checksum) {
    struct loom_plan *plan = good_plan();
    plan->checksum++;
    refused(plan, "a wrong checksum");
    plan->checksum--;
    plan->size += 8;
    refused(plan, "a wrong size");
    plan->size -= 8;
    for (size_t cut = 0; cut < size; cut++)
        cr_assert(publish_blob(plan, cut), "cut to %zu bytes", cut);
    cr_assert(nothing_changed());
}

#define PART(type, section, field, value)                                                          \
    do {                                                                                           \
        struct loom_plan *plan = good_plan();                                                      \
        type *part = (type *)section(plan);                                                        \
        part->field = (value);                                                                     \
        plan_seal(plan);                                                                           \
        refused(plan, #field " = " #value);                                                        \
        free(plan);                                                                                \
    } while (0)

static void *modules_of(struct loom_plan *plan) {
    return plan + 1;
}
static void *operations_of(struct loom_plan *plan) {
    return (struct loom_plan_module *)modules_of(plan) + plan->modules;
}
static void *slow_of(struct loom_plan *plan) {
    return (struct loom_plan_operation *)operations_of(plan) + plan->operations;
}

Test(plan, sections) {
    PART(struct loom_plan_module, modules_of, hash, 1);
    PART(struct loom_plan_module, modules_of, file, 1);
    PART(struct loom_plan_module, modules_of, points, DEMO_POINTS + 1);
    PART(struct loom_plan_module, modules_of, functions, 1);
    PART(struct loom_plan_module, modules_of, unsafe_offset, 1);
    PART(struct loom_plan_module, modules_of, unsafe_offset, 8);
    PART(struct loom_plan_module, modules_of, unsafe_offset, 0xfffffff8u);
    PART(struct loom_plan_operation, operations_of, module, 1);
    PART(struct loom_plan_operation, operations_of, point, DEMO_POINTS);
    PART(struct loom_plan_operation, operations_of, kind, 0);
    PART(struct loom_plan_operation, operations_of, kind, 3);
    PART(struct loom_plan_operation, operations_of, kind, LOOM_LEAVE); /* no enter left */
    PART(struct loom_plan_operation, operations_of, flags, 4);
    PART(struct loom_plan_operation, operations_of, count, 1);
    PART(struct loom_plan_slow, slow_of, module, 1);
    PART(struct loom_plan_slow, slow_of, function, DEMO_FUNCTIONS);
}

/* Any byte changed without a new checksum is refused. */
Test(plan, every_byte) {
    unsigned char *plan = good_plan();
    for (size_t i = 0; i < size; i++) {
        plan[i] ^= 0x55;
        cr_assert(publish_blob(plan, size), "byte %zu", i);
        plan[i] ^= 0x55;
    }
    cr_assert(nothing_changed());
}

/* Any byte changed with a right checksum is refused or harmless: nothing is read out of bounds
 * (the ASan variant looks). */
Test(plan, every_byte_sealed, .timeout = 60) {
    for (size_t i = 0; i < size || i == 0; i++) {
        for (int bit = 0; bit < 8; bit++) {
            unsigned char *plan = good_plan();
            plan[i] ^= (unsigned char)(1 << bit);
            if (((struct loom_plan *)plan)->size == size) plan_seal(plan);
            if (!publish_blob(plan, size)) {
                remove_all();
                cr_assert(work_until(&filters[0], FILTER_FREE, 1000));
            }
            free(plan);
            cr_assert(nothing_changed(), "byte %zu bit %d", i, bit);
        }
    }
}

/* No memory, at every allocation: refused, and nothing changed. */
Test(plan, no_memory) {
    for (unsigned n = 1; n < 20; n++) {
        void *plan = good_plan();
        sys_faults.calls[KIND_MAP] = 0;
        sys_faults.fail_at[KIND_MAP] = n;
        const char *wrong = publish_blob(plan, size);
        sys_faults.fail_at[KIND_MAP] = 0;
        free(plan);
        if (!wrong) {
            cr_assert_gt(n, 2, "the faults were not seen");
            return;
        }
        cr_assert_eq(strncmp(wrong, "ENOMEM", 6), 0, "%s", wrong);
        cr_assert(nothing_changed());
    }
    cr_assert(false, "it never succeeds");
}

Test(plan, no_barrier) {
    void *plan = good_plan();
    sys_faults.calls[KIND_BARRIER] = 0;
    sys_faults.fail_at[KIND_BARRIER] = 1;
    refused(plan, "a kernel without barriers");
}

Test(plan, no_more_than_64, .timeout = 30) {
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) cr_assert(publish_simple(0, 0));
    void *plan = good_plan();
    const char *wrong = publish_blob(plan, size);
    cr_assert(wrong && !strncmp(wrong, "too-many", 8));
    lock_take(&install_lock);
    cr_assert_eq(install_remove(0), LOOM_FILTERS_MAX);
    lock_drop(&install_lock);
    poll_here();
    cr_assert(DEMO_WAIT((work(), nothing_changed()), 2000));
}

/* ---- modules ---- */

static loom_op more_ops[3][10];
static loom_flag more_flags[3][4];
#define MORE(n, name)                                                                              \
    {.abi = LOOM_ABI, .size = sizeof(struct loom_file), .path = name, .table = "", .hash = 7 + n,  \
     .points = 9, .functions = 3, .ops = more_ops[n], .flags = more_flags[n]}
static struct loom_file more[3] = {MORE(0, "b.c"), MORE(1, "c.c"), MORE(2, "d.c")};

Test(module, lookup) {
    uint64_t before = modules_hash();
    for (int i = 0; i < 3; i++) demo_attach(&more[i]);
    cr_assert_eq(module_count(), 4);
    cr_assert_neq(modules_hash(), before);
    module_index_swap(module_index_build());
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t p = 0; p < 9; p++) {
            struct place place = module_place((uintptr_t)&more_ops[i][p]);
            cr_assert(place.file == i + 1 && place.point == p);
        }
    cr_assert_eq(module_place((uintptr_t)&more_ops[0][9]).file, MODULE_NONE);
    cr_assert_eq(module_place(1).file, MODULE_NONE);
    cr_assert_eq(module_place(~0ul).file, MODULE_NONE);
    loom_rt_get()->detach(&more[1]);
    cr_assert_eq(module_place((uintptr_t)&more_ops[1][3]).file, MODULE_NONE);
    cr_assert_eq(module_place((uintptr_t)&more_ops[2][3]).file, 3);
    demo_attach(&more[1]); /* takes the free number again: no filter speaks of it */
    cr_assert_eq(module_at(2)->file, &more[1]);
}

static void pass(void) {}
static void keep(void) {}
static void pass_own(void) {}
enum { OWN = 4 }; /* points of more[0] and more[1] whose slots are called without a step */

/* more[0] and more[1] are of one object, more[2] is of another. */
static void announce(void) {
    static struct loom_file *objects[2] = {&more[0], &more[2]};
    more[0].next = &more[1];
    more[0].own = more[1].own = OWN;
    for (int i = 0; i < 3; i++) {
        more[i].files = &objects[i == 2];
        more[i].words[LOOM_PASS] = pass;
        more[i].words[LOOM_PASS_OWN] = pass_own;
    }
}

static bool is_prepared(int file) {
    for (unsigned i = 0; i < more[file].points; i++)
        if (more_ops[file][i] != (i < more[file].own ? pass_own : pass)) return false;
    return !more_ops[file][more[file].points];
}
static bool is_untouched(int file) {
    for (unsigned i = 0; i <= more[file].points; i++)
        if (more_ops[file][i]) return false;
    return true;
}

/* Slow runs go on to those of other files of the object. Without filters nothing is written. */
Test(module, words_are_set_before_the_first_flag) {
    announce();
    demo_attach(&more[0]);
    cr_assert(is_untouched(0) && is_untouched(1));
    cr_assert_null(loom_ops_demo[DEMO_ENTER]);
    more_ops[1][3] = keep; /* it had operations already */
    lock_take(&install_lock);
    cr_assert_eq(flags_prepare(0), 0);
    flags_slow(0, DEMO_REGION, 1);
    lock_drop(&install_lock);
    cr_assert(is_prepared(0));
    cr_assert_eq(more_ops[1][3], keep);
    more_ops[1][3] = pass_own;
    cr_assert(is_prepared(1), "a file that is not attached yet has none");
    cr_assert_eq(loom_ops_demo[DEMO_IDLE], loom_file_demo.words[LOOM_PASS]);
    cr_assert(is_untouched(2));
    demo_attach(&more[2]);
    cr_assert(is_prepared(2), "an object that comes later has none");
}

/* Waits until the filter is in force, or gone. */
static struct filter *in_force(uint32_t key) {
    static const struct loom_plan_code code[] = {{.op = LOOM_CODE_LOCAL, .size = 8},
                                                 {.op = LOOM_CODE_END},
                                                 {.op = LOOM_CODE_GLOBAL, .size = 4},
                                                 {.op = LOOM_CODE_END}};
    const struct loom_plan_operation operations[] = {
        {0, DEMO_ENTER, LOOM_ENTER, LOOM_OP_NEST, 0, 0, 0, key}, {0, DEMO_LEAVE, LOOM_LEAVE, 0, 0, 0, 0, 0}};
    struct plan_maker maker = {
        .operations = operations, .operation_count = 2, .code = code, .code_count = 4};
    struct filter *filter = publish_plan(maker, NULL, 0);
    cr_assert(filter && work_until(filter, FILTER_IN_FORCE, 2000));
    return filter;
}
static void withdraw(struct filter *filter) {
    lock_take(&install_lock);
    cr_assert_eq(install_remove(filter->id), 1);
    lock_drop(&install_lock);
    cr_assert(work_until(filter, FILTER_FREE, 2000));
}
static void check_words(unsigned enter, unsigned leave) {
    cr_assert_eq(DEMO_WORD(DEMO_ENTER), loom_file_demo.words[enter]);
    cr_assert_eq(DEMO_WORD(DEMO_LEAVE), loom_file_demo.words[leave]);
}

/* A slot that is called without a step says nothing of values: its word does, and only where an operation reads
 * them. */
Test(module, words_say_which_slots_pass_values) {
    enum { LOCAL = 1, GLOBAL = 3 };
    loom_file_demo.own = DEMO_LEAVE + 1;
    struct filter *global = in_force(GLOBAL);
    check_words(LOOM_KEEP_OWN, LOOM_KEEP_OWN);
    cr_assert_eq(DEMO_WORD(DEMO_IDLE), loom_file_demo.words[LOOM_PASS]);
    struct filter *local = in_force(LOCAL);
    check_words(LOOM_VALUES_OWN, LOOM_KEEP_OWN);
    withdraw(local);
    check_words(LOOM_KEEP_OWN, LOOM_KEEP_OWN);
    withdraw(global);
    check_words(LOOM_PASS_OWN, LOOM_PASS_OWN);
}

Test(module, a_plan_for_other_files_is_stale) {
    void *plan = good_plan();
    demo_attach(&more[0]);
    const char *wrong = publish_blob(plan, size);
    cr_assert(wrong && !strncmp(wrong, "stale-modules", 13));
    cr_assert(nothing_changed());
}

Test(module, unloading_removes_the_filter, .timeout = 60) {
    struct filter *filter = publish_simple(0, 0);
    hit(DEMO_ENTER, 1);
    demo_away();
    loom_rt_get()->detach(&loom_file_demo);
    cr_assert_eq(filter->closing, 1);
    memset(loom_flags_demo, 0x5a, sizeof loom_flags_demo); /* the memory is somebody else's now */
    memset(loom_ops_demo, 0x5a, sizeof loom_ops_demo);
    cr_assert(work_until(filter, FILTER_FREE, 1000));
    for (int i = 0; i < DEMO_POINTS; i++)
        cr_assert_eq((unsigned long)loom_ops_demo[i], 0x5a5a5a5a5a5a5a5aul);
    cr_assert_eq((unsigned long)loom_flags_demo[0], 0x5a5a5a5a5a5a5a5aul);
    cr_assert(install_is_fast());
}
