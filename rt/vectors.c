// SPDX-License-Identifier: MIT
/* vectors.c: see vectors.h. */
#include "vectors.h"

#if defined(__x86_64__)
/* One instruction per register: \n is its number. (The assembler knows them, whatever the compiler may use.) */
#define EACH_REGISTER(instruction)                                                                 \
    ".irp n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t" instruction "\n\t.endr"
#define EACH_MASK(instruction) ".irp n, 0,1,2,3,4,5,6,7\n\t" instruction "\n\t.endr"

void vectors_keep(struct vectors *vectors) {
    vectors->kept = __builtin_cpu_supports("avx512f");
    if (!vectors->kept) return;
    vectors->long_masks = __builtin_cpu_supports("avx512bw");
    __asm__ volatile(EACH_REGISTER("vmovdqu64 %%zmm\\n, (\\n-16)*64(%0)") : : "r"(vectors->wide) : "memory");
    if (vectors->long_masks)
        __asm__ volatile(EACH_MASK("kmovq %%k\\n, \\n*8(%0)") : : "r"(vectors->masks) : "memory");
    else
        __asm__ volatile(EACH_MASK("kmovw %%k\\n, \\n*8(%0)") : : "r"(vectors->masks) : "memory");
}

void vectors_give(const struct vectors *vectors) {
    if (!vectors->kept) return;
    __asm__ volatile(EACH_REGISTER("vmovdqu64 (\\n-16)*64(%0), %%zmm\\n") : : "r"(vectors->wide) : "memory");
    if (vectors->long_masks)
        __asm__ volatile(EACH_MASK("kmovq \\n*8(%0), %%k\\n") : : "r"(vectors->masks) : "memory");
    else
        __asm__ volatile(EACH_MASK("kmovw \\n*8(%0), %%k\\n") : : "r"(vectors->masks) : "memory");
}
#else
void vectors_keep(struct vectors *vectors) {
    vectors->kept = false;
}
void vectors_give(const struct vectors *vectors) {
    (void)vectors;
}
#endif
