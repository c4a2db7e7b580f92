// SPDX-License-Identifier: MIT
/* type.c: see type.h. */
#include "type.h"
#include <stdlib.h>
#include <string.h>

enum { NESTING_MAX = 64 };

static int is_one_of(const char *text, const char *const *all, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, all[i]) == 0) return 1;
    return 0;
}

/* A number without end or with more than 9 digits is none. */
static const char *behind_number(const char *text) {
    size_t digits = strspn(text, "0123456789");
    return digits && digits < 19 ? text + digits : NULL;
}

int type_is_good(const char *text) {
    static const char *const integers[] = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"};
    static const char *const floats[] = {"f4", "f8", "f16"};
    for (int depth = 0; text && depth < NESTING_MAX; depth++) {
        if (*text == 'p') {
            text++;
        } else if (*text == 'a') {
            text = behind_number(text + 1);
            if (!text || *text != 'x') return 0;
            text++;
        } else if (*text == 'r') {
            text = behind_number(text + 1);
            return text && !*text;
        } else if (*text && strchr("biu", *text)) {
            return is_one_of(text, integers, sizeof integers / sizeof *integers);
        } else if (*text == 'f') {
            return is_one_of(text, floats, sizeof floats / sizeof *floats);
        } else {
            return *text != 0;
        }
    }
    return 0;
}

static uint32_t find_layout(const struct program *p, uint32_t file, uint32_t id) {
    const struct program_file *in = &p->files[file];
    if (id < in->layout_count && p->layouts[in->first_layout + id].id == id)
        return in->first_layout + id;
    for (uint32_t i = 0; i < in->layout_count; i++)
        if (p->layouts[in->first_layout + i].id == id) return in->first_layout + i;
    return NONE;
}

struct type type_of(const struct program *program, uint32_t file, const char *text) {
    struct type type = {.kind = TYPE_OTHER, .layout = NONE, .file = file, .text = text};
    char *end = NULL;
    switch (*text) {
    case 'b':
    case 'i':
    case 'u':
        type.kind = TYPE_INTEGER;
        type.size = (uint8_t)(text[1] - '0');
        type.is_signed = *text == 'i';
        type.is_bool = *text == 'b';
        break;
    case 'f': type.kind = TYPE_FLOATING; break;
    case 'v': type.kind = TYPE_VOID; break;
    case 'F': type.kind = TYPE_FUNCTION; break;
    case 'p':
        type.kind = TYPE_POINTER;
        type.inner = text + 1;
        break;
    case 'a':
        type.kind = TYPE_ARRAY;
        type.count = strtoull(text + 1, &end, 10);
        type.inner = end + 1;
        break;
    case 'r':
        type.kind = TYPE_RECORD;
        type.layout = find_layout(program, file, (uint32_t)strtoul(text + 1, NULL, 10));
        break;
    default: break;
    }
    return type;
}

struct type type_inner(const struct program *program, struct type type) {
    return type_of(program, type.file, type.inner);
}

struct type type_integer(unsigned size, int is_signed) {
    static const char *const texts[2][4] = {{"u1", "u2", "u4", "u8"}, {"i1", "i2", "i4", "i8"}};
    unsigned row = size == 8 ? 3 : size / 2;
    return (struct type){.kind = TYPE_INTEGER,
                         .size = (uint8_t)size,
                         .is_signed = (uint8_t)(is_signed != 0),
                         .layout = NONE,
                         .text = texts[is_signed != 0][row]};
}

struct type type_pointer(const struct program *program, struct arena *arena, struct type to) {
    return type_of(program, to.file, arena_print(arena, "p%s", to.text));
}

uint64_t type_bytes(const struct program *program, struct type type) {
    uint64_t one, size = 0;
    switch (type.kind) {
    case TYPE_INTEGER: return type.size;
    case TYPE_FLOATING: return strtoul(type.text + 1, NULL, 10);
    case TYPE_POINTER: return 8;
    case TYPE_RECORD: return type.layout == NONE ? 0 : program->layouts[type.layout].size;
    case TYPE_ARRAY:
        one = type_bytes(program, type_inner(program, type));
        return one && !__builtin_mul_overflow(one, type.count, &size) ? size : 0;
    case TYPE_VOID:
    case TYPE_FUNCTION: return 1;
    case TYPE_OTHER: break;
    }
    return 0;
}

static const char *print_base(const struct program *p, struct arena *arena, struct type type) {
    static const char *const integers[2][4] = {
        {"unsigned char", "unsigned short", "unsigned", "unsigned long"},
        {"char", "short", "int", "long"}};
    switch (type.kind) {
    case TYPE_INTEGER:
        return type.is_bool ? "bool" : integers[type.is_signed][type.size == 8 ? 3 : type.size / 2];
    case TYPE_FLOATING:
        return type.text[1] == '4' ? "float" : type.text[1] == '8' ? "double" : "long double";
    case TYPE_VOID: return "void";
    case TYPE_FUNCTION: return "function";
    case TYPE_RECORD: {
        const char *name = type.layout == NONE ? "" : p->names.texts[p->layouts[type.layout].name];
        const char *word =
            type.layout != NONE && p->layouts[type.layout].is_union ? "union" : "struct";
        return *name ? arena_print(arena, "%s %s", word, name) : word;
    }
    default: return "?";
    }
}

/* Pointers to arrays are rare: `int *[4]` may be either here. */
const char *type_print(const struct program *program, struct arena *arena, struct type type) {
    const char *stars = "", *brackets = "";
    for (;; type = type_inner(program, type)) {
        if (type.kind == TYPE_POINTER)
            stars = arena_print(arena, "*%s", stars);
        else if (type.kind == TYPE_ARRAY && type.count)
            brackets = arena_print(arena, "%s[%llu]", brackets, (unsigned long long)type.count);
        else if (type.kind == TYPE_ARRAY)
            brackets = arena_print(arena, "%s[]", brackets);
        else
            break;
    }
    return arena_print(arena, "%s%s%s%s", print_base(program, arena, type),
                       *stars || *brackets ? " " : "", stars, brackets);
}
