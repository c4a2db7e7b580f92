/* SPDX-License-Identifier: MIT */
/*
 * slot_call.h: how a slot calls the runtime, and how the values that it passes are found. Part of
 * slot.h, which includes it; copied beside it.
 *
 * A slot is one asm of 10 bytes and more, in which there is a call and nothing else: the compiler sees no
 * branch and no block of its own, which would be most of the size and of the time to compile
 * (NOTES.md, figures). It keeps all registers: slow runs share their function with hot code, and an
 * ordinary call would make the compiler save and spill around it (research/chunk.md). The sequence
 * steps over the red zone and calls where the point's word says: loom_pass_, which steps back as it
 * returns, or, if the point has operations, loom_keep_. That one reads the point out of the call,
 * saves the integer registers (vector registers are declared clobbered), calls the runtime, and
 * steps back over the red zone as it returns, too. Its unwind information describes the caller's
 * frame as it was before the sequence (nothing describes it if the linker keeps the thunks of a unit
 * without unwind information). Other machines, the large code model, builds without unwind
 * information, and -DLOOM_PORTABLE use a test and a plain call.
 *
 * Values cost no instruction either: they stay where they are, and the assembler writes down where
 * that is, as an instruction or prefix without effect, which the thunk and loom_slot_values_ read:
 *
 *     none                48 83 c4 80     ff 15 point
 *     in one register     48 83 c4 80  4N ff 15 point               N: its number in loom_values.words
 *     in two              4a 83 c4 80     ff 15 point  3c MN        the first is N
 *     anything else       4a 83 c4 80     ff 15 point  a9 distance  of the places (struct loom_values)
 *
 * loom_keep_ then saves all sixteen registers as the frame has them.
 */
#ifndef LOOM_SLOT_CALL_H
#define LOOM_SLOT_CALL_H
#if defined(__GNUC__)
#pragma GCC system_header
#endif

LOOM_RARE_ void loom_slot_(loom_op *point) {
    if (loom_rt_) loom_rt_->slot(point, LOOM_CALLER_STACK_);
}

/* An older runtime knows nothing of values. */
LOOM_INLINE_ void loom_pass_on_(loom_op *point, void *stack, struct loom_values *values) {
    if (!loom_rt_) return;
    if (loom_rt_->size < __builtin_offsetof(struct loom_rt, slot_values) + sizeof(void *) ||
        !loom_rt_->slot_values)
        loom_rt_->slot(point, stack);
    else
        loom_rt_->slot_values(point, stack, values);
}

/* The call of a slot with values. back: where it returns to; words: the registers. */
void loom_slot_values_(loom_op *, void *, const unsigned char *, const unsigned long *)
    LOOM_COLD_(loom_slot_values_) __attribute__((used));
void loom_slot_values_(loom_op *point, void *stack, const unsigned char *back,
                       const unsigned long *words) {
    struct loom_values values;
    unsigned long registers[2];
    int distance;
    values.places = 0;
    values.words = registers;
    values.count = 1;
    if (back[-7] != 0x80) {
        registers[0] = words[back[-7] & 15];
    } else if (back[0] == 0x3c) {
        registers[0] = words[back[1] & 15];
        registers[1] = words[back[1] >> 4];
        values.count = 2;
    } else {
        __builtin_memcpy(&distance, back + 1, sizeof distance);
        values.places = (const char *)back + 1 + distance;
        values.words = words;
        values.count = 16;
    }
    loom_pass_on_(point, stack, &values);
}

/* The words of a point whose slot may be run: nothing is installed, something is. Any unit of the
 * program may define a file for all of them, so both are the same in units compiled in another way. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define LOOM_CFI_(directive) ".cfi_" directive "\n\t"
#if defined(__GCC_HAVE_DWARF2_CFI_ASM)
#define LOOM_BEGIN_
#define LOOM_END_
#else /* the compiler does not say where functions begin and end */
#define LOOM_BEGIN_ LOOM_CFI_("startproc")
#define LOOM_END_ LOOM_CFI_("endproc")
#endif
#define LOOM_THUNK_(name)                                                                          \
    LOOM_COLD_(name) __attribute__((naked, used, no_instrument_function))
#define LOOM_RED_ZONE_ "128"
#define LOOM_TARGET_ ".byte 0xf3, 0x0f, 0x1e, 0xfa\n\t" /* endbr64 */
/* In front of a thunk: the frame, the red zone, and the return address. */
#define LOOM_ARRIVE_                                                                               \
    LOOM_CFI_("def_cfa_offset 8+" LOOM_RED_ZONE_)                                                  \
    LOOM_CFI_("offset rip, -8-" LOOM_RED_ZONE_) LOOM_TARGET_
