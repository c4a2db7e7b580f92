/* SPDX-License-Identifier: MIT */
/*
 * slot_call.h: how a slot calls the runtime, and how the values that it passes are found. Part of
 * slot.h, which includes it; copied beside it.
 *
 * A slot is one asm of 6 bytes and more, in which there is a call and nothing else: the compiler sees no
 * branch and no block of its own, which would be most of the size and of the time to compile
 * (NOTES.md, figures). It keeps all registers: slow runs share their function with hot code, and an
 * ordinary call would make the compiler save and spill around it (research/chunk.md). It calls where
 * the point's word says: loom_pass_, which returns, or, if the point has operations, loom_keep_. That
 * one reads the point out of the call, saves the integer registers and calls the runtime, which does
 * not touch vector registers, or keeps them (rt/vectors.h). Unwind information describes the caller's
 * frame as it was before the sequence (nothing describes it if the linker keeps the thunks of a unit
 * without unwind information).
 *
 * Three ways to come into the runtime:
 *   OWN   the call alone, in slow copies that are functions of their own. A function that calls keeps
 *         nothing in the red zone, and LOOM_NO_RED_ZONE, first in each of them, is a call that no
 *         compiler can drop. Compilers promise that by what they are, not in words: so only those
 *         whose code is known.
 *   STEP  steps over the red zone first; loom_pass_ and loom_keep_ step back as they return. Anywhere:
 *         what is inlined, or taken out of its function in part, needs nothing from it.
 *   TEST  a test and a plain call: other machines, the large code model, -DLOOM_PORTABLE, and in place of OWN with other compilers.
 * Points of OWN have the lowest numbers of a file (loom_file.own) and words of their own, loom_pass_own_
 * and others. So units that call in different ways may share a file.
 *
 * Values cost no instruction either: they stay where they are, and the assembler writes down where
 * that is, as an instruction or prefix without effect, which the thunk and loom_find_values_ read:
 *
 *                       STEP                                          OWN
 *     none              48 83 c4 80    ff 15 point                       ff 15 point
 *     in one register   48 83 c4 80 4N ff 15 point                    4N ff 15 point
 *     in two            4a 83 c4 80    ff 15 point 3c MN              47 ff 15 point 3c MN
 *     anything else     4a 83 c4 80    ff 15 point a9 distance        47 ff 15 point a9 distance
 *
 * N, M: the numbers of the first register and the second; distance: to the places (struct loom_values).
 *
 * Numbers are those of struct loom_values.words (7, the stack pointer, is no value's); loom_keep_ then
 * saves all sixteen registers as the frame has them. A slot of OWN without values could not be told from one
 * in front of which there happens to be a 4N: the runtime gives loom_values_own_ to a point that has
 * operations which read values, else loom_keep_own_.
 */
#ifndef LOOM_SLOT_CALL_H
#define LOOM_SLOT_CALL_H
#if defined(__GNUC__)
#pragma GCC system_header
#endif

/* The values of a slot, by what stands around its call, which returns to `back`. words: the registers; two: room
 * for two values, both valid while `values` is. For the runtime. */
LOOM_INLINE_ void loom_find_values_(struct loom_values *values, unsigned long *two,
                                    const unsigned char *back, const unsigned long *words) {
    int distance, prefix = back[-7];
    values->places = 0;
    values->words = two;
    values->count = 0;
    if ((prefix & 0xf0) == 0x40 && prefix != 0x47) {
        two[0] = words[prefix & 15];
        values->count = 1;
    } else if (prefix != 0x47 && prefix != 0x80) {
        return; /* a slot of OWN without values: nothing says that it has some */
    } else if (back[0] == 0x3c) {
        two[0] = words[back[1] & 15];
        two[1] = words[back[1] >> 4];
        values->count = 2;
    } else if (back[0] == 0xa9) {
        __builtin_memcpy(&distance, back + 1, sizeof distance);
        values->places = (const char *)back + 1 + distance;
        values->words = words;
        values->count = 16;
    }
}

