// SPDX-License-Identifier: MIT
/*
 * vectors.h: the registers that a slot has to keep though no compiler was told of them.
 *
 * Rule: a slot declares that it may change the vector registers 0 to 15 (slot_call.h). A function that may use
 * AVX-512 when its file may not (attribute target) has 16 to 31 and the masks k0 to k7, too; gcc knows no way to
 * name the masks where they may not be used. The runtime is compiled without them, but functions of libc
 * for memory, strings and formats use them. So nothing that a slot can come to calls one of those, but between
 * vectors_keep and vectors_give (tests/golden/slot_path.sh). What waits or is told may take its time.
 */
#ifndef LOOM_VECTORS_H
#define LOOM_VECTORS_H
#include <stdbool.h>

/* On the stack, which may be a signal stack of 8 kB: no larger than what is kept (XSAVE's area is 2688 bytes). */
struct vectors {
    unsigned char wide[16][64];
    unsigned char masks[8][8];
    bool kept;       /* the machine has them */
    bool long_masks; /* of 64 bits (AVX512BW), else 16 */
};

/* Any thread, any context; no libc, errno stays. */
void vectors_keep(struct vectors *vectors);
void vectors_give(const struct vectors *vectors);

#endif
