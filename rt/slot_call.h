/* SPDX-License-Identifier: MIT */
/*
 * slot_call.h: how a slot calls the runtime, and how the values that it passes are found. Part of
 * slot.h, which includes it; copied beside it.
 *
 * A slot is one asm of 18 bytes, in which the test of its point and the call are: the compiler sees
 * no branch and no block of its own, which would be most of the size and of the time to compile
 * (NOTES.md, figures). The call keeps all registers: slow runs share their function with hot code,
 * and an ordinary call would make the compiler save and spill around it (research/chunk.md). The
 * sequence steps over the red zone and calls loom_keep_, which reads the point out of the test in
 * front of the call, saves the integer registers (vector registers are declared clobbered), calls
 * loom_slot_at_, and steps back over the red zone as it returns. Its unwind information describes
 * the caller's frame as it was before the sequence. Other machines, the large code model, builds
 * without unwind information, and -DLOOM_PORTABLE use a plain call.
 *
 * Values cost no instruction either: they stay where they are, and the assembler writes down where
 * that is, as a constant (the places of struct loom_values). Behind the call an instruction without
 * effect names the constant, and the thunk, loom_keep_values_, saves all sixteen registers as the
 * frame has them.
 */
#ifndef LOOM_SLOT_CALL_H
#define LOOM_SLOT_CALL_H
#if defined(__GNUC__)
#pragma GCC system_header
#endif

void loom_slot_(unsigned char *) LOOM_COLD_(loom_slot_);
void loom_slot_(unsigned char *point) {
    if (loom_rt_) loom_rt_->slot(point, LOOM_CALLER_STACK_);
}

/* The call of a slot with values. An older runtime knows nothing of values. */
void loom_slot_values_(unsigned char *, void *, const char *, const unsigned long *, unsigned)
    LOOM_COLD_(loom_slot_values_) __attribute__((used));
void loom_slot_values_(unsigned char *point, void *stack, const char *places,
                       const unsigned long *words, unsigned count) {
    struct loom_values values;
    values.places = places;
    values.words = words;
    values.count = count;
    if (!loom_rt_) return;
    if (loom_rt_->size < __builtin_offsetof(struct loom_rt, slot_values) + sizeof(void *) ||
        !loom_rt_->slot_values)
        loom_rt_->slot(point, stack);
    else
        loom_rt_->slot_values(point, stack, &values);
}

void loom_slot_at_(unsigned char *, void *) LOOM_COLD_(loom_slot_at_) __attribute__((used));
void loom_slot_at_(unsigned char *point, void *stack) {
    if (loom_rt_) loom_rt_->slot(point, stack);
}

#if defined(__x86_64__) && !defined(__ILP32__) && !defined(__code_model_large__) &&                \
    defined(__GCC_HAVE_DWARF2_CFI_ASM) && !defined(LOOM_PORTABLE)
#define LOOM_RED_ZONE_ "128"
/* Where both thunks begin: in front of them the frame, the red zone, and the return address. */
#define LOOM_ARRIVE_                                                                               \
    ".cfi_def_cfa_offset 8+" LOOM_RED_ZONE_ "\n\t.cfi_offset rip, -8-" LOOM_RED_ZONE_ "\n\t"       \
    "push %rbp\n\t.cfi_adjust_cfa_offset 8\n\t.cfi_rel_offset rbp, 0\n\t"                          \
    "mov %rsp, %rbp\n\t.cfi_def_cfa_register rbp\n\t"
#define LOOM_DEPART_ "pop %rbp\n\t.cfi_def_cfa rsp, 8+" LOOM_RED_ZONE_ "\n\tret $" LOOM_RED_ZONE_
/* From where the call returns to (rax) back to the test: 80 3d distance 00 74 .. 48 83 c4 80 e8 .... */
#define LOOM_FIND_POINT_ "movslq -16(%rax), %rdi\n\tlea -11(%rax,%rdi), %rdi\n\t"
void loom_keep_(void)
    LOOM_COLD_(loom_keep_) __attribute__((naked, used, no_instrument_function));
void loom_keep_(void) {
    __asm__(LOOM_ARRIVE_
            "push %rax\n\tpush %rcx\n\tpush %rdx\n\tpush %rsi\n\tpush %rdi\n\t"
            "push %r8\n\tpush %r9\n\tpush %r10\n\tpush %r11\n\t"
            "mov 8(%rbp), %rax\n\t" LOOM_FIND_POINT_
            "lea 16+" LOOM_RED_ZONE_ "(%rbp), %rsi\n\t" /* the caller's stack pointer */
            "and $-16, %rsp\n\t"
            "call loom_slot_at_\n\t"
            "lea -72(%rbp), %rsp\n\t"
            "pop %r11\n\tpop %r10\n\tpop %r9\n\tpop %r8\n\t"
            "pop %rdi\n\tpop %rsi\n\tpop %rdx\n\tpop %rcx\n\tpop %rax\n\t" LOOM_DEPART_);
}
/* The same; the pushed registers are struct loom_values.words. */
void loom_keep_values_(void)
    LOOM_COLD_(loom_keep_values_) __attribute__((naked, used, no_instrument_function));