/* The words of a point whose slot may be run: nothing is installed, something is. Any unit of the
 * program may define a file for all of them, so they are the same in units compiled in another way. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define LOOM_CFI_(directive) ".cfi_" directive "\n\t"
#if defined(__GCC_HAVE_DWARF2_CFI_ASM)
#define LOOM_BEGIN_
#define LOOM_END_
#else /* the compiler does not say where functions begin and end */
#define LOOM_BEGIN_ LOOM_CFI_("startproc")
#define LOOM_END_ LOOM_CFI_("endproc")
#endif
#define LOOM_AT_SLOT_ "32" /* in struct loom_rt; a naked function is not told numbers */
#define LOOM_AT_FOUND_ "80"
typedef char loom_at_slot_[__builtin_offsetof(struct loom_rt, slot) == 32 ? 1 : -1];
typedef char loom_at_found_[__builtin_offsetof(struct loom_rt, slot_found) == 80 ? 1 : -1];
/* Where a thunk begins: the return address, and the red zone (zone bytes) if it was stepped over. */
#define LOOM_THUNK_(name, zone)                                                                    \
    ".weak " LOOM_TEXT_(name) "\n\t.hidden " LOOM_TEXT_(name)                                      \
        "\n\t.type " LOOM_TEXT_(name) ", @function\n"                                              \
    LOOM_TEXT_(name) ":\n\t" LOOM_CFI_("def_cfa rsp, 8+" zone) LOOM_CFI_("offset rip, -8-" zone)   \
        LOOM_CFI_("same_value rbp")                                                                \
        ".byte 0xf3, 0x0f, 0x1e, 0xfa\n\t" /* endbr64 */
/* rax: where the call returns to. */
#define LOOM_LINK_                                                                                 \
    "push %rbp\n\t" LOOM_CFI_("adjust_cfa_offset 8") LOOM_CFI_("rel_offset rbp, 0")                \
        "mov %rsp, %rbp\n\t" LOOM_CFI_("def_cfa_register rbp")                                     \
            "push %rax\n\tmov 8(%rbp), %rax\n\t"
#define LOOM_UNLINK_(zone) "pop %rbp\n\t" LOOM_CFI_("def_cfa rsp, 8+" zone) LOOM_CFI_("same_value rbp")
/* From there to the point. */
#define LOOM_FIND_POINT_ "movslq -4(%rax), %rdi\n\tadd %rax, %rdi\n\t"
#define LOOM_WITHOUT_VALUES_(zone)                                                                 \
    "push %rcx\n\tpush %rdx\n\tpush %rsi\n\tpush %rdi\n\t"                                         \
    "push %r8\n\tpush %r9\n\tpush %r10\n\tpush %r11\n\t" LOOM_FIND_POINT_                          \
    "lea 16+" zone "(%rbp), %rsi\n\t" /* the caller's stack pointer */                             \
    "and $-16, %rsp\n\t"                                                                           \
    "mov " LOOM_TEXT_(loom_rt_) "(%rip), %rax\n\t" /* not null: it has set the word */             \
    "call *" LOOM_AT_SLOT_ "(%rax)\n\t"                                                            \
    "lea -72(%rbp), %rsp\n\t"                                                                      \
    "pop %r11\n\tpop %r10\n\tpop %r9\n\tpop %r8\n\t"                                               \
    "pop %rdi\n\tpop %rsi\n\tpop %rdx\n\tpop %rcx\n\tpop %rax\n\t" LOOM_UNLINK_(zone)
