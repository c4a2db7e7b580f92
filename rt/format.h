// SPDX-License-Identifier: MIT
/*
 * format.h: text of a format, for what a slot may tell. vsnprintf is not async-signal-safe, changes vector registers
 * (vectors.h), and takes more of a signal stack than there may be.
 */
#ifndef LOOM_FORMAT_H
#define LOOM_FORMAT_H
#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf, of %s, %d, %u, %llu, %llx, each with 0 and a width of one or two digits, and %%; anything else is
 * written as it stands. Cut at room - 1 bytes. Any thread, any context; no libc. */
void format_text(char *to, size_t room, const char *format, va_list args);

#endif
