// SPDX-License-Identifier: MIT
/* reader.c: see reader.h. */
#include "reader.h"
#include <errno.h>
#include <string.h>

int read_bad(struct reader *r, const char *what) {
    if (!r->why) r->why = arena_print(&r->program->arena, "line %u: %s", r->line, what);
    return -EINVAL;
}

int piece_long(struct piece piece, int with_sign, uint64_t *value) {
    int minus = with_sign && piece.size && *piece.bytes == '-';
    uint64_t sum = 0;
    if (piece.size == (size_t)minus) return 0;
    for (size_t i = (size_t)minus; i < piece.size; i++) {
        unsigned digit = (unsigned char)piece.bytes[i] - (unsigned)'0';
        if (digit > 9 || sum > (UINT64_MAX - digit) / 10) return 0;
        sum = sum * 10 + digit;
    }
    if (with_sign && sum > (uint64_t)INT64_MAX + (unsigned)minus) return 0;
    *value = minus ? 0 - sum : sum;
    return 1;
}

static int hex(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

void unescape(char *text) {
    char *to = text;
    for (; *text; text++) {
        if (*text == '%' && hex(text[1]) >= 0 && hex(text[2]) >= 0) {
            *to++ = (char)(hex(text[1]) * 16 + hex(text[2]));
            text += 2;
        } else {
            *to++ = *text;
        }
    }
    *to = 0;
}

const char *piece_plain(struct reader *r, struct piece field) {
    char *text = arena_copy(&r->program->arena, field.bytes, field.size);
    unescape(text);
    return text;
}

uint32_t piece_name(struct reader *r, struct piece field) {
    if (!memchr(field.bytes, '%', field.size))
        return names_add(&r->program->names, field.bytes, field.size);
    const char *text = piece_plain(r, field);
    return names_add(&r->program->names, text, strlen(text));
}
