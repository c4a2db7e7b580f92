// SPDX-License-Identifier: MIT
/* page.c: the pages that are served. */
#include "httpd.h"
#include <stdio.h>

size_t page_make(unsigned number, char *text) {
    size_t used =
        (size_t)sprintf(text, "<html><head><title>Page %u</title></head><body>\n", number);
    unsigned value = number * 2654435761u + 1, lines = 4 + number % 20;
    for (unsigned i = 0; i < lines; i++) {
        value = value * 1103515245u + 12345u;
        used += (size_t)sprintf(text + used, "<p>%u: %08x, %u of it is rest.</p>\n", i, value,
                                value >> 16);
    }
    return used + (size_t)sprintf(text + used, "</body></html>\n");
}

unsigned page_sum(const char *text, size_t length) {
    unsigned sum = 2166136261u;
    for (size_t i = 0; i < length; i++) sum = (sum ^ (unsigned char)text[i]) * 16777619u;
    return sum;
}