void loom_keep_values_(void) {
    __asm__(LOOM_ARRIVE_
            "push %r15\n\tpush %r14\n\tpush %r13\n\tpush %r12\n\t"
            "push %r11\n\tpush %r10\n\tpush %r9\n\tpush %r8\n\t"
            "lea 16+" LOOM_RED_ZONE_ "(%rbp), %r9\n\tpush %r9\n\t" /* the caller's stack pointer */
            "push (%rbp)\n\t"
            "push %rdi\n\tpush %rsi\n\tpush %rdx\n\tpush %rcx\n\tpush %rbx\n\tpush %rax\n\t"
            "mov 8(%rbp), %rax\n\t" LOOM_FIND_POINT_
            "movslq 1(%rax), %rdx\n\t"         /* behind the call: a9 distance */
            "lea 1(%rax,%rdx), %rdx\n\t"       /* the places */
            "mov %r9, %rsi\n\t"
            "mov %rsp, %rcx\n\t"
            "mov $16, %r8d\n\t"
            "and $-16, %rsp\n\t"
            "call loom_slot_values_\n\t"
            "lea -128(%rbp), %rsp\n\t"
            "pop %rax\n\tpop %rbx\n\tpop %rcx\n\tpop %rdx\n\tpop %rsi\n\tpop %rdi\n\t"
            "lea 16(%rsp), %rsp\n\t"
            "pop %r8\n\tpop %r9\n\tpop %r10\n\tpop %r11\n\t"
            "pop %r12\n\tpop %r13\n\tpop %r14\n\tpop %r15\n\t" LOOM_DEPART_);
}
#if defined(__AVX512F__)
#define LOOM_WIDE_                                                                                 \
    , "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",    \
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6",  \
        "k7"
#else
#define LOOM_WIDE_
#endif
#if defined(__SSE__)
#define LOOM_VECTORS_                                                                              \
    , "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",     \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15" LOOM_WIDE_
#else
#define LOOM_VECTORS_
#endif
/* Where values may be. gcc: a number, a register, memory; not the address of a symbol, which no
 * reader could find. clang makes a place on the stack of each value that may be in memory, and large
 * frames of large functions: only registers. */
#if defined(__clang__)
#define LOOM_AT_(value) "r"(value)
#else
#define LOOM_AT_(value) "nrm"(value)
#endif
#if defined(__clang__) || __GNUC__ >= 9 /* its length is no measure of its cost */
#define LOOM_ASM_ __asm__ __volatile__ __inline__
#else
#define LOOM_ASM_ __asm__ __volatile__
#endif
/* Test and call, 18 bytes: cmpb $0, point(%rip); je behind; add $-128, %rsp; call thunk. As bytes,
 * for the thunk reads them; SKIP is the distance to `behind`. */
#define LOOM_TEST_AND_CALL_(point, thunk, skip)                                                    \
    ".byte 0x80, 0x3d\n\t.long " point "-.-5\n\t"                                                 \
    ".byte 0, 0x74, " skip ", 0x48, 0x83, 0xc4, 0x80, 0xe8\n\t.long " thunk "-.-4"
#define LOOM_CALL_0_(tag, n)                                                                       \
    __extension__({                                                                                \
        LOOM_ASM_(LOOM_TEST_AND_CALL_("%c0", "%c1", "9")                                           \
                  :                                                                                \
                  : "i"(LOOM_POINT_(tag, n)), "i"(loom_keep_)                                      \
                  : "memory", "cc" LOOM_VECTORS_);                                                 \
        (void)0;                                                                                   \
    })
/* The same, and test $distance, %eax, which names the places. */
#define LOOM_CALL_VALUES_(tag, n, places, ...)                                                     \
    __extension__({                                                                                \
        LOOM_ASM_(".pushsection .rodata.loom,\"a\",@progbits\n"                                    \
                  "77:\n\t.asciz \"" places "\"\n\t.popsection\n\t"                                \
                  LOOM_TEST_AND_CALL_("%c0", "%c1", "14") "\n\t.byte 0xa9\n\t.long 77b-."         \
                  :                                                                                \
                  : "i"(LOOM_POINT_(tag, n)), "i"(loom_keep_values_), __VA_ARGS__                  \
                  : "memory", "cc" LOOM_VECTORS_);                                                 \
        (void)0;                                                                                   \
    })
