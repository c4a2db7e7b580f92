/* SPDX-License-Identifier: MIT */
/* json.h: strings of bytes as JSON. What is not UTF-8 is written as U+FFFD. */
#ifndef LOOM_JSON_H
#define LOOM_JSON_H
#include <stddef.h>
#include <stdio.h>

/* Bytes of the well-formed UTF-8 character at `at`, or 0. */
size_t utf8_character(const unsigned char *at);
void json_string(FILE *out, const char *text);

#endif
