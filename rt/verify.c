// SPDX-License-Identifier: MIT
/* verify.c: the checks of a plan, section by section. See verify.h. */
#include "verify.h"

#include <stdint.h>

#include "module.h"
#include "plan.h"

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
    if (plan->kind != LOOM_EXCLUSION && plan->kind != LOOM_ORDER)
        return "bad-plan unknown kind of filter";
    if (plan->flags & ~(LOOM_ELSE_PASS | (plan->kind == LOOM_ORDER ? LOOM_EACH : 0)))
        return "bad-plan unknown flags";
    if (plan->kind == LOOM_ORDER && !(plan->flags & LOOM_ELSE_PASS))
        return "bad-plan an order that is not kept in time must let pass";
    if (plan->within_ms > WITHIN_MAX_MS) return "bad-plan within is too long";
    if (plan->name_size > NAME_MAX_SIZE) return "bad-plan name is too long";
    if (plan->text_size > TEXT_MAX_SIZE) return "bad-plan text is too long";
    if (plan->unsafe_bytes % 8) return "bad-plan unsafe section is not padded";
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

/* In ascending order of file, so each is there once; their count is right, so all are. */
static const char *check_modules(const struct loom_plan *plan,
                                 const struct loom_plan_module *modules) {
    for (uint32_t i = 0; i < plan->modules; i++) {
        const struct loom_plan_module *module = &modules[i];
        const struct module *here = module_at(module->file);
        uint64_t end;
        if (!here) return "bad-plan no such file";
        if (i && module->file <= module[-1].file) return "bad-plan files are not in order";
        if (module->hash != here->file->hash) return "stale-modules a file has another hash";
        if (module->points != here->file->points) return "bad-plan wrong number of points";
        if (module->functions != here->file->functions) return "bad-plan wrong number of functions";
        if (module->unsafe_offset % 8) return "bad-plan unsafe set is not aligned";
        end = module->unsafe_offset + ((uint64_t)module->points + 63) / 64 * 8;
        if (end > plan->unsafe_bytes) return "bad-plan unsafe set is out of bounds";
    }
    return NULL;
}

static const char *check_exclusion(const struct loom_plan_operation *op) {
    if (op->kind != LOOM_ENTER && op->kind != LOOM_LEAVE) return "bad-plan unknown operation";
    if (op->flags & ~(LOOM_OP_NEST | LOOM_OP_ANY_FRAME | LOOM_OP_SHARED))
        return "bad-plan unknown operation flags";
    if (op->flags & LOOM_OP_SHARED && op->kind != LOOM_ENTER)
        return "bad-plan unknown operation flags";
    return op->count ? "bad-plan a region has no count" : NULL;
}

static const char *check_order(const struct loom_plan_operation *op) {
    uint32_t flags = op->kind == LOOM_UP ? LOOM_OP_BEHIND : op->kind == LOOM_DOWN ? LOOM_OP_END : 0;
    if (op->kind < LOOM_UP || op->kind > LOOM_BIRTH) return "bad-plan unknown operation";
    if (op->flags & ~flags) return "bad-plan unknown operation flags";
    if ((op->kind == LOOM_BIRTH || op->flags & LOOM_OP_END) && op->count != 1)
        return "bad-plan the end of threads has no count";
    if (op->region >= LOOM_LINKS_MAX) return "bad-plan an order is too long";
    return op->count && op->count <= LOOM_COUNT_MAX ? NULL : "bad-plan count is out of bounds";
}

/* What waits can be let go: every link with a down has an up, and one count. */
static const char *check_links(const struct loom_plan *plan,
                               const struct loom_plan_operation *operations) {
    uint32_t counts[LOOM_LINKS_MAX] = {0}, ups = 0, downs = 0, births = 0, ends = 0;
    for (uint32_t i = 0; i < plan->operations; i++) {
        const struct loom_plan_operation *op = &operations[i];
        if (counts[op->region] && counts[op->region] != op->count)
            return "bad-plan a link has two counts";
        counts[op->region] = op->count;
        *(op->kind == LOOM_UP      ? &ups
          : op->kind == LOOM_BIRTH ? &births
          : op->flags              ? &ends
                                   : &downs) |= 1u << op->region;
    }
    if (!downs && !ends) return "bad-plan nothing waits";
    if ((ups | downs) & (births | ends)) return "bad-plan a link of two kinds";
    return downs & ~ups || ends & ~births ? "bad-plan a wait for nothing" : NULL;
}

static const char *check_operations(const struct loom_plan *plan,
                                    const struct loom_plan_module *modules,
                                    const struct loom_plan_operation *operations) {
    bool any_enter = false;
    const char *wrong;
    for (uint32_t i = 0; i < plan->operations; i++) {
        const struct loom_plan_operation *op = &operations[i];
        if (op->module >= plan->modules) return "bad-plan operation in no file";
        if (op->point >= modules[op->module].points) return "bad-plan operation at no point";
        wrong = plan->kind == LOOM_ORDER ? check_order(op) : check_exclusion(op);
        if (wrong) return wrong;
        any_enter |= op->kind == LOOM_ENTER;
    }
    if (plan->kind == LOOM_ORDER) return check_links(plan, operations);
    return any_enter ? NULL : "bad-plan no enter";
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
    const char *wrong = check_head(plan, size);
    if (wrong) return wrong;
    operations = (const void *)(modules + plan->modules);
    if ((wrong = check_modules(plan, modules))) return wrong;
    if ((wrong = check_operations(plan, modules, operations))) return wrong;
    return check_slow(plan, modules, (const void *)(operations + plan->operations));
}
