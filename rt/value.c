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

#include "code.h"
#include "sys.h"

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

#define NAME(a, b) ((unsigned)(unsigned char)(a) << 8 | (unsigned char)(b))

/* Of the two characters behind `%r`: the number in struct loom_values.words; -1: none. */
static int register_of(char first, char second) {
    switch (NAME(first, second)) {
    case NAME('a', 'x'): return 0;
    case NAME('b', 'x'): return 1;
    case NAME('c', 'x'): return 2;
    case NAME('d', 'x'): return 3;
    case NAME('s', 'i'): return 4;
    case NAME('d', 'i'): return 5;
    case NAME('b', 'p'): return 6;
    case NAME('s', 'p'): return 7;
    case NAME('1', '0'): return 10;
    case NAME('1', '1'): return 11;
    case NAME('1', '2'): return 12;
    case NAME('1', '3'): return 13;
    case NAME('1', '4'): return 14;
    case NAME('1', '5'): return 15;
    default: return -1;
    }
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool read_register(struct reader *reader, uint64_t *value) {
    const char *at = reader->at;
    int number;
    if (at[0] != '%' || at[1] != 'r' || !at[2]) return false;
    if ((at[2] == '8' || at[2] == '9') && !is_name(at[3])) {
        number = at[2] - '0';
        reader->at += 3;
    } else {
        number = register_of(at[2], at[3]);
        if (number < 0 || is_name(at[4])) return false;
        reader->at += 4;
    }
    *value = reader->words[number];
    return true;
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
    return rsp - (uintptr_t)__builtin_frame_address(0) < FRAME &&
           address - (rsp - RED_ZONE) < FRAME;
}

#define UNALIGNED __attribute__((aligned(1), may_alias))
typedef uint8_t unaligned_1 UNALIGNED;
typedef uint16_t unaligned_2 UNALIGNED;
typedef uint32_t unaligned_4 UNALIGNED;
typedef uint64_t unaligned_8 UNALIGNED;

__attribute__((no_sanitize("address", "thread"))) static uint64_t read_frame(uint64_t address,
                                                                             size_t bytes) {
    const void *from = (const void *)(uintptr_t)address;
    switch (bytes) {
    case 1: return *(const volatile unaligned_1 *)from;
    case 2: return *(const volatile unaligned_2 *)from;
    case 4: return *(const volatile unaligned_4 *)from;
    default: return *(const volatile unaligned_8 *)from;
    }
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

/* Mostly the first place is asked for, and it is one of these. */
static bool is_named_register(const char *place) {
    return place[0] == '%' && place[1] == 'r' && place[2] && place[3] && place[4] == ';' &&
           register_of(place[2], place[3]) >= 0;
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
    if (values->places && index == 0 && is_named_register(values->places)) {
        *value = values->words[register_of(values->places[2], values->places[3])];
    } else if (values->places) {
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
