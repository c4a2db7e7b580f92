// SPDX-License-Identifier: MIT
/*
 * vectors.h: the vector registers, which a slot keeps.
 *
 * Rule: a slot keeps all vector registers, so that compilers need not be told of any (slot_call.h): that would be
 * a tenth of the time to compile, and gcc knows no way to name AVX-512's in a function whose file may not use them.
 * The runtime is compiled without vectors (-mgeneral-regs-only). libc is not; so what a slot can come to calls
 * nothing of libc but what is a system call and little else (tests/golden/slot_path.sh looks), or what
 * stands between vectors_keep and vectors_give: a thread is met, the program is asked for a variable.
 */
#ifndef LOOM_VECTORS_H
#define LOOM_VECTORS_H

/* The last has masks of 64 bits, the one in front of it of 16. */
enum vectors_kind { VECTORS_SSE, VECTORS_AVX, VECTORS_AVX512F, VECTORS_AVX512BW };

/* On the stack, which may be a signal stack of 8 kB: no larger than what is kept (XSAVE's area is 2688 bytes). */
struct vectors {
    unsigned char registers[32][64]; /* by what the machine has; else narrower, or fewer */
    unsigned char masks[8][8];
    enum vectors_kind kind;
};

/* Any thread, any context; no libc, errno stays. */
void vectors_keep(struct vectors *vectors);
void vectors_give(const struct vectors *vectors);

#ifdef LOOM_DEBUG
extern enum vectors_kind vectors_most; /* the machine is taken for one that has no more than that */
#endif

#endif
