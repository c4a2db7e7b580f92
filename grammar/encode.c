// SPDX-License-Identifier: MIT
/* encode.c: see encode.h. The sections follow each other in the order of rt/plan.h. */
#include "encode.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "rt/plan.h"

static size_t padded(size_t size) {
    return (size + 7) & ~(size_t)7;
}
static size_t bit_bytes(uint32_t points) {
    return padded(((size_t)points + 7) / 8);
}

static uint32_t count_slow(const struct program *p, const struct analysis *a) {
    uint32_t count = 0;
    for (uint32_t f = 0; f < p->function_count; f++) count += a->slow[f];
    return count;
}

static unsigned char *put_modules(const struct program *p, unsigned char *at) {
    size_t offset = 0;
    for (uint32_t i = 0; i < p->file_count; i++) {
        struct loom_plan_module module = {.hash = p->files[i].hash,
                                          .file = p->files[i].index,
                                          .points = p->files[i].points,
                                          .functions = p->files[i].flags,
                                          .unsafe_offset = (uint32_t)offset};
        memcpy(at, &module, sizeof module);
        at += sizeof module;
        offset += bit_bytes(p->files[i].points);
    }
    return at;
}

/* In the order in which they are executed at a slot; ups of the slot itself would come last, but
 * the runtime sorts anyhow. */
static unsigned char *put_operations(const struct program *p, const struct operations *operations,
                                     unsigned char *at) {
    static const uint8_t kinds[] = {LOOM_LEAVE, LOOM_UP, LOOM_DOWN, LOOM_ENTER, LOOM_TEST};
    for (size_t k = 0; k < sizeof kinds; k++)
        for (uint32_t i = 0; i < operations->count; i++) {
            const struct operation *item = &operations->items[i];
            const struct node *node = &p->nodes[item->node];
            if (item->kind != kinds[k]) continue;
            struct loom_plan_operation operation = {.module = p->functions[node->function].file,
                                                    .point = node->point,
                                                    .kind = item->kind,
                                                    .flags = item->flags,
                                                    .region = item->region,
                                                    .count = item->count,
                                                    .condition = item->condition,
                                                    .key = item->key};
            memcpy(at, &operation, sizeof operation);
            at += sizeof operation;
        }
    return at;
}

static unsigned char *put_births(const struct program *p, const struct operations *operations,
                                 unsigned char *at) {
    for (uint32_t i = 0; i < operations->birth_count; i++) {
        const struct call *call = &p->calls[operations->births[i]];
        struct loom_plan_operation birth = {.module = p->functions[call->function].file,
                                            .point = call->point,
                                            .kind = LOOM_BIRTH,
                                            .count = 1};
        memcpy(at, &birth, sizeof birth);
        at += sizeof birth;
    }
    return at;
}

/* All threads that start at an address of the program. */
static unsigned char *put_start(const struct operations *operations, unsigned char *at) {
    struct loom_plan_operation birth = {.module = operations->start_file,
                                        .point = operations->start_global,
                                        .kind = LOOM_BIRTH,
                                        .flags = LOOM_OP_START,
                                        .count = 1};
    if (!operations->starts) return at;
    memcpy(at, &birth, sizeof birth);
    return at + sizeof birth;
}

static unsigned char *put_code(const struct code *code, unsigned char *at) {
    if (code->count) memcpy(at, code->items, code->count * sizeof *code->items);
    return at + code->count * sizeof *code->items;
}

static unsigned char *put_slow(const struct program *p, const struct analysis *a,
                               unsigned char *at) {
    for (uint32_t f = 0; f < p->function_count; f++) {
        struct loom_plan_slow slow = {p->functions[f].file, p->functions[f].flag};
        if (!a->slow[f]) continue;
        memcpy(at, &slow, sizeof slow);
        at += sizeof slow;
    }
    return at;
}

static void set_bit(unsigned char *bits, uint32_t point) {
    bits[point / 8] = (unsigned char)(bits[point / 8] | 1u << point % 8);
}

