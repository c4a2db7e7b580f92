// SPDX-License-Identifier: MIT
/* filter.c: the entries of installed filters. See filter.h; the operation table is op_table.c. */
#include "filter.h"

#include <errno.h>
#include <string.h>

#include "sys.h"
#include "thread.h"

struct filter filters[LOOM_FILTERS_MAX];
uint64_t filters_open;

bool filter_safe(const struct filter *filter, uintptr_t site) {
    struct place place;
    if (site == SITE_START) return true;
    place = module_place(site);
    if (place.file >= filter->files || !filter->unsafe[place.file]) return false;
    return !(filter->unsafe[place.file][place.point / 64] >> (place.point % 64) & 1);
}

struct filter *filter_find(uint32_t id) {
    for (int i = 0; i < LOOM_FILTERS_MAX; i++)
        if (id && LOAD(filters[i].id) == id) return &filters[i];
    return NULL;
}

struct filter *filter_entry(void) {
    struct filter *oldest = NULL;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) {
        struct filter *filter = &filters[i];
        if (filter->phase == FILTER_FREE) return filter;
        if (filter->phase == FILTER_ROLLED_BACK && (!oldest || filter->id < oldest->id))
            oldest = filter;
    }
    return oldest;
}

bool filter_is_installed(const struct filter *filter) {
    return filter->phase >= FILTER_STOPPING && filter->phase <= FILTER_CLOSING;
}

/* The sections of a verified plan. */
struct sections {
    const struct loom_plan *head;
    const struct loom_plan_module *modules;
    const struct loom_plan_operation *operations;
    const struct loom_plan_slow *slow;
    const unsigned char *unsafe, *reach;
    const struct loom_plan_code *code;
    const char *name, *text;
};

static struct sections sections_of(const void *plan) {
    struct sections s = {.head = plan};
    s.modules = (const void *)(s.head + 1);
    s.operations = (const void *)(s.modules + s.head->modules);
    s.slow = (const void *)(s.operations + s.head->operations);
    s.unsafe = (const void *)(s.slow + s.head->slow);
    s.reach = s.unsafe + s.head->unsafe_bytes;
    s.code = (const void *)(s.reach + s.head->reach_bytes);
    s.name = (const char *)(s.code + s.head->code);
    s.text = s.name + s.head->name_size;
    return s;
}

/* Hands out pieces of one block; the first pass only measures. */
struct carver {
    char *memory; /* null: measure */
    size_t used;
};

static void *carve(struct carver *carver, size_t size) {
    void *piece = carver->memory ? carver->memory + carver->used : NULL;
    carver->used += (size + 7) & ~(size_t)7;
    return piece;
}

static size_t set_bytes(uint32_t points) {
    return ((size_t)points + 63) / 64 * 8;
}

/* The sets and the code of the plan, copied into the block. */
struct copies {
    uint64_t *unsafe;
    uint64_t *reach;
    struct loom_plan_code *code;
};

static void carve_all(struct filter *filter, const struct sections *s, struct carver *carver,
                      struct copies *copies) {
    filter->unsafe = carve(carver, filter->files * sizeof *filter->unsafe);
    filter->reach = carve(carver, filter->links * filter->files * sizeof *filter->reach);
    filter->operations = carve(carver, s->head->operations * sizeof *filter->operations);
    filter->slow = carve(carver, s->head->slow * sizeof *filter->slow);
    filter->name = carve(carver, s->head->name_size + 1);
    filter->text = carve(carver, s->head->text_size + 1);
    copies->unsafe = carve(carver, s->head->unsafe_bytes);
    copies->reach = carve(carver, s->head->reach_bytes);
    copies->code = carve(carver, s->head->code * sizeof *copies->code);
}

/* One bit per region: some leave of it has LOOM_OP_ANY_FRAME; some down of the link has
 * LOOM_OP_COUNTED. Valid during one filter_load. */
static uint64_t any_frame[(UINT16_MAX + 1) / 64], counted[(UINT16_MAX + 1) / 64];

static bool has(const uint64_t *set, uint16_t region) {
    return set[region / 64] >> (region % 64) & 1;
}

static void find_regions(const struct sections *s) {
    memset(any_frame, 0, sizeof any_frame);
    memset(counted, 0, sizeof counted);
    for (uint32_t i = 0; i < s->head->operations; i++) {
        const struct loom_plan_operation *op = &s->operations[i];
        uint64_t bit = 1ull << (op->region % 64);
        if (op->kind == LOOM_LEAVE && op->flags & LOOM_OP_ANY_FRAME)
            any_frame[op->region / 64] |= bit;
        if (op->kind == LOOM_DOWN && op->flags & LOOM_OP_COUNTED) counted[op->region / 64] |= bit;
    }
}