#define LOOM_PLACE_1_ "%q2;"
#define LOOM_PLACE_2_ LOOM_PLACE_1_ "%q3;"
#define LOOM_PLACE_3_ LOOM_PLACE_2_ "%q4;"
#define LOOM_PLACE_4_ LOOM_PLACE_3_ "%q5;"
#define LOOM_PLACE_5_ LOOM_PLACE_4_ "%q6;"
#define LOOM_PLACE_6_ LOOM_PLACE_5_ "%q7;"
#define LOOM_PLACE_7_ LOOM_PLACE_6_ "%q8;"
#define LOOM_PLACE_8_ LOOM_PLACE_7_ "%q9;"
#else
#define LOOM_CALL_0_(tag, n)                                                                       \
    (LOOM_ON(tag, n) ? loom_slot_(LOOM_POINT_(tag, n)) : (void)0)
#define LOOM_AT_(value) *loom_word_++ = (unsigned long)(value)
#define LOOM_CALL_VALUES_(tag, n, places, ...)                                                     \
    __extension__({                                                                                \
        if (LOOM_ON(tag, n)) {                                                                     \
            unsigned long loom_words_[8], *loom_word_ = loom_words_;                               \
            __VA_ARGS__;                                                                           \
            loom_slot_words_(LOOM_POINT_(tag, n), loom_words_,                                     \
                             (unsigned)(loom_word_ - loom_words_));                                \
        }                                                                                          \
        (void)0;                                                                                   \
    })
#endif
/* The words of the portable form are the values themselves. */
void loom_slot_words_(unsigned char *, const unsigned long *, unsigned) LOOM_COLD_(loom_slot_words_);
void loom_slot_words_(unsigned char *point, const unsigned long *words, unsigned count) {
    loom_slot_values_(point, LOOM_CALLER_STACK_, 0, words, count);
}
/* A slot, by the number of its values: LOOM_SLOT_CALL_(tag, n, values...) */
#define LOOM_CALL_1_(tag, n, a) LOOM_CALL_VALUES_(tag, n, LOOM_PLACE_1_, LOOM_AT_(a))
#define LOOM_CALL_2_(tag, n, a, b) LOOM_CALL_VALUES_(tag, n, LOOM_PLACE_2_, LOOM_AT_(a), LOOM_AT_(b))
#define LOOM_CALL_3_(tag, n, a, b, c)                                                              \
    LOOM_CALL_VALUES_(tag, n, LOOM_PLACE_3_, LOOM_AT_(a), LOOM_AT_(b), LOOM_AT_(c))
#define LOOM_CALL_4_(tag, n, a, b, c, d)                                                           \
    LOOM_CALL_VALUES_(tag, n, LOOM_PLACE_4_, LOOM_AT_(a), LOOM_AT_(b), LOOM_AT_(c), LOOM_AT_(d))
#define LOOM_CALL_5_(tag, n, a, b, c, d, e)                                                        \
    LOOM_CALL_VALUES_(tag, n, LOOM_PLACE_5_, LOOM_AT_(a), LOOM_AT_(b), LOOM_AT_(c), LOOM_AT_(d),   \
                      LOOM_AT_(e))
#define LOOM_CALL_6_(tag, n, a, b, c, d, e, f)                                                     \
    LOOM_CALL_VALUES_(tag, n, LOOM_PLACE_6_, LOOM_AT_(a), LOOM_AT_(b), LOOM_AT_(c), LOOM_AT_(d),   \
                      LOOM_AT_(e), LOOM_AT_(f))
#define LOOM_CALL_7_(tag, n, a, b, c, d, e, f, g)                                                  \
    LOOM_CALL_VALUES_(tag, n, LOOM_PLACE_7_, LOOM_AT_(a), LOOM_AT_(b), LOOM_AT_(c), LOOM_AT_(d),   \
                      LOOM_AT_(e), LOOM_AT_(f), LOOM_AT_(g))
#define LOOM_CALL_8_(tag, n, a, b, c, d, e, f, g, h)                                               \
    LOOM_CALL_VALUES_(tag, n, LOOM_PLACE_8_, LOOM_AT_(a), LOOM_AT_(b), LOOM_AT_(c), LOOM_AT_(d),   \
                      LOOM_AT_(e), LOOM_AT_(f), LOOM_AT_(g), LOOM_AT_(h))
#define LOOM_TENTH_(n, a, b, c, d, e, f, g, h, tenth, ...) tenth
#define LOOM_COUNT_(...) LOOM_TENTH_(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0)
#define LOOM_JOIN_(a, b) LOOM_JOINED_(a, b) /* the program may have a macro _ */
#define LOOM_JOINED_(a, b) a##b##_
#define LOOM_SLOT_CALL_(tag, ...)                                                                  \
    LOOM_JOIN_(LOOM_CALL_, LOOM_COUNT_(__VA_ARGS__))(tag, __VA_ARGS__)
#define LOOM_NUMBER_(...) LOOM_FIRST_(__VA_ARGS__, 0)
#define LOOM_FIRST_(n, ...) n

#endif
