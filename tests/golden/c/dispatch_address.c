/* SPDX-License-Identifier: MIT */
/*
 * rule: an interpreter's loop is not written twice if the address of a static object in it is kept
 */
#include <stdio.h>

static int run(const unsigned char *code) {
    const char *last = 0;
    int x = 0;
    for (;; code++) {
        switch (*code) {
        case 0: return x;
        case 1: {
            static const char mark[] = "mark";
            if (last && last != mark) puts("another mark");
            last = mark;
            break;
        }
        case 2: puts("two"); break;
        case 3: x += 3; break;
        case 4: x += 4; break;
        case 5: x += 5; break;
        case 6: x += 6; break;
        case 7: x += 7; break;
        case 8: x += 8; break;
        case 9: x += 9; break;
        case 10: x += 10; break;
        case 11: x += 11; break;
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
        default: return -1;
        }
    }
}

int main(void) {
    static const unsigned char code[] = {1, 2, 1, 7, 1, 2, 1, 35, 1, 0};
    int i, sum = 0;
    for (i = 0; i < 200; i++) sum += run(code);
    return printf("%d\n", sum) < 0;
}
