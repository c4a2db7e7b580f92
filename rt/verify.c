// SPDX-License-Identifier: MIT
/* verify.c: the checks of a plan, section by section. See verify.h. */
#include "verify.h"

#include <stdint.h>

#include "code.h"
#include "module.h"
#include "plan.h"
#include "run_code.h"

enum { NAME_MAX_SIZE = 4096, TEXT_MAX_SIZE = 1 << 20, WITHIN_MAX_MS = 24 * 3600 * 1000 };

static uint32_t checksum_of(const struct loom_plan *plan, size_t size) {
    struct loom_plan head = *plan;
    uint32_t sum;
    head.checksum = 0;
    sum = loom_checksum(LOOM_CHECKSUM_START, &head, sizeof head);
    return loom_checksum(sum, plan + 1, size - sizeof head);
}

static const char *check_head(const struct loom_plan *plan, size_t size) {
    uint64_t want = sizeof *plan;
    if (size < sizeof *plan) return "bad-plan shorter than its header";
    if (plan->magic != LOOM_MAGIC) return "bad-plan wrong magic";
    if (plan->version != LOOM_PROTOCOL) return "bad-plan unknown version";
    if (plan->size != size) return "bad-plan wrong size";
    if (plan->checksum != checksum_of(plan, size)) return "bad-plan wrong checksum";
    if (plan->kind != LOOM_EXCLUSION && plan->kind != LOOM_ORDER && plan->kind != LOOM_ALONE)
        return "bad-plan unknown kind of filter";
    if (plan->flags & ~(LOOM_ELSE_PASS | (plan->kind == LOOM_ORDER ? LOOM_EACH : 0)))
        return "bad-plan unknown flags";
    if (plan->kind == LOOM_ORDER && !(plan->flags & LOOM_ELSE_PASS))
        return "bad-plan an order that is not kept in time must let pass";
    if (plan->within_ms > WITHIN_MAX_MS) return "bad-plan within is too long";
    if (plan->name_size > NAME_MAX_SIZE) return "bad-plan name is too long";
    if (plan->text_size > TEXT_MAX_SIZE) return "bad-plan text is too long";
    if (plan->unsafe_bytes % 8) return "bad-plan unsafe section is not padded";
    if (plan->reach_bytes % 8) return "bad-plan reach section is not padded";
    if (plan->reserved) return "bad-plan a reserved field is not 0";
    want += (uint64_t)plan->modules * sizeof(struct loom_plan_module);
    want += (uint64_t)plan->operations * sizeof(struct loom_plan_operation);
    want += (uint64_t)plan->slow * sizeof(struct loom_plan_slow);
    want += plan->unsafe_bytes;
    want += plan->reach_bytes;
    want += (uint64_t)plan->code * sizeof(struct loom_plan_code);
    want += ((uint64_t)plan->name_size + plan->text_size + 7) & ~7ull;
    if (want != size) return "bad-plan sections do not add up to its size";
    if (plan->modules_hash != modules_hash()) return "stale-modules made for another set of files";
    if (plan->modules != module_count()) return "bad-plan not all files are listed";
    return NULL;
}

/* In ascending order of file, so each is there once; their count is right, so all are. Their unsafe
 * sets follow each other: they are copied into as much memory as the section has. */
static const char *check_modules(const struct loom_plan *plan,
                                 const struct loom_plan_module *modules) {
    uint64_t end = 0;
    for (uint32_t i = 0; i < plan->modules; i++) {
        const struct loom_plan_module *module = &modules[i];
        const struct module *here = module_at(module->file);
        if (!here) return "bad-plan no such file";
        if (i && module->file <= module[-1].file) return "bad-plan files are not in order";
        if (module->hash != here->file->hash) return "stale-modules a file has another hash";
        if (module->points != here->file->points) return "bad-plan wrong number of points";
        if (module->functions != here->file->functions) return "bad-plan wrong number of functions";
        if (module->unsafe_offset != end) return "bad-plan unsafe sets are not in order";
        end += ((uint64_t)module->points + 63) / 64 * 8;
        if (end > plan->unsafe_bytes) return "bad-plan unsafe set is out of bounds";
    }
    return end == plan->unsafe_bytes ? NULL : "bad-plan unsafe section is too long";
}

/* ---- operations ------------------------------------------------------------------------------ */