/* What is pushed are the registers, as struct loom_values.words. */
#define LOOM_WITH_VALUES_(zone)                                                                    \
    "push %r15\n\tpush %r14\n\tpush %r13\n\tpush %r12\n\t"                                         \
    "push %r11\n\tpush %r10\n\tpush %r9\n\tpush %r8\n\t"                                           \
    "lea 16+" zone "(%rbp), %r9\n\tpush %r9\n\t"                                                   \
    "push (%rbp)\n\t"                                                                              \
    "push %rdi\n\tpush %rsi\n\tpush %rdx\n\tpush %rcx\n\tpush %rbx\n\t"                            \
    "push -8(%rbp)\n\t" LOOM_FIND_POINT_                                                           \
    "mov %rax, %rdx\n\t"                                                                           \
    "mov %r9, %rsi\n\t"                                                                            \
    "mov %rsp, %rcx\n\t"                                                                           \
    "and $-16, %rsp\n\t"                                                                           \
    "mov " LOOM_TEXT_(loom_rt_) "(%rip), %rax\n\t"                                                \
    "call *" LOOM_AT_FOUND_ "(%rax)\n\t"                                                          \
    "lea -136(%rbp), %rsp\n\t"                                                                     \
    "pop %rax\n\tpop %rbx\n\tpop %rcx\n\tpop %rdx\n\tpop %rsi\n\tpop %rdi\n\t"                     \
    "lea 16(%rsp), %rsp\n\t"                                                                       \
    "pop %r8\n\tpop %r9\n\tpop %r10\n\tpop %r11\n\t"                                               \
    "pop %r12\n\tpop %r13\n\tpop %r14\n\tpop %r15\n\t"                                             \
    "lea 8(%rsp), %rsp\n\t" LOOM_UNLINK_(zone)
/* One function of the compiler's, since each costs time in every unit. Nobody calls it. */
void loom_thunks_(void)
    LOOM_COLD_(loom_thunks_) __attribute__((naked, used, no_instrument_function));
void loom_thunks_(void) {
    __asm__(LOOM_BEGIN_
            LOOM_THUNK_(loom_pass_, "128") "ret $128\n"
            LOOM_THUNK_(loom_keep_, "128") LOOM_LINK_
            LOOM_CFI_("remember_state")
            "cmpb $0x80, -7(%rax)\n\t" /* else the call has a prefix */
            "jne 1f\n\t"
            "cmpb $0x4a, -10(%rax)\n\t"
            "je 1f\n\t"
            LOOM_WITHOUT_VALUES_("128") "ret $128\n\t"
            LOOM_CFI_("restore_state")
            "1:\n\t" LOOM_WITH_VALUES_("128") "ret $128\n"
            LOOM_THUNK_(loom_pass_own_, "0") "ret\n"
            LOOM_THUNK_(loom_keep_own_, "0") LOOM_LINK_ LOOM_WITHOUT_VALUES_("0") "ret\n"
            LOOM_THUNK_(loom_values_own_, "0") LOOM_LINK_ LOOM_WITH_VALUES_("0") "ret\n\t"
            LOOM_END_);
}
#define LOOM_THUNKS_ASIDE_ __attribute__((visibility("hidden")))
extern void loom_pass_(void) LOOM_THUNKS_ASIDE_;
extern void loom_keep_(void) LOOM_THUNKS_ASIDE_;
extern void loom_pass_own_(void) LOOM_THUNKS_ASIDE_;
extern void loom_keep_own_(void) LOOM_THUNKS_ASIDE_;
extern void loom_values_own_(void) LOOM_THUNKS_ASIDE_;
#else
void loom_pass_(void) LOOM_COLD_(loom_pass_);
void loom_pass_(void) {}
void loom_keep_(void) LOOM_COLD_(loom_keep_);
void loom_keep_(void) {}
#define loom_pass_own_ loom_pass_
#define loom_keep_own_ loom_keep_
#define loom_values_own_ loom_keep_
#endif

LOOM_INLINE_ int loom_is_on_(loom_op *point) {
    loom_op word = *(loom_op volatile *)point;
    return LOOM_UNLIKELY(word && word != loom_pass_ && word != loom_pass_own_);
}
LOOM_RARE_ int loom_on_(loom_op *point) {
    return loom_is_on_(point);
}
LOOM_RARE_ void loom_slot_if_on_(loom_op *point) {
    if (loom_is_on_(point) && loom_rt_) loom_rt_->slot(point, LOOM_CALLER_STACK_);
}

