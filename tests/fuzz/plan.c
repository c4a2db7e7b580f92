// SPDX-License-Identifier: MIT
/*
 * plan.c: any bytes are a plan or refused; a plan that the verifier takes is loaded, its operations
 * are looked up, and its programs run, all within their memory (the runtime's own memory comes from
 * malloc here, so that ASan sees its ends).
 *
 * Checksums and hashes of the files would keep every changed plan out: the head's size, checksum
 * and hash are made right, unless the first byte is odd.
 */
#include <stdlib.h>
#include <string.h>
#include "rt/code.h"
#include "rt/filter.h"
#include "rt/plan.h"
#include "rt/run_code.h"
#include "rt/verify.h"
#include "world.h"

static void make_right(struct loom_plan *plan, size_t size) {
    plan->magic = LOOM_MAGIC;
    plan->version = LOOM_PROTOCOL;
    plan->modules_hash = world_modules();
    plan->size = (uint32_t)size;
    plan->checksum = 0;
    plan->checksum = loom_checksum(LOOM_CHECKSUM_START, plan, size);
}

static void run(const struct loom_plan_code *program, const struct loom_file *file) {
    static const char *const places[] = {NULL, "%rax;$5;-20(%rbp);8(%rsp,%rax,4);", "", "(;%zz;$;"};
    unsigned long words[32] = {1, 2, 3, (unsigned long)places, 5};
    for (size_t i = 0; program && i < sizeof places / sizeof *places; i++) {
        struct loom_values values = {places[i], words, 4};
        uint64_t result;
        code_run(program, &(struct code_scope){file, &values}, &result);
    }
    if (program) code_run(program, &(struct code_scope){file, NULL}, &(uint64_t){0});
}

static void use(struct filter *filter) {
    uint32_t count;
    for (uint32_t i = 0; i < filter->operation_count; i++) {
        const struct operation *op = &filter->operations[i];
        run(op->condition, op->file);
        run(op->key, op->file);
        run(op->counted, op->file);
        op_table_find(op->point, &count);
    }
    for (uint32_t file = 0; file < filter->files; file++)
        for (uint32_t point = 0; point < WORLD_POINTS; point++) {
            filter_safe(filter, (uintptr_t)(module_at(file)->file->ops + point));
            for (uint32_t link = 0; link < filter->links; link++)
                (void)*(volatile const uint64_t *)&filter
                    ->reach[link * filter->files + file][point / 64];
        }
    if (strlen(filter->name) > 4096 || strlen(filter->text) > 1 << 20) abort();
}

static void load(const void *plan) {
    struct filter *filter = &filters[0];
    struct op_table *table;
    struct module_index *index = module_index_build(); /* so that places are found */
    module_index_swap(index);
    if (filter_load(filter, plan)) abort();
    table = op_table_build(filter, NULL);
    op_table_swap(table);
    use(filter);
    op_table_swap(NULL);
    module_index_swap(NULL);
    fuzz_unmap(index, 0);
    fuzz_unmap(table, 0);
    fuzz_unmap(filter->block, filter->block_size);
    memset(filter, 0, sizeof *filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    void *plan = malloc(size ? size : 1);
    memcpy(plan, data, size);
    world_modules();
    if (size >= sizeof(struct loom_plan) && !(data[0] & 1)) make_right(plan, size);
    if (!verify_plan(plan, size)) load(plan);
    free(plan);
    return 0;
}