static const char *check_exclusion(const struct loom_plan_operation *op) {
    if (op->kind != LOOM_ENTER && op->kind != LOOM_LEAVE) return "bad-plan unknown operation";
    if (op->flags & ~(LOOM_OP_NEST | LOOM_OP_ANY_FRAME | LOOM_OP_SHARED))
        return "bad-plan unknown operation flags";
    if (op->flags & LOOM_OP_SHARED && op->kind != LOOM_ENTER)
        return "bad-plan unknown operation flags";
    if (op->kind != LOOM_ENTER && (op->condition || op->key))
        return "bad-plan an expression of an operation that has none";
    return op->count ? "bad-plan a region has no count" : NULL;
}

/* Those of downs exclude each other. */
static bool order_flags_are_right(const struct loom_plan_operation *op) {
    static const uint8_t allowed[] = {[LOOM_UP] = LOOM_OP_BEHIND | LOOM_OP_TESTED,
                                      [LOOM_DOWN] = LOOM_OP_END | LOOM_OP_COUNTED,
                                      [LOOM_BIRTH] = LOOM_OP_START,
                                      [LOOM_TEST] = 0};
    return !(op->flags & ~allowed[op->kind]) &&
           (op->kind != LOOM_DOWN || op->flags != allowed[LOOM_DOWN]);
}

static bool may_have_condition(const struct loom_plan_operation *op) {
    return op->kind == LOOM_DOWN || op->kind == LOOM_TEST ||
           (op->kind == LOOM_UP && op->flags == LOOM_OP_BEHIND);
}

static const char *check_order(const struct loom_plan_operation *op) {
    if (op->kind < LOOM_UP || op->kind > LOOM_TEST) return "bad-plan unknown operation";
    if (!order_flags_are_right(op)) return "bad-plan unknown operation flags";
    if (op->key) return "bad-plan an order has no keys";
    if (op->condition && !may_have_condition(op))
        return "bad-plan an expression of an operation that has none";
    if (op->kind == LOOM_TEST && !op->condition) return "bad-plan a test of nothing";
    if (op->region >= LOOM_LINKS_MAX) return "bad-plan an order is too long";
    if (op->flags & LOOM_OP_COUNTED && op->kind == LOOM_DOWN) return NULL;
    if ((op->kind == LOOM_BIRTH || op->flags & LOOM_OP_END) && op->count != 1)
        return "bad-plan the end of threads has no count";
    if (op->kind == LOOM_TEST) return op->count ? "bad-plan a test has no count" : NULL;
    return op->count && op->count <= LOOM_COUNT_MAX ? NULL : "bad-plan count is out of bounds";
}

/* What the operations of the links are; one bit per link. */
struct links {
    uint32_t counts[LOOM_LINKS_MAX];
    uint32_t ups, tested, tests, downs, counted, births, ends;
};

static uint32_t *set_of(struct links *links, const struct loom_plan_operation *op) {
    switch (op->kind) {
    case LOOM_UP: return &links->ups;
    case LOOM_TEST: return &links->tests;
    case LOOM_BIRTH: return &links->births;
    default:
        return op->flags & LOOM_OP_END       ? &links->ends
               : op->flags & LOOM_OP_COUNTED ? &links->counted
                                             : &links->downs;
    }
}

static const char *add_to_links(struct links *links, const struct loom_plan_operation *op) {
    uint32_t *count = &links->counts[op->region], bit = 1u << op->region;
    *set_of(links, op) |= bit;
    if (op->kind == LOOM_UP && op->flags & LOOM_OP_TESTED) links->tested |= bit;
    if (op->kind == LOOM_TEST || (op->kind == LOOM_DOWN && op->flags & LOOM_OP_COUNTED))
        return NULL;
    if (*count && *count != op->count) return "bad-plan a link has two counts";
    *count = op->count;
    return NULL;
}

/* What waits can be let go: every link with a down has an up, and one count. */
static const char *check_links(const struct loom_plan *plan,
                               const struct loom_plan_operation *operations) {
    struct links links = {0};
    uint32_t waits;
    for (uint32_t i = 0; i < plan->operations; i++) {
        const char *wrong = add_to_links(&links, &operations[i]);
        if (wrong) return wrong;
    }
    waits = links.downs | links.counted;
    if (!waits && !links.ends) return "bad-plan nothing waits";
    if ((links.ups | links.tests | waits) & (links.births | links.ends))
        return "bad-plan a link of two kinds";
    if (links.downs & links.counted) return "bad-plan a link has two counts";
    for (uint32_t link = 0; link < LOOM_LINKS_MAX; link++)
        if (links.counted >> link & 1 && links.counts[link] > 1)
            return "bad-plan a link has two counts";
    if (links.tests != links.tested) return "bad-plan a test without its up";
    return waits & ~links.ups || links.ends & ~links.births ? "bad-plan a wait for nothing" : NULL;
}

