// SPDX-License-Identifier: MIT
/*
 * op_table.c: from a point's address to its operations. See filter.h.
 *
 * One block: the header, a hash table of points with open addressing (at most half full), and
 * all operations sorted by point, then in the order of execution. Built aside, swapped in, the old
 * one freed after a grace; slots read it without a lock.
 */
#include <stdbool.h>

#include "code.h"
#include "filter.h"
#include "sys.h"

struct cell {
    uintptr_t point; /* 0: empty */
    uint32_t first, count;
};

struct op_table {
    size_t size;
    uint32_t mask, count;
    struct cell *cells;
    struct operation *operations;
};

static struct op_table *current;

static uint32_t hash(uintptr_t point) {
    return (uint32_t)((uint64_t)point * 0x9e3779b97f4a7c15ull >> 32);
}

static bool before(const struct operation *a, const struct operation *b) {
    return a->point != b->point ? a->point < b->point : operation_before(a, b);
}

static void sift(struct operation *heap, uint32_t root, uint32_t count) {
    for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
        struct operation swap;
        if (child + 1 < count && before(&heap[child], &heap[child + 1])) child++;
        if (!before(&heap[root], &heap[child])) return;
        swap = heap[root];
        heap[root] = heap[child];
        heap[child] = swap;
    }
}

static void sort(struct operation *operations, uint32_t count) {
    for (uint32_t i = count / 2; i-- > 0;) sift(operations, i, count);
    for (uint32_t end = count; end-- > 1;) {
        struct operation largest = operations[0];
        operations[0] = operations[end];
        operations[end] = largest;
        sift(operations, 0, end);
    }
}

static bool takes_part(const struct filter *filter, const struct filter *with,
                       const struct filter *without) {
    return filter != without && (filter == with || filter_is_installed(filter));
}

static struct cell *cell_of(const struct op_table *table, uintptr_t point) {
    uint32_t i = hash(point) & table->mask;
    while (table->cells[i].point && table->cells[i].point != point) i = (i + 1) & table->mask;
    return &table->cells[i];
}

static void index_points(struct op_table *table) {
    for (uint32_t i = 0; i < table->count; i++) {
        struct cell *cell = cell_of(table, table->operations[i].point);
        if (!cell->point) *cell = (struct cell){table->operations[i].point, i, 0};
        cell->count++;
    }
}

struct op_table *op_table_build(const struct filter *with, const struct filter *without) {
    uint32_t count = 0, cells = 16;
    struct op_table *table;
    for (int i = 0; i < LOOM_FILTERS_MAX; i++)
        if (takes_part(&filters[i], with, without)) count += filters[i].operation_count;
    while (cells < 2 * count) cells *= 2;
    size_t size = sizeof *table + cells * sizeof(struct cell) + count * sizeof(struct operation);
    table = sys_map(size);
    if (!table) return NULL;
    table->size = size;
    table->mask = cells - 1;
    table->cells = (struct cell *)(table + 1);
    table->operations = (struct operation *)(table->cells + cells);
    for (int i = 0; i < LOOM_FILTERS_MAX; i++) {
        if (!takes_part(&filters[i], with, without)) continue;
        for (uint32_t k = 0; k < filters[i].operation_count; k++)
            table->operations[table->count++] = filters[i].operations[k];
    }
    sort(table->operations, table->count);
    index_points(table);
    return table;
}

struct op_table *op_table_swap(struct op_table *fresh) {
    return __atomic_exchange_n(&current, fresh, __ATOMIC_ACQ_REL);
}

size_t op_table_size(const struct op_table *table) {
    return table->size;
}

const struct operation *op_table_find(uintptr_t point, uint32_t *count) {
    const struct op_table *table = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    const struct cell *cell = table ? cell_of(table, point) : NULL;
    *count = cell && cell->point ? cell->count : 0;
    return *count ? &table->operations[cell->first] : NULL;
}

static bool needs_values(const struct operation *op) {
    return (op->condition && code_names_locals(op->condition)) ||
           (op->key && code_names_locals(op->key)) ||
           (op->counted && code_names_locals(op->counted));
}

/* What the word of a point of the file says, by its operations. */
static loom_op word_of(const struct loom_file *file, uintptr_t point) {
    uint32_t count;
    const struct operation *op = op_table_find(point, &count);
    if ((loom_op *)point >= file->ops + file->own) return file->words[count ? LOOM_KEEP : LOOM_PASS];
    if (!count) return file->words[LOOM_PASS_OWN];
    for (; count; count--, op++)
        if (needs_values(op)) return file->words[LOOM_VALUES_OWN];
    return file->words[LOOM_KEEP_OWN];
}

void op_words_write(const struct filter *filter) {
    for (uint32_t i = 0; i < filter->operation_count; i++) {
        uintptr_t point = filter->operations[i].point;
        struct place place = module_place(point);
        struct module *module;
        if (filter->operations[i].kind == LOOM_BIRTH) continue;
        module = place.file == MODULE_NONE ? NULL : module_at(place.file);
        if (!module) continue; /* unloaded since */
        __atomic_store_n((loom_op *)point, word_of(module->file, point), __ATOMIC_RELEASE);
    }
}
