// SPDX-License-Identifier: MIT
/* vectors.c: see vectors.h. */
#include "vectors.h"

#ifdef LOOM_DEBUG
enum vectors_kind vectors_most = VECTORS_AVX512BW;
#endif

#if defined(__x86_64__)
/* One instruction per register: \n is its number, %0 the memory. (The assembler knows them, whatever the compiler
 * may use.) */
#define EACH(numbers, instruction)                                                                 \
    __asm__ volatile(".irp n, " numbers "\n\t" instruction "\n\t.endr" : : "r"(memory) : "memory")
#define MASKS   "0,1,2,3,4,5,6,7"
#define LOWER   MASKS ",8,9,10,11,12,13,14,15"
#define NUMBERS LOWER ",16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"

static enum vectors_kind kind(void) {
#ifdef LOOM_DEBUG
    if (vectors_most < VECTORS_AVX512BW) return vectors_most;
#endif
    if (__builtin_cpu_supports("avx512bw")) return VECTORS_AVX512BW;
    if (__builtin_cpu_supports("avx512f")) return VECTORS_AVX512F;
    return __builtin_cpu_supports("avx") ? VECTORS_AVX : VECTORS_SSE;
}

void vectors_keep(struct vectors *vectors) {
    void *memory = vectors->registers;
    vectors->kind = kind();
    if (vectors->kind >= VECTORS_AVX512F) EACH(NUMBERS, "vmovdqu64 %%zmm\\n, \\n*64(%0)");
    else if (vectors->kind == VECTORS_AVX) EACH(LOWER, "vmovdqu %%ymm\\n, \\n*32(%0)");
    else EACH(LOWER, "movdqu %%xmm\\n, \\n*16(%0)");
    memory = vectors->masks;
    if (vectors->kind == VECTORS_AVX512BW) EACH(MASKS, "kmovq %%k\\n, \\n*8(%0)");
    else if (vectors->kind == VECTORS_AVX512F) EACH(MASKS, "kmovw %%k\\n, \\n*8(%0)");
}

void vectors_give(const struct vectors *vectors) {
    const void *memory = vectors->registers;
    if (vectors->kind >= VECTORS_AVX512F) EACH(NUMBERS, "vmovdqu64 \\n*64(%0), %%zmm\\n");
    else if (vectors->kind == VECTORS_AVX) EACH(LOWER, "vmovdqu \\n*32(%0), %%ymm\\n");
    else EACH(LOWER, "movdqu \\n*16(%0), %%xmm\\n");
    memory = vectors->masks;
    if (vectors->kind == VECTORS_AVX512BW) EACH(MASKS, "kmovq \\n*8(%0), %%k\\n");
    else if (vectors->kind == VECTORS_AVX512F) EACH(MASKS, "kmovw \\n*8(%0), %%k\\n");
}
#else
void vectors_keep(struct vectors *vectors) {
    (void)vectors;
}
void vectors_give(const struct vectors *vectors) {
    (void)vectors;
}
#endif