#define LOOM_AT_SLOT_ "32" /* struct loom_rt.slot; a naked function is not told numbers */
typedef char loom_at_slot_[__builtin_offsetof(struct loom_rt, slot) == 32 ? 1 : -1];
#define LOOM_DEPART_ "ret $" LOOM_RED_ZONE_ "\n\t"
#define LOOM_LINK_                                                                                 \
    "push %rbp\n\t" LOOM_CFI_("adjust_cfa_offset 8") LOOM_CFI_("rel_offset rbp, 0")                \
        "mov %rsp, %rbp\n\t" LOOM_CFI_("def_cfa_register rbp")
#define LOOM_UNLINK_ "pop %rbp\n\t" LOOM_CFI_("def_cfa rsp, 8+" LOOM_RED_ZONE_)
/* From where the call returns to (rax) to the point. */
#define LOOM_FIND_POINT_ "movslq -4(%rax), %rdi\n\tadd %rax, %rdi\n\t"
void loom_pass_(void) LOOM_THUNK_(loom_pass_);
void loom_pass_(void) {
    __asm__(LOOM_BEGIN_ LOOM_ARRIVE_ LOOM_DEPART_ LOOM_END_);
}
void loom_keep_(void) LOOM_THUNK_(loom_keep_);
void loom_keep_(void) {
    __asm__(LOOM_BEGIN_ LOOM_ARRIVE_ LOOM_LINK_
            "push %rax\n\t"
            "mov 8(%rbp), %rax\n\t"
            "cmpb $0x80, -7(%rax)\n\t" /* else the call has a prefix */
            "jne 1f\n\t"
            "cmpb $0x4a, -10(%rax)\n\t"
            "je 1f\n\t"
            "push %rcx\n\tpush %rdx\n\tpush %rsi\n\tpush %rdi\n\t"
            "push %r8\n\tpush %r9\n\tpush %r10\n\tpush %r11\n\t" LOOM_FIND_POINT_
            "lea 16+" LOOM_RED_ZONE_ "(%rbp), %rsi\n\t" /* the caller's stack pointer */
            "and $-16, %rsp\n\t"
            "mov loom_rt_(%rip), %rax\n\t" /* not null: it has set the word */
            "call *" LOOM_AT_SLOT_ "(%rax)\n\t"
            "lea -72(%rbp), %rsp\n\t"
            "pop %r11\n\tpop %r10\n\tpop %r9\n\tpop %r8\n\t"
            "pop %rdi\n\tpop %rsi\n\tpop %rdx\n\tpop %rcx\n\tpop %rax\n\t"
            LOOM_CFI_("remember_state") LOOM_UNLINK_ LOOM_DEPART_ LOOM_CFI_("restore_state")
            /* With values: what is pushed are the registers, as struct loom_values.words. */
            "1:\n\t"
            "push %r15\n\tpush %r14\n\tpush %r13\n\tpush %r12\n\t"
            "push %r11\n\tpush %r10\n\tpush %r9\n\tpush %r8\n\t"
            "lea 16+" LOOM_RED_ZONE_ "(%rbp), %r9\n\tpush %r9\n\t"
            "push (%rbp)\n\t"
            "push %rdi\n\tpush %rsi\n\tpush %rdx\n\tpush %rcx\n\tpush %rbx\n\t"
            "push -8(%rbp)\n\t" LOOM_FIND_POINT_
            "mov %rax, %rdx\n\t"
            "mov %r9, %rsi\n\t"
            "mov %rsp, %rcx\n\t"
            "and $-16, %rsp\n\t"
            "call loom_slot_values_\n\t"
            "lea -136(%rbp), %rsp\n\t"
            "pop %rax\n\tpop %rbx\n\tpop %rcx\n\tpop %rdx\n\tpop %rsi\n\tpop %rdi\n\t"
            "lea 16(%rsp), %rsp\n\t"
            "pop %r8\n\tpop %r9\n\tpop %r10\n\tpop %r11\n\t"
            "pop %r12\n\tpop %r13\n\tpop %r14\n\tpop %r15\n\t"
            "lea 8(%rsp), %rsp\n\t" LOOM_UNLINK_ LOOM_DEPART_ LOOM_END_);
}
#else
void loom_pass_(void) LOOM_COLD_(loom_pass_);
void loom_pass_(void) {}
void loom_keep_(void) LOOM_COLD_(loom_keep_);
void loom_keep_(void) {}
#endif

#if defined(__x86_64__) && !defined(__ILP32__) && !defined(__code_model_large__) &&                \
    defined(__GCC_HAVE_DWARF2_CFI_ASM) && !defined(LOOM_PORTABLE)
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
/* add $-128, %rsp; call *point(%rip), as bytes, for the thunk reads them. */
#define LOOM_STEP_AND_CALL_(rex, call, point)                                                      \
    ".byte " rex ", 0x83, 0xc4, 0x80, " call "\n\t.long " point "-.-4\n\t"
#define LOOM_SLOT_ASM_(code, ...)                                                                  \
    __extension__({                                                                                \
        LOOM_ASM_(code : : __VA_ARGS__ : "memory", "cc" LOOM_VECTORS_);                            \
        (void)0;                                                                                   \
    })
