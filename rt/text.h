// SPDX-License-Identifier: MIT
/*
 * text.h: the text of a reply, built in memory of its own (no malloc).
 *
 * Rule: running out of memory makes the text `failed`; nothing is written any more, and the reply
 * is an error instead of half an answer.
 */
#ifndef LOOM_TEXT_H
#define LOOM_TEXT_H
#include <stdbool.h>
#include <stddef.h>

struct text {
    char *bytes;
    size_t used, room;
    bool failed;
};

void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds a value with %XX for bytes that would break a line or a word (table.h). Empty: nothing. */
void text_add_escaped(struct text *text, const char *value);
void text_add_bytes(struct text *text, const void *bytes, size_t size);
void text_clear(struct text *text); /* keeps up to 1 MiB of memory */

#endif
