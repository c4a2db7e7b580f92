// SPDX-License-Identifier: MIT
/* json.c: see json.h. */
#include "json.h"

size_t utf8_character(const unsigned char *at) {
    size_t more = at[0] < 0x80   ? 0
                  : at[0] < 0xc2 ? 9
                  : at[0] < 0xe0 ? 1
                  : at[0] < 0xf0 ? 2
                  : at[0] < 0xf5 ? 3
                                 : 9;
    if (more > 3) return 0;
    for (size_t i = 1; i <= more; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f)) return 0;
    if ((at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f)) return 0;
    return more + 1;
}

void json_string(FILE *out, const char *text) {
    const unsigned char *at = (const unsigned char *)text;
    putc('"', out);
    while (*at) {
        size_t size = utf8_character(at);
        if (size == 0) {
            fputs("\\ufffd", out);
            size = 1;
        } else if (*at == '"' || *at == '\\') {
            fprintf(out, "\\%c", *at);
        } else if (*at < 32 || *at == 127) {
            fprintf(out, "\\u%04x", *at);
        } else {
            fwrite(at, 1, size, out);
        }
        at += size;
    }
    putc('"', out);
}
