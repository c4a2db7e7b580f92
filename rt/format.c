// SPDX-License-Identifier: MIT
/* format.c: see format.h. */
#include "format.h"

#include <stdbool.h>

struct writer {
    char *to;
    size_t left; /* without the NUL */
};

static void put(struct writer *w, char c) {
    if (!w->left) return;
    *w->to++ = c;
    w->left--;
}

static void put_number(struct writer *w, unsigned long long value, unsigned base, unsigned width) {
    char digits[64];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (unsigned i = count; i < width; i++) put(w, '0');
    while (count) put(w, digits[--count]);
}

/* What stands behind a % that begins at `at`; the argument is taken. Returns what is behind it, or NULL: unknown. */
static const char *put_argument(struct writer *w, const char *at, va_list *args) {
    unsigned width = 0;
    if (*at == '0')
        while (*at >= '0' && *at <= '9') width = width * 10 + (unsigned)(*at++ - '0');
    bool wide = at[0] == 'l' && at[1] == 'l';
    if (wide) at += 2;
    if (*at == 's' && !wide) {
        const char *text = va_arg(*args, const char *);
        while (*text) put(w, *text++);
    } else if (*at == 'd' && !wide) {
        long long value = va_arg(*args, int);
        if (value < 0) put(w, '-');
        put_number(w, (unsigned long long)(value < 0 ? -value : value), 10, width);
    } else if (*at == 'u' || *at == 'x') {
        unsigned long long value = wide ? va_arg(*args, unsigned long long) : va_arg(*args, unsigned);
        put_number(w, value, *at == 'x' ? 16 : 10, width);
    } else {
        return NULL;
    }
    return at + 1;
}

void format_text(char *to, size_t room, const char *format, va_list args) {
    struct writer w = {to, room - 1};
    va_list rest;
    va_copy(rest, args);
    while (*format) {
        const char *behind = NULL;
        if (*format == '%' && format[1] == '%') format++;
        else if (*format == '%') behind = put_argument(&w, format + 1, &rest);
        if (!behind) put(&w, *format);
        format = behind ? behind : format + 1;
    }
    va_end(rest);
    *w.to = 0;
}