/* The pause points for which `is_set` holds. */
static unsigned char *put_points(const struct program *p, unsigned char *at,
                                 int (*is_set)(const struct analysis *, uint32_t, uint32_t, int),
                                 const struct analysis *a, int link) {
    for (uint32_t i = 0; i < p->file_count; i++) {
        const struct program_file *file = &p->files[i];
        for (uint32_t f = file->first_function; f < file->first_function + file->function_count;
             f++) {
            const struct function *function = &p->functions[f];
            for (uint32_t k = 0; k < function->node_count; k++) {
                uint32_t n = function->first_node + k;
                if (is_pause_node(&p->nodes[n]) && is_set(a, n, NONE, link))
                    set_bit(at, p->nodes[n].point);
            }
            for (uint32_t k = 0; k < function->call_count; k++) {
                uint32_t c = function->first_call + k;
                if (p->calls[c].point != NONE && is_set(a, NONE, c, link))
                    set_bit(at, p->calls[c].point);
            }
        }
        at += bit_bytes(file->points);
    }
    return at;
}

static int is_unsafe(const struct analysis *a, uint32_t node, uint32_t call, int link) {
    (void)link;
    return node != NONE ? a->nodes[node] : a->calls[call];
}

static int can_reach(const struct analysis *a, uint32_t node, uint32_t call, int link) {
    return (node != NONE ? a->reach_nodes[node] : a->reach_calls[call]) >> link & 1;
}

static unsigned char *put_reach(const struct program *p, const struct operations *operations,
                                const struct analysis *a, unsigned char *at) {
    for (int link = 0; operations->order && link < operations->regions; link++)
        at = put_points(p, at, can_reach, a, link);
    return at;
}

static size_t unsafe_size(const struct program *p) {
    size_t size = 0;
    for (uint32_t i = 0; i < p->file_count; i++) size += bit_bytes(p->files[i].points);
    return size;
}

int encode(const struct program *program, const struct filter *filter,
           const struct operations *operations, const struct analysis *analysis,
           uint64_t modules_hash, struct blob *blob) {
    const char *name = filter->name ? filter->name : "";
    size_t name_size = strlen(name), text_size = strlen(filter->text);
    size_t unsafe = unsafe_size(program);
    size_t reach = operations->order ? operations->regions * unsafe : 0;
    uint32_t all = operations->count + operations->birth_count + operations->starts;
    uint32_t slow = count_slow(program, analysis);
    size_t size = sizeof(struct loom_plan) + program->file_count * sizeof(struct loom_plan_module) +
                  all * sizeof(struct loom_plan_operation) + slow * sizeof(struct loom_plan_slow) +
                  unsafe + reach + operations->code.count * sizeof(struct loom_plan_code) +
                  padded(name_size + text_size);
    if (size > LOOM_PLAN_MAX) return -E2BIG;
    struct loom_plan plan = {.magic = LOOM_MAGIC,
                             .version = LOOM_PROTOCOL,
                             .kind = filter->order   ? LOOM_ORDER
                                     : filter->alone ? LOOM_ALONE
                                                     : LOOM_EXCLUSION,
                             .size = (uint32_t)size,
                             .modules_hash = modules_hash,
                             .modules = program->file_count,
                             .operations = all,
                             .slow = slow,
                             .unsafe_bytes = (uint32_t)unsafe,
                             .reach_bytes = (uint32_t)reach,
                             .name_size = (uint32_t)name_size,
                             .text_size = (uint32_t)text_size,
                             .within_ms = filter->within_ms,
                             .for_ms = filter->for_ms,
                             .code = operations->code.count,
                             .flags = (filter->else_pass ? LOOM_ELSE_PASS : 0u) |
                                      (filter->each ? LOOM_EACH : 0u)};
    blob->bytes = take(size, 1);
    blob->size = size;
    unsigned char *at = blob->bytes + sizeof plan;
    at = put_modules(program, at);
    at = put_operations(program, operations, at);
    at = put_births(program, operations, at);
    at = put_start(operations, at);
    at = put_slow(program, analysis, at);
    at = put_points(program, at, is_unsafe, analysis, 0);
    at = put_reach(program, operations, analysis, at);
    at = put_code(&operations->code, at);
    memcpy(at, name, name_size);
    memcpy(at + name_size, filter->text, text_size);
    memcpy(blob->bytes, &plan, sizeof plan);
    plan.checksum = loom_checksum(LOOM_CHECKSUM_START, blob->bytes, size);
    memcpy(blob->bytes, &plan, sizeof plan);
    return 0;
}
