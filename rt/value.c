// SPDX-License-Identifier: MIT
/*
 * value.c: places as the assembler writes them. See value.h.
 *
 *     place   = register | '$' number | [number] '(' [register] [',' register [',' scale]] ')'
 *     number  = ['-'] decimal or 0x hexadecimal
 *
 * Anything else (symbols, segments, %rip) cannot be read.
 */
#include "value.h"

#include <string.h>

#include "code.h"
#include "sys.h"

/* In the order of struct loom_values.words. */
static const char names[][4] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
                                "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

/* What is left of one place, and the registers. */
struct reader {
    const char *at;
    const unsigned long *words;
};

static bool skip(struct reader *reader, char c) {
    bool there = *reader->at == c;
    reader->at += there;
    return there;
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool read_register(struct reader *reader, uint64_t *value) {
    size_t length = 0;
    if (!skip(reader, '%')) return false;
    while (is_name(reader->at[length])) length++;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (length != strlen(names[i]) || memcmp(reader->at, names[i], length) != 0) continue;
        reader->at += length;
        *value = reader->words[i];
        return true;
    }
    return false;
}

static int digit(char c, unsigned base) {
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    return value < (int)base ? value : -1;
}

static bool read_number(struct reader *reader, uint64_t *value) {
    bool minus = skip(reader, '-');
    unsigned base = 10;
    uint64_t sum = 0;
    if (reader->at[0] == '0' && reader->at[1] == 'x') reader->at += 2, base = 16;
    if (digit(*reader->at, base) < 0) return false;
    for (int d; (d = digit(*reader->at, base)) >= 0; reader->at++) sum = sum * base + (unsigned)d;
    *value = minus ? -sum : sum;
    return true;
}

/* `base,index,scale)` behind the opening bracket: adds it to the address. */
static bool read_address(struct reader *reader, uint64_t *address) {
    uint64_t base = 0, index = 0, scale = 1;
    bool any = false;
    if (*reader->at == '%' && !(any = read_register(reader, &base))) return false;
    if (skip(reader, ',')) {
        if (!(any = read_register(reader, &index))) return false;
        if (skip(reader, ',') && !read_number(reader, &scale)) return false;
    }
    *address += base + index * scale;
    return any && skip(reader, ')');
}

/* In the frame that passes the value: what the compiler names there, it may read itself. That frame
 * is on this stack, not far above; elsewhere the registers are not those of a slot. */
static bool is_in_frame(const struct reader *reader, uint64_t address) {
    enum { RSP = 7, RED_ZONE = 128, FRAME = 1 << 16 };
    uint64_t rsp = reader->words[RSP];
    return rsp - (uintptr_t)__builtin_frame_address(0) < FRAME && address - (rsp - RED_ZONE) < FRAME;
}

__attribute__((no_sanitize("address", "thread"))) static uint64_t read_frame(uint64_t address,
                                                                             size_t bytes) {
    uint64_t raw = 0;
    const volatile unsigned char *from = (const volatile unsigned char *)(uintptr_t)address;
    for (size_t i = 0; i < bytes; i++) raw |= (uint64_t)from[i] << 8 * i;
    return raw;
}

static bool read_memory(struct reader *reader, unsigned size, uint64_t *value) {
    uint64_t address = 0;
    if (*reader->at != '(' && !read_number(reader, &address)) return false;
    if (!skip(reader, '(') || !read_address(reader, &address) || *reader->at != ';') return false;
    if (!is_in_frame(reader, address)) return value_at(address, size, value);
    *value = read_frame(address, size & ~LOOM_CODE_SIGNED); /* cut by the caller */
    return true;
}

static bool read_place(struct reader *reader, unsigned size, uint64_t *value) {
    if (*reader->at == '%') return read_register(reader, value) && *reader->at == ';';
    if (skip(reader, '$')) return read_number(reader, value) && *reader->at == ';';
    return read_memory(reader, size, value);
}

/* The nth of the places, or null. */
static const char *find_place(const char *places, uint32_t index) {
    while (index > 0 && *places)
        if (*places++ == ';') index--;
    return *places ? places : NULL;
}

bool value_of_slot(const struct loom_values *values, uint32_t index, unsigned size,
                   uint64_t *value) {
    if (!values || !values->words) return false;
    if (values->places) {
        struct reader reader = {find_place(values->places, index), values->words};
        if (!reader.at || !read_place(&reader, size, value)) return false;
    } else {
        if (index >= values->count) return false;
        *value = values->words[index];
    }
    *value = code_cut(*value, size);
    return true;
}

bool value_at(uint64_t address, unsigned size, uint64_t *value) {
    uint64_t raw = 0;
    size_t bytes = size & ~LOOM_CODE_SIGNED;
    const char *from = (const char *)(uintptr_t)address;
    if (sys_peek(&raw, from, bytes)) return false;
    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) raw >>= 64 - 8 * bytes;
    *value = code_cut(raw, size);
    return true;
}