#define LOOM_CALL_0_(tag, n)                                                                       \
    LOOM_SLOT_ASM_(LOOM_STEP_AND_CALL_("0x48", "0xff, 0x15", "%c0"), "i"(LOOM_POINT_(tag, n)))
/* Registers by name, as prefixes of their numbers in struct loom_values.words. Where they are not
 * defined (link-time optimisation in parts), or operands are no registers, the long form says where
 * values are. */
#define LOOM_REGISTER_(name, number) ".set \".Lloom_%" name "\", 0x40+" number "\n"
__asm__(LOOM_REGISTER_("rax", "0") LOOM_REGISTER_("rbx", "1") LOOM_REGISTER_("rcx", "2")
        LOOM_REGISTER_("rdx", "3") LOOM_REGISTER_("rsi", "4") LOOM_REGISTER_("rdi", "5")
        LOOM_REGISTER_("rbp", "6") LOOM_REGISTER_("r8", "8") LOOM_REGISTER_("r9", "9")
        LOOM_REGISTER_("r10", "10") LOOM_REGISTER_("r11", "11") LOOM_REGISTER_("r12", "12")
        LOOM_REGISTER_("r13", "13") LOOM_REGISTER_("r14", "14") LOOM_REGISTER_("r15", "15"));
#define LOOM_WITH_VALUES_ LOOM_STEP_AND_CALL_("0x4a", "0xff, 0x15", "%c0")
#define LOOM_NAME_PLACES_(places)                                                                  \
    ".byte 0xa9\n\t.long 77f-.\n\t.pushsection .rodata.loom,\"aMS\",@progbits,1\n"                  \
    "77:\n\t.asciz \"" places "\"\n\t.popsection\n\t"
#define LOOM_CALL_VALUES_(tag, n, places, ...)                                                     \
    LOOM_SLOT_ASM_(LOOM_WITH_VALUES_ LOOM_NAME_PLACES_(places), "i"(LOOM_POINT_(tag, n)),          \
                   __VA_ARGS__)
#define LOOM_CALL_VALUE_(tag, n, places, value)                                                    \
    LOOM_SLOT_ASM_(".ifdef \".Lloom_%q1\"\n\t"                                                    \
                   LOOM_STEP_AND_CALL_("0x48", "\".Lloom_%q1\", 0xff, 0x15", "%c0")                \
                   ".else\n\t" LOOM_WITH_VALUES_ LOOM_NAME_PLACES_(places) ".endif",              \
                   "i"(LOOM_POINT_(tag, n)), value)
#define LOOM_CALL_PAIR_(tag, n, places, a, b)                                                      \
    LOOM_SLOT_ASM_(LOOM_WITH_VALUES_                                                               \
                   ".set .Lloom_two, 0\n\t"                                                        \
                   ".ifdef \".Lloom_%q1\"\n\t.ifdef \".Lloom_%q2\"\n\t"                            \
                   ".set .Lloom_two, 1\n\t.endif\n\t.endif\n\t"                                    \
                   ".if .Lloom_two\n\t"                                                            \
                   ".byte 0x3c, (\".Lloom_%q1\"-0x40)+(\".Lloom_%q2\"-0x40)*16\n\t"                \
                   ".else\n\t" LOOM_NAME_PLACES_(places) ".endif",                                \
                   "i"(LOOM_POINT_(tag, n)), a, b)
#define LOOM_PLACE_1_ "%q1;"
#define LOOM_PLACE_2_ LOOM_PLACE_1_ "%q2;"
#define LOOM_PLACE_3_ LOOM_PLACE_2_ "%q3;"
#define LOOM_PLACE_4_ LOOM_PLACE_3_ "%q4;"
#define LOOM_PLACE_5_ LOOM_PLACE_4_ "%q5;"
#define LOOM_PLACE_6_ LOOM_PLACE_5_ "%q6;"
#define LOOM_PLACE_7_ LOOM_PLACE_6_ "%q7;"
#define LOOM_PLACE_8_ LOOM_PLACE_7_ "%q8;"
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
#define LOOM_CALL_VALUE_ LOOM_CALL_VALUES_
#define LOOM_CALL_PAIR_ LOOM_CALL_VALUES_
/* The words of the portable form are the values themselves. */
LOOM_RARE_ void loom_slot_words_(loom_op *point, const unsigned long *words, unsigned count) {
    struct loom_values values;
    values.places = 0;
    values.words = words;
    values.count = count;
    loom_pass_on_(point, LOOM_CALLER_STACK_, &values);
}
#endif
/* A slot, by the number of its values: LOOM_SLOT_CALL_(tag, n, values...) */
#define LOOM_CALL_1_(tag, n, a) LOOM_CALL_VALUE_(tag, n, LOOM_PLACE_1_, LOOM_AT_(a))
#define LOOM_CALL_2_(tag, n, a, b) LOOM_CALL_PAIR_(tag, n, LOOM_PLACE_2_, LOOM_AT_(a), LOOM_AT_(b))
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
