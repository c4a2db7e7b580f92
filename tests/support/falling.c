// SPDX-License-Identifier: MIT
/*
 * falling.c: memory whose addresses fall (LD_PRELOAD): what is allocated later lies lower, and nothing is used
 * again. A program whose output differs under it depends on addresses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { UNIT = 16 };
static const size_t all = 8ul << 30; /* of addresses; pages come when they are written to */
static _Atomic uintptr_t lowest;

/* In front of each piece stands its size. */
static void *take(size_t align, size_t size) {
    uintptr_t none = 0, from, to;
    if (!lowest) {
        void *area = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (area == MAP_FAILED) return NULL;
        atomic_compare_exchange_strong(&lowest, &none, (uintptr_t)area + all);
    }
    do {
        from = lowest;
        to = ((from - size) & ~(uintptr_t)(align - 1)) - UNIT;
    } while (!atomic_compare_exchange_weak(&lowest, &from, to));
    *(size_t *)to = size;
    return (void *)(to + UNIT);
}

void *malloc(size_t size) { return take(UNIT, size); }
void *calloc(size_t count, size_t size) { return take(UNIT, count * size); }
void *aligned_alloc(size_t align, size_t size) { return take(align < UNIT ? UNIT : align, size); }
void *memalign(size_t align, size_t size) { return aligned_alloc(align, size); }
int posix_memalign(void **out, size_t align, size_t size) {
    return (*out = aligned_alloc(align, size)) ? 0 : ENOMEM;
}
size_t malloc_usable_size(void *old) { return old ? *(size_t *)((char *)old - UNIT) : 0; }
void free(void *old) { (void)old; }
void *realloc(void *old, size_t size) {
    void *new = malloc(size);
    size_t had = malloc_usable_size(old);
    return new && old ? memcpy(new, old, had < size ? had : size) : new;
}
