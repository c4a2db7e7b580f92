// SPDX-License-Identifier: MIT
/* Text of a format, against libc's. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>

#include "rt/format.h"

static void ours(char *to, size_t room, const char *format, ...) {
    va_list args;
    va_start(args, format);
    format_text(to, room, format, args);
    va_end(args);
}
#define AS_LIBC(...)                                                                               \
    do {                                                                                           \
        char have[200], want[200];                                                                 \
        for (size_t room = 1; room < 60; room++) {                                                 \
            ours(have, room, __VA_ARGS__);                                                         \
            snprintf(want, room, __VA_ARGS__);                                                     \
            cr_assert_str_eq(have, want, "%zu bytes: `%s`, not `%s`", room, have, want);           \
        }                                                                                          \
    } while (0)

Test(format, as_libc) {
    AS_LIBC("plain");
    AS_LIBC("%s", "");
    AS_LIBC("in %s%s.", "one", "two");
    AS_LIBC("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
    AS_LIBC("file=%d point=%u", -1, UINT_MAX);
    AS_LIBC("%llu ms, %llx", ULLONG_MAX, ULLONG_MAX);
    AS_LIBC("%016llx|%08x|%02d|%03u", 0x123abcull, 0x1234u, 7, 1234u);
    AS_LIBC("100%% of %s", "it");
}

/* What it does not know is there to be seen. */
Test(format, unknown) {
    char text[40];
    ours(text, sizeof text, "%f %5d %");
    cr_assert_str_eq(text, "%f %5d %");
}
