// SPDX-License-Identifier: MIT
/* module.c: registry of instrumented files. See module.h. */
#include "module.h"

#include <errno.h>
#include <string.h>

#include "plan.h"
#include "sys.h"

struct range {
    uintptr_t low, high;
    uint32_t file; /* MODULE_NONE: struck out. Atomic: written by detach, read without a lock */
};

struct module_index {
    size_t size; /* bytes, of the whole */
    uint32_t count;
    struct range ranges[];
};

static struct module *modules;
static uint32_t limit, room, attached;
static bool may_reuse = true;
static struct module_index *current;

static int grow(void) {
    uint32_t more = room ? room * 2 : 128;
    struct module *larger;
    if (more > MODULES_MAX) return -ENOSPC;
    larger = sys_map(more * sizeof *larger);
    if (!larger) return -ENOMEM;
    if (modules) memcpy(larger, modules, limit * sizeof *larger);
    sys_unmap(modules, room * sizeof *modules);
    modules = larger;
    room = more;
    return 0;
}

static uint32_t free_number(void) {
    if (may_reuse && attached < limit)
        for (uint32_t i = 0; i < limit; i++)
            if (!modules[i].file) return i;
    return limit;
}

int module_add(struct loom_file *file) {
    uint32_t number = free_number();
    int r;
    if (number == room && (r = grow())) return r;
    modules[number] = (struct module){file, NULL, NULL};
    if (number == limit) limit++;
    attached++;
    return 0;
}

uint32_t module_remove(struct loom_file *file) {
    size_t counts = (file->functions + 1) * sizeof(uint16_t);
    for (uint32_t i = 0; i < limit; i++) {
        if (modules[i].file != file) continue;
        sys_unmap(modules[i].slow, counts);
        sys_unmap(modules[i].pause, counts);
        modules[i] = (struct module){0};
        attached--;
        for (uint32_t k = 0; current && k < current->count; k++)
            if (current->ranges[k].file == i)
                __atomic_store_n(&current->ranges[k].file, MODULE_NONE, __ATOMIC_RELEASE);
        return i;
    }
    return MODULE_NONE;
}

uint32_t module_limit(void) {
    return limit;
}
uint32_t module_count(void) {
    return attached;
}
void module_reuse_numbers(bool allowed) {
    may_reuse = allowed;
}

struct module *module_at(uint32_t index) {
    return index < limit && modules[index].file ? &modules[index] : NULL;
}

uint64_t modules_hash(void) {
    uint64_t hash = LOOM_HASH64_START;
    for (uint32_t i = 0; i < limit; i++) {
        struct loom_file *file = modules[i].file;
        unsigned char bytes[8];
        if (!file) continue;
        for (int k = 0; k < 8; k++) bytes[k] = (unsigned char)(file->hash >> (8 * k));
        hash = loom_hash64(hash, file->path, strlen(file->path) + 1);
        hash = loom_hash64(hash, bytes, sizeof bytes);
    }
    return hash;
}

static void sift(struct range *heap, uint32_t root, uint32_t count) {
    for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
        struct range swap;
        if (child + 1 < count && heap[child + 1].low > heap[child].low) child++;
        if (heap[root].low >= heap[child].low) return;
        swap = heap[root];
        heap[root] = heap[child];
        heap[child] = swap;
    }
}

/* Heap sort: libc's qsort may call malloc, which may be the program's own. */
static void sort_ranges(struct range *ranges, uint32_t count) {
    for (uint32_t i = count / 2; i-- > 0;) sift(ranges, i, count);
    for (uint32_t end = count; end-- > 1;) {
        struct range largest = ranges[0];
        ranges[0] = ranges[end];
        ranges[end] = largest;
        sift(ranges, 0, end);
    }
}

struct module_index *module_index_build(void) {
    size_t size = sizeof(struct module_index) + attached * sizeof(struct range);
    struct module_index *index = sys_map(size);
    if (!index) return NULL;
    index->size = size;
    for (uint32_t i = 0; i < limit; i++) {
        struct loom_file *file = modules[i].file;
        if (!file) continue;
        uintptr_t low = (uintptr_t)file->ops;
        index->ranges[index->count++] =
            (struct range){low, (uintptr_t)(file->ops + file->points), i};
    }
    sort_ranges(index->ranges, index->count);
    return index;
}

struct module_index *module_index_swap(struct module_index *fresh) {
    return __atomic_exchange_n(&current, fresh, __ATOMIC_ACQ_REL);
}

size_t module_index_size(const struct module_index *index) {
    return index->size;
}

struct place module_place(uintptr_t address) {
    const struct module_index *index = __atomic_load_n(&current, __ATOMIC_ACQUIRE);
    uint32_t from = 0, to = index ? index->count : 0;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        const struct range *range = &index->ranges[middle];
        if (address < range->low)
            to = middle;
        else if (address >= range->high)
            from = middle + 1;
        else
            return (struct place){__atomic_load_n(&range->file, __ATOMIC_ACQUIRE),
                                  (uint32_t)((address - range->low) / sizeof(loom_op))};
    }
    return (struct place){MODULE_NONE, 0};
}
