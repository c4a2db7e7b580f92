// SPDX-License-Identifier: MIT
/* text.c: growing text. See text.h. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sys.h"

enum { KEPT = 1 << 20, FIRST = 64 << 10 };

static bool make_room(struct text *text, size_t more) {
    size_t room = text->room ? text->room : FIRST;
    char *larger;
    if (text->failed) return false;
    if (text->used + more <= text->room) return true;
    while (room < text->used + more) room *= 2;
    larger = sys_map(room);
    if (!larger) {
        text->failed = true;
        return false;
    }
    if (text->used) memcpy(larger, text->bytes, text->used);
    sys_unmap(text->bytes, text->room);
    text->bytes = larger;
    text->room = room;
    return true;
}

void text_add_bytes(struct text *text, const void *bytes, size_t size) {
    if (!size || !make_room(text, size)) return;
    memcpy(text->bytes + text->used, bytes, size);
    text->used += size;
}

void text_add(struct text *text, const char *format, ...) {
    char line[512];
    va_list args;
    int size;
    va_start(args, format);
    size = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (size < 0 || size >= (int)sizeof line)
        text->failed = true;
    else
        text_add_bytes(text, line, (size_t)size);
}

void text_add_escaped(struct text *text, const char *value) {
    static const char hex[] = "0123456789ABCDEF";
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte <= ' ' || byte == '%' || byte == ',' || byte > '~') {
            char coded[3] = {'%', hex[byte >> 4], hex[byte & 15]};
            text_add_bytes(text, coded, sizeof coded);
        } else {
            text_add_bytes(text, value, 1);
        }
    }
}

void text_clear(struct text *text) {
    if (text->room > KEPT) {
        sys_unmap(text->bytes, text->room);
        text->bytes = NULL;
        text->room = 0;
    }
    text->used = 0;
    text->failed = false;
}
