// SPDX-License-Identifier: MIT
/* reader.c: see reader.h. */
#include "reader.h"
#include <errno.h>
#include <string.h>

int read_bad(struct reader *r, const char *what) {
    if (!r->why) r->why = arena_print(&r->program->arena, "line %u: %s", r->line, what);
    return -EINVAL;
}

struct piece read_piece(struct reader *r) {
    while (r->at < r->end && *r->at == ' ') r->at++;
    struct piece piece = {r->at, 0};
    while (r->at < r->end && *r->at != ' ') r->at++;
    piece.size = (size_t)(r->at - piece.bytes);
    return piece;
}

int piece_is(struct piece piece, const char *text) {
    return piece.size == strlen(text) && memcmp(piece.bytes, text, piece.size) == 0;
}

/* A decimal number up to `stop` (0: the end of the piece); moves behind it. */
int piece_digits(struct piece *piece, char stop, uint32_t *value) {
    uint64_t sum = 0;
    size_t i = 0;
    for (; i < piece->size && piece->bytes[i] >= '0' && piece->bytes[i] <= '9' && i < 10; i++)
        sum = sum * 10 + (uint64_t)(piece->bytes[i] - '0');
    if (i == 0 || sum >= NONE) return 0;
    if (stop ? i == piece->size || piece->bytes[i] != stop : i != piece->size) return 0;
    *value = (uint32_t)sum;
    piece->bytes += i + (stop != 0);
    piece->size -= i + (stop != 0);
    return 1;
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

int read_number(struct reader *r, uint32_t *value) {
    struct piece field = read_piece(r);
    return piece_digits(&field, 0, value) ? 0 : read_bad(r, "a number is expected");
}

int read_place(struct reader *r, uint32_t *line, uint32_t *column) {
    struct piece field = read_piece(r);
    if (piece_digits(&field, ':', line) && piece_digits(&field, 0, column)) return 0;
    return read_bad(r, "LINE:COL is expected");
}

uint32_t piece_letters(struct piece field, const char *known, const uint16_t *values) {
    uint32_t sum = 0;
    for (size_t i = 0; i < field.size; i++) {
        const char *letter = strchr(known, field.bytes[i]);
        if (letter && *letter) sum |= values[letter - known];
    }
    return sum;
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
