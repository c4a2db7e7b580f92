// SPDX-License-Identifier: MIT
#include "kernels.h"

long text_length(const char *s) {
    const char *p;
    for (p = s; *p; p++) {
    }
    return p - s;
}

unsigned text_hash(const char *s) {
    unsigned hash = 5381;
    unsigned char c;
    while ((c = (unsigned char)*s++)) hash = hash * 33 + c;
    return hash;
}

int text_words(const char *s) {
    int words = 0, inside = 0;
    for (; *s; s++) {
        if (*s == ' ') {
            inside = 0;
        } else if (!inside) {
            inside = 1;
            words++;
        }
    }
    return words;
}
