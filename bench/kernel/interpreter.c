// SPDX-License-Identifier: MIT
#include "kernels.h"

long interpret(const unsigned char *pc, long *memory) {
    const unsigned char *code = pc;
    long r[8] = {0};
    for (;;) {
        switch (*pc) {
        case 0: return r[0];
        case 1:
            r[pc[1]] = pc[2] | pc[3] << 8;
            pc += 4;
            break;
        case 2:
            r[pc[1]] += r[pc[2]];
            pc += 3;
            break;
        case 3:
            r[pc[1]] -= r[pc[2]];
            pc += 3;
            break;
        case 4:
            r[pc[1]] ^= r[pc[2]] * 31;
            pc += 3;
            break;
        case 5:
            r[pc[1]] = memory[r[pc[2]] & 255];
            pc += 3;
            break;
        case 6:
            memory[r[pc[2]] & 255] = r[pc[1]];
            pc += 3;
            break;
        case 7:
            if (r[pc[1]] != 0)
                pc = code + pc[2];
            else
                pc += 3;
            break;
        case 8:
            r[pc[1]] += (signed char)pc[2];
            pc += 3;
            break;
        }
    }
}