/* One set per link that has a number, or nothing. */
static const char *check_reach(const struct loom_plan *plan,
                               const struct loom_plan_operation *operations) {
    uint32_t links = 0;
    if (!plan->reach_bytes) return NULL;
    if (plan->kind != LOOM_ORDER) return "bad-plan only orders have reach sets";
    for (uint32_t i = 0; i < plan->operations; i++)
        if (operations[i].region >= links) links = operations[i].region + 1u;
    return plan->reach_bytes == (uint64_t)links * plan->unsafe_bytes
               ? NULL
               : "bad-plan reach section of a wrong size";
}

/* All enters of an exclusion have a key, or none. */
static const char *check_keys(const struct loom_plan *plan,
                              const struct loom_plan_operation *operations) {
    uint32_t enters = 0, keys = 0;
    for (uint32_t i = 0; i < plan->operations; i++) {
        enters += operations[i].kind == LOOM_ENTER;
        keys += operations[i].kind == LOOM_ENTER && operations[i].key;
    }
    if (!enters) return "bad-plan no enter";
    return keys && keys != enters ? "bad-plan an enter without a key among such with one" : NULL;
}

static const char *check_programs(const struct loom_plan *plan,
                                  const struct loom_plan_operation *op,
                                  const struct loom_plan_code *code) {
    const char *wrong = NULL;
    if (op->condition) wrong = code_verify(code, plan->code, op->condition);
    if (!wrong && op->key) wrong = code_verify(code, plan->code, op->key);
    if (!wrong && op->kind == LOOM_DOWN && op->flags & LOOM_OP_COUNTED)
        wrong = code_verify(code, plan->code, op->count);
    return wrong;
}

/* A point of the file, or a start routine that the file knows. */
static const char *check_point(const struct loom_plan_operation *op,
                               const struct loom_plan_module *module) {
    const struct loom_file *file = module_at(module->file)->file;
    if (op->kind != LOOM_BIRTH || !(op->flags & LOOM_OP_START))
        return op->point < module->points ? NULL : "bad-plan operation at no point";
    return code_has_globals(file) && file->global(op->point) ? NULL
                                                             : "bad-plan no such start routine";
}

static const char *check_operations(const struct loom_plan *plan,
                                    const struct loom_plan_module *modules,
                                    const struct loom_plan_operation *operations,
                                    const struct loom_plan_code *code) {
    const char *wrong;
    for (uint32_t i = 0; i < plan->operations; i++) {
        const struct loom_plan_operation *op = &operations[i];
        if (op->module >= plan->modules) return "bad-plan operation in no file";
        wrong = plan->kind == LOOM_ORDER ? check_order(op) : check_exclusion(op);
        if (!wrong) wrong = check_point(op, &modules[op->module]);
        if (!wrong) wrong = check_programs(plan, op, code);
        if (wrong) return wrong;
        if (plan->kind == LOOM_ALONE && (op->key || op->flags & LOOM_OP_SHARED))
            return "bad-plan who is alone has no key and shares with nobody";
    }
    wrong = plan->kind == LOOM_ORDER ? check_links(plan, operations) : check_keys(plan, operations);
    return wrong ? wrong : check_reach(plan, operations);
}

static const char *check_slow(const struct loom_plan *plan, const struct loom_plan_module *modules,
                              const struct loom_plan_slow *slow) {
    for (uint32_t i = 0; i < plan->slow; i++) {
        if (slow[i].module >= plan->modules) return "bad-plan slow function in no file";
        if (slow[i].function >= modules[slow[i].module].functions)
            return "bad-plan no such slow function";
    }
    return NULL;
}

const char *verify_plan(const void *blob, size_t size) {
    const struct loom_plan *plan = blob;
    const struct loom_plan_module *modules = (const void *)(plan + 1);
    const struct loom_plan_operation *operations;
    const struct loom_plan_slow *slow;
    const char *wrong = check_head(plan, size), *sets;
    if (wrong) return wrong;
    operations = (const void *)(modules + plan->modules);
    slow = (const void *)(operations + plan->operations);
    sets = (const char *)(slow + plan->slow);
    if ((wrong = check_modules(plan, modules))) return wrong;
    if ((wrong = check_operations(plan, modules, operations,
                                  (const void *)(sets + plan->unsafe_bytes + plan->reach_bytes))))
        return wrong;
    return check_slow(plan, modules, slow);
}