#if defined(__x86_64__) && !defined(__ILP32__) && !defined(__code_model_large__) &&                \
    !defined(LOOM_PORTABLE)
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
/* The call, as bytes: the thunk reads them. head: what stands in front of it */
#define LOOM_CALL_BYTES_(head, point) ".byte " head "0xff, 0x15\n\t.long " point "-.-4\n\t"
#define LOOM_SLOT_ASM_(code, ...)                                                                  \
    __extension__({                                                                                \
        LOOM_ASM_(code : : __VA_ARGS__ : "memory", "cc");                                          \
        (void)0;                                                                                   \
    })
/* Registers by name, as prefixes of their numbers in struct loom_values.words. Where they are not
 * defined (link-time optimisation in parts), or operands are no registers, the long form says where
 * values are. */
#define LOOM_REGISTER_(name, number) ".set \".Lloom_%" name "\", 0x40+" number "\n"
__asm__(LOOM_REGISTER_("rax", "0") LOOM_REGISTER_("rbx", "1") LOOM_REGISTER_("rcx", "2")
        LOOM_REGISTER_("rdx", "3") LOOM_REGISTER_("rsi", "4") LOOM_REGISTER_("rdi", "5")
        LOOM_REGISTER_("rbp", "6") LOOM_REGISTER_("r8", "8") LOOM_REGISTER_("r9", "9")
        LOOM_REGISTER_("r10", "10") LOOM_REGISTER_("r11", "11") LOOM_REGISTER_("r12", "12")
        LOOM_REGISTER_("r13", "13") LOOM_REGISTER_("r14", "14") LOOM_REGISTER_("r15", "15"));
#define LOOM_NAME_PLACES_(places)                                                                  \
    ".byte 0xa9\n\t.long 77f-.\n\t.pushsection .rodata.loom,\"aMS\",@progbits,1\n"                  \
    "77:\n\t.asciz \"" places "\"\n\t.popsection\n\t"
/* plain, more: the heads of calls without a prefix, and with something behind them */
#define LOOM_ASM_0_(plain, tag, n) LOOM_SLOT_ASM_(LOOM_CALL_BYTES_(plain, "%c0"), "i"(LOOM_POINT_(tag, n)))
#define LOOM_ASM_MANY_(more, tag, n, places, ...)                                                  \
    LOOM_SLOT_ASM_(LOOM_CALL_BYTES_(more, "%c0") LOOM_NAME_PLACES_(places),                        \
                   "i"(LOOM_POINT_(tag, n)), __VA_ARGS__)
#define LOOM_ASM_1_(plain, more, tag, n, places, value)                                            \
    LOOM_SLOT_ASM_(".ifdef \".Lloom_%q1\"\n\t"                                                     \
                   LOOM_CALL_BYTES_(plain "\".Lloom_%q1\", ", "%c0")                               \
                   ".else\n\t" LOOM_CALL_BYTES_(more, "%c0") LOOM_NAME_PLACES_(places) ".endif",   \
                   "i"(LOOM_POINT_(tag, n)), value)
#define LOOM_ASM_2_(more, tag, n, places, a, b)                                                    \
    LOOM_SLOT_ASM_(LOOM_CALL_BYTES_(more, "%c0")                                                   \
                   ".set .Lloom_two, 0\n\t"                                                        \
                   ".ifdef \".Lloom_%q1\"\n\t.ifdef \".Lloom_%q2\"\n\t"                            \
                   ".set .Lloom_two, 1\n\t.endif\n\t.endif\n\t"                                    \
                   ".if .Lloom_two\n\t"                                                            \
                   ".byte 0x3c, (\".Lloom_%q1\"-0x40)+(\".Lloom_%q2\"-0x40)*16\n\t"                \
                   ".else\n\t" LOOM_NAME_PLACES_(places) ".endif",                                 \
                   "i"(LOOM_POINT_(tag, n)), a, b)
