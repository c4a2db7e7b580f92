// SPDX-License-Identifier: MIT
/* mem.c: see mem.h. */
#include "mem.h"
#include "report.h"
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *have(void *memory) {
    if (memory) return memory;
    report_error(-ENOMEM, "out of memory: close other programs, or use a smaller -j");
    exit(1);
}

void *mem_zero(size_t count, size_t size) {
    return have(calloc(count ? count : 1, size));
}

void *mem_grow(void *old, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) have(NULL);
    return have(realloc(old, count ? count * size : 1));
}

char *mem_copy(const char *text) {
    return have(strdup(text));
}

char *mem_format(const char *format, ...) {
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) text = NULL;
    va_end(arguments);
    return have(text);
}