static const struct loom_plan_code *program(const struct filter *filter, uint32_t number) {
    return number ? &filter->code[number - 1] : NULL;
}

static uintptr_t address_of(const struct loom_file *file, const struct loom_plan_operation *op) {
    return op->flags & LOOM_OP_START && op->kind == LOOM_BIRTH ? file->global(op->point)
                                                               : (uintptr_t)(file->ops + op->point);
}

static struct operation operation_of(struct filter *filter, const struct loom_plan_operation *from,
                                     const struct loom_file *file) {
    bool by_program = from->kind == LOOM_DOWN && from->flags & LOOM_OP_COUNTED;
    return (struct operation){.point = address_of(file, from),
                              .filter = filter,
                              .file = file,
                              .condition = program(filter, from->condition),
                              .key = program(filter, from->key),
                              .counted = program(filter, by_program ? from->count : 0),
                              .count = by_program ? 0 : from->count,
                              .region = from->region,
                              .kind = from->kind,
                              .flags = from->flags,
                              .bit = (uint8_t)filter_bit(filter),
                              .any_frame = has(any_frame, from->region),
                              .unlimited = has(counted, from->region)};
}

/* The point of an operation of the filter itself counts as unsafe: a thread that waits there for
 * another filter would become active in the middle of the point's operations. */
static void load_operations(struct filter *filter, const struct sections *s) {
    find_regions(s);
    for (uint32_t i = 0; i < filter->operation_count; i++) {
        const struct loom_plan_operation *from = &s->operations[i];
        uint32_t file = s->modules[from->module].file;
        uint64_t *set = (uint64_t *)(uintptr_t)filter->unsafe[file];
        if (from->kind != LOOM_BIRTH) set[from->point / 64] |= 1ull << (from->point % 64);
        filter->operations[i] = operation_of(filter, from, module_at(file)->file);
        filter->operations[i].number = i;
        if (from->flags & LOOM_OP_SHARED) filter->in_turn = 1;
        if (from->key) filter->keyed = 1;
    }
}

/* The file's sets of unsafe points get memory of their own: sets of a plan may overlap. */
static void load_sets(struct filter *filter, const struct sections *s, struct copies copies) {
    memcpy(copies.reach, s->reach, s->head->reach_bytes);
    for (uint32_t i = 0; i < s->head->modules; i++) {
        const struct loom_plan_module *module = &s->modules[i];
        filter->unsafe[module->file] = copies.unsafe;
        memcpy(copies.unsafe, s->unsafe + module->unsafe_offset, set_bytes(module->points));
        copies.unsafe += set_bytes(module->points) / 8;
        for (uint32_t link = 0; link < filter->links; link++)
            filter->reach[link * filter->files + module->file] =
                copies.reach + (link * s->head->unsafe_bytes + module->unsafe_offset) / 8;
    }
}

static void load(struct filter *filter, const struct sections *s, struct copies copies) {
    load_sets(filter, s, copies);
    memcpy(copies.code, s->code, s->head->code * sizeof *copies.code);
    filter->code = copies.code;
    load_operations(filter, s);
    for (uint32_t i = 0; i < filter->slow_count; i++)
        filter->slow[i] =
            (struct loom_plan_slow){s->modules[s->slow[i].module].file, s->slow[i].function};
    memcpy(filter->name, s->name, s->head->name_size);
    memcpy(filter->text, s->text, s->head->text_size);
}

int filter_load(struct filter *filter, const void *plan) {
    struct sections s = sections_of(plan);
    struct carver carver = {0};
    struct copies copies;
    filter->files = module_limit();
    filter->links = s.head->unsafe_bytes ? s.head->reach_bytes / s.head->unsafe_bytes : 0;
    filter->operation_count = s.head->operations;
    filter->slow_count = s.head->slow;
    carve_all(filter, &s, &carver, &copies);
    filter->block_size = carver.used;
    filter->block = sys_map(carver.used);
    if (!filter->block) return -ENOMEM;
    carver = (struct carver){filter->block, 0};
    carve_all(filter, &s, &carver, &copies);
    filter->within_ms = s.head->within_ms ? s.head->within_ms : LOOM_WITHIN_DEFAULT_MS;
    filter->for_ms = s.head->for_ms;
    filter->plan_flags = s.head->flags;
    filter->alone = filter->in_turn = s.head->kind == LOOM_ALONE;
    filter->counting = !(s.head->flags & LOOM_EACH);
    load(filter, &s, copies);
    return 0;
}