#define LOOM_STEP_PLAIN_ "0x48, 0x83, 0xc4, 0x80, " /* add $-128, %rsp */
#define LOOM_STEP_MORE_ "0x4a, 0x83, 0xc4, 0x80, "
#define LOOM_STEP_0_(tag, n) LOOM_ASM_0_(LOOM_STEP_PLAIN_, tag, n)
#define LOOM_STEP_1_(...) LOOM_ASM_1_(LOOM_STEP_PLAIN_, LOOM_STEP_MORE_, __VA_ARGS__)
#define LOOM_STEP_2_(...) LOOM_ASM_2_(LOOM_STEP_MORE_, __VA_ARGS__)
#define LOOM_STEP_MANY_(...) LOOM_ASM_MANY_(LOOM_STEP_MORE_, __VA_ARGS__)
#define LOOM_STEP_AT_ LOOM_AT_
#define LOOM_WAY_ LOOM_STEP
/* gcc: only a function without a call has a red zone (ix86_compute_frame_layout), and what is not inlined is not
 * taken apart (ipa-split). clang: X86FrameLowering::emitPrologue; it takes nothing apart unasked. These versions
 * were tried or read; for another one tests/golden/slot_call.sh must pass first. */
#if defined(__clang__) ? __clang_major__ >= 13 && __clang_major__ <= 19                            \
                       : __GNUC__ >= 11 && __GNUC__ <= 13 && !defined(__INTEL_COMPILER)
#define LOOM_OWN_0_(tag, n) LOOM_ASM_0_("", tag, n)
#define LOOM_OWN_1_(...) LOOM_ASM_1_("", "0x47, ", __VA_ARGS__)
#define LOOM_OWN_2_(...) LOOM_ASM_2_("0x47, ", __VA_ARGS__)
#define LOOM_OWN_MANY_(...) LOOM_ASM_MANY_("0x47, ", __VA_ARGS__)
#define LOOM_OWN_AT_ LOOM_AT_
#define LOOM_OWN_WAY_ LOOM_OWN
#endif
#define LOOM_PLACE_1_ "%q1;"
#define LOOM_PLACE_2_ LOOM_PLACE_1_ "%q2;"
#define LOOM_PLACE_3_ LOOM_PLACE_2_ "%q3;"
#define LOOM_PLACE_4_ LOOM_PLACE_3_ "%q4;"
#define LOOM_PLACE_5_ LOOM_PLACE_4_ "%q5;"
#define LOOM_PLACE_6_ LOOM_PLACE_5_ "%q6;"
#define LOOM_PLACE_7_ LOOM_PLACE_6_ "%q7;"
#define LOOM_PLACE_8_ LOOM_PLACE_7_ "%q8;"
#else
#define LOOM_WAY_ LOOM_TEST
#endif
#ifndef LOOM_OWN_WAY_
#define LOOM_OWN_WAY_ LOOM_TEST
#define LOOM_NEEDS_CALL_ LOOM_NONE_
#define LOOM_TEST_0_(tag, n) (loom_is_on_(LOOM_POINT_(tag, n)) ? loom_slot_(LOOM_POINT_(tag, n)) : (void)0)
#define LOOM_TEST_AT_(value) *loom_word_++ = (unsigned long)(value)
#define LOOM_TEST_MANY_(tag, n, places, ...)                                                       \
    __extension__({                                                                                \
        if (loom_is_on_(LOOM_POINT_(tag, n))) {                                                    \
            unsigned long loom_words_[8], *loom_word_ = loom_words_;                               \
            __VA_ARGS__;                                                                           \
            loom_slot_words_(LOOM_POINT_(tag, n), loom_words_,                                     \
                             (unsigned)(loom_word_ - loom_words_));                                \
        }                                                                                          \
        (void)0;                                                                                   \
    })
#define LOOM_TEST_1_ LOOM_TEST_MANY_
#define LOOM_TEST_2_ LOOM_TEST_MANY_
LOOM_RARE_ void loom_slot_(loom_op *point) {
    if (loom_rt_) loom_rt_->slot(point, LOOM_CALLER_STACK_);
}
/* The words of the portable form are the values themselves. */
LOOM_RARE_ void loom_slot_words_(loom_op *point, const unsigned long *words, unsigned count) {
    struct loom_values values;
    values.places = 0;
    values.words = words;
    values.count = count;
    if (loom_rt_) loom_rt_->slot_values(point, LOOM_CALLER_STACK_, &values);
}
#else
/* A call on a way that is never taken, which no compiler can know (asm goto): of whatever a register holds, for that
 * is two bytes; without optimisation that would be 12, and is a direct one. */
