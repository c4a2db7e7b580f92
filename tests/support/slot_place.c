// SPDX-License-Identifier: MIT
/* slot_place.c: see slot_place.h. */
#include "tests/support/slot_place.h"

#include <stdlib.h>
#include <string.h>

static int register_number(const char *name) {
    static const char *const names[] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    for (int i = 0; i < 16; i++)
        if (!strncmp(name, names[i], strlen(names[i])) && strchr(",;)", name[strlen(names[i])]))
            return i;
    return -1;
}

bool read_place(const char *place, const unsigned long *registers, unsigned size, unsigned long *value) {
    char *rest;
    unsigned long address;
    *value = 0;
    if (*place == '%') {
        int number = register_number(place + 1);
        if (number >= 0) *value = registers[number];
        return number >= 0;
    }
    if (*place == '$') {
        *value = (unsigned long)strtol(place + 1, &rest, 0);
        return *rest == ';';
    }
    address = (unsigned long)strtol(place, &rest, 0);
    if (*rest++ != '(') return false;
    if (*rest == '%') {
        int number = register_number(rest + 1);
        if (number < 0) return false;
        address += registers[number];
        rest += strcspn(rest, ",)");
    }
    if (*rest == ',') {
        int number = register_number(rest + 2);
        const char *scale = rest + 2 + strcspn(rest + 2, ",)");
        if (number < 0) return false;
        address += registers[number] * (unsigned long)(*scale == ',' ? atoi(scale + 1) : 1);
    }
    memcpy(value, (const void *)address, size);
    return true;
}
