/* SPDX-License-Identifier: MIT */
/* json.h: writes a string of bytes as JSON. What is not UTF-8 is written as U+FFFD. */
#ifndef LOOM_JSON_H
#define LOOM_JSON_H
#include <stdio.h>

void json_string(FILE *out, const char *text);

#endif