#if defined(__OPTIMIZE__)
#define LOOM_CALL_ANY_                                                                             \
    void (*loom_any_)(void);                                                                       \
    __asm__("" : "=r"(loom_any_));                                                                 \
    loom_any_()
#else
#define LOOM_CALL_ANY_ loom_detach_()
#endif
#define LOOM_NEEDS_CALL_                                                                           \
    __extension__({                                                                                \
        __label__ loom_call_, loom_on_;                                                            \
        __asm__ goto("" : : : : loom_call_);                                                       \
        goto loom_on_;                                                                             \
    loom_call_ : {                                                                                 \
        LOOM_CALL_ANY_;                                                                            \
        __builtin_unreachable();                                                                   \
    }                                                                                              \
    loom_on_:                                                                                      \
        LOOM_NONE_;                                                                                \
    })
#endif
/* A slot, by the number of its values: LOOM_SLOT_CALL_(way, tag, n, values...) */
#define LOOM_CALL_0_(way, tag, n) way##_0_(tag, n)
#define LOOM_CALL_1_(way, tag, n, a) way##_1_(tag, n, LOOM_PLACE_1_, way##_AT_(a))
#define LOOM_CALL_2_(way, tag, n, a, b)                                                            \
    way##_2_(tag, n, LOOM_PLACE_2_, way##_AT_(a), way##_AT_(b))
#define LOOM_CALL_3_(way, tag, n, a, b, c)                                                         \
    way##_MANY_(tag, n, LOOM_PLACE_3_, way##_AT_(a), way##_AT_(b), way##_AT_(c))
#define LOOM_CALL_4_(way, tag, n, a, b, c, d)                                                      \
    way##_MANY_(tag, n, LOOM_PLACE_4_, way##_AT_(a), way##_AT_(b), way##_AT_(c), way##_AT_(d))
#define LOOM_CALL_5_(way, tag, n, a, b, c, d, e)                                                   \
    way##_MANY_(tag, n, LOOM_PLACE_5_, way##_AT_(a), way##_AT_(b), way##_AT_(c), way##_AT_(d),     \
                way##_AT_(e))
#define LOOM_CALL_6_(way, tag, n, a, b, c, d, e, f)                                                \
    way##_MANY_(tag, n, LOOM_PLACE_6_, way##_AT_(a), way##_AT_(b), way##_AT_(c), way##_AT_(d),     \
                way##_AT_(e), way##_AT_(f))
#define LOOM_CALL_7_(way, tag, n, a, b, c, d, e, f, g)                                             \
    way##_MANY_(tag, n, LOOM_PLACE_7_, way##_AT_(a), way##_AT_(b), way##_AT_(c), way##_AT_(d),     \
                way##_AT_(e), way##_AT_(f), way##_AT_(g))
#define LOOM_CALL_8_(way, tag, n, a, b, c, d, e, f, g, h)                                          \
    way##_MANY_(tag, n, LOOM_PLACE_8_, way##_AT_(a), way##_AT_(b), way##_AT_(c), way##_AT_(d),     \
                way##_AT_(e), way##_AT_(f), way##_AT_(g), way##_AT_(h))
#define LOOM_TENTH_(n, a, b, c, d, e, f, g, h, tenth, ...) tenth
#define LOOM_COUNT_(...) LOOM_TENTH_(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0)
#define LOOM_JOIN_(a, b) LOOM_JOINED_(a, b) /* the program may have a macro _ */
#define LOOM_JOINED_(a, b) a##b##_
#define LOOM_SLOT_CALL_(way, tag, ...)                                                             \
    LOOM_JOIN_(LOOM_CALL_, LOOM_COUNT_(__VA_ARGS__))(way, tag, __VA_ARGS__)
#define LOOM_NUMBER_(...) LOOM_FIRST_(__VA_ARGS__, 0)
#define LOOM_FIRST_(n, ...) n

#endif
