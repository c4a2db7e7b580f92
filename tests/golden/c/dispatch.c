/* SPDX-License-Identifier: MIT */
/*
 * rule: the body of an interpreter's loop is one run, with labels of its own in each copy
 */
#include <stdio.h>

static int half(int x) {
    while (x > 100) x ^= x ^ x / 2;
    return x;
}

static int run(const unsigned char *code) {
    int x = 0, steps = 0, i;
    for (;; code++) {
        int op = *code;
        if (++steps > 1000) goto out;
        switch (op) {
        case 0: return x;
        case 1: x++; break;
        case 2:
            if (x > 5) goto jump;
            x += 2;
            break;
        case 3:
        jump:
            if (code[1] && --x > 3) {
                code -= code[1];
                goto again;
            }
            break;
        case 4:
            for (i = 0; i < 3; i++) {
                if (i == x) continue;
                x += i;
            }
            break;
        again:
        case 5:
            do x = half(x + 90);
            while (x > 150);
            continue;
        case 6: {
            int y = x;
            while (1) {
                y = half(y + 7);
                if (y > 40) break;
            }
            x = y;
            break;
        }
        case 7: puts("seven"); break;
        case 8: {
            static const int table[] = {3, 1, 4};
            x += table[x & 1];
            break;
        }
#define NINE 9
        case NINE: x -= NINE; break;
        case 12: x += 12; break;
        case 13: x += 13; break;
        case 14: x += 14; break;
        case 15: x += 15; break;
        case 16: x += 16; break;
        case 17: x += 17; break;
        case 18: x += 18; break;
        case 19: x += 19; break;
        case 20: x += 20; break;
        case 21: x += 21; break;
        case 22: x += 22; break;
        case 23: x += 23; break;
        case 24: x += 24; break;
        case 25: x += 25; break;
        case 26: x += 26; break;
        case 27: x += 27; break;
        case 28: x += 28; break;
        case 29: x += 29; break;
        case 30: x += 30; break;
        case 31: x += 31; break;
        case 32: x += 32; break;
        case 33: x += 33; break;
        case 34: x += 34; break;
        case 35: x += 35; break;
        case 36: x += 36; break;
        case 37: x += 37; break;
        case 38: x += 38; break;
        case 39: x += 39; break;
        default: goto out;
        }
    }
out:
    return -x - steps;
}

int main(void) {
    static const unsigned char a[] = {1, 1, 2, 4, 5, 6, 7, 8, 9, 12, 39, 0};
    static const unsigned char b[] = {30, 2, 3, 1, 1, 3, 2, 0};
    static const unsigned char c[] = {1, 99};
    printf("%d %d %d\n", run(a), run(b), run(c));
    return 0;
}
