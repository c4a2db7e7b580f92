// SPDX-License-Identifier: MIT
/* vectors.c: see vectors.h. */
#include "vectors.h"

#if defined(__x86_64__)
/* XSAVE's components: masks, and the registers 16 to 31. */
enum { MASKS = 1 << 5, UPPER = 1 << 7, HEADER = 512, HEADER_END = 576 };

void vectors_keep(struct vectors *vectors) {
    vectors->kept = __builtin_cpu_supports("avx512f");
    if (!vectors->kept) return;
    for (volatile unsigned char *at = vectors->area + HEADER; at < vectors->area + HEADER_END; at++)
        *at = 0;
    __asm__ volatile("xsave64 %0" : "+m"(vectors->area) : "a"(MASKS | UPPER), "d"(0));
}

void vectors_give(const struct vectors *vectors) {
    if (!vectors->kept) return;
    __asm__ volatile("xrstor64 %0" : : "m"(vectors->area), "a"(MASKS | UPPER), "d"(0));
}
#else
void vectors_keep(struct vectors *vectors) {
    vectors->kept = false;
}
void vectors_give(const struct vectors *vectors) {
    (void)vectors;
}
#endif
