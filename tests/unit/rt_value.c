// SPDX-License-Identifier: MIT
/* Values of slots: places as the assembler writes them. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "rt/code.h"
#include "rt/sys.h"
#include "rt/value.h"

#define S LOOM_CODE_SIGNED

static unsigned long words[16];

static uint64_t memory[4] = {0x1122334455667788, 0xfffffffffffffff5, 3, 4};

static bool place(const char *places, uint32_t index, unsigned size, uint64_t *value) {
    struct loom_values values = {places, words, 0};
    return value_of_slot(&values, index, size, value);
}
#define AT(places, index, size, expected)                                                          \
    do {                                                                                           \
        uint64_t value_ = 4711;                                                                    \
        cr_expect(place(places, index, size, &value_), "%s", places);                              \
        cr_expect_eq(value_, (uint64_t)(expected), "%s: %llx", places,                             \
                     (unsigned long long)value_);                                                  \
    } while (0)
#define NOWHERE(places, index)                                                                     \
    do {                                                                                           \
        uint64_t value_;                                                                           \
        cr_expect_not(place(places, index, 8, &value_), "%s", places);                             \
    } while (0)

Test(place, registers) {
    static const char *const names[] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};
    for (unsigned i = 0; i < 16; i++) words[i] = 0x0101010101010100ul * i + 0xf0 + i;
    for (unsigned i = 0; i < 16; i++) {
        char text[8];
        snprintf(text, sizeof text, "%%%s;", names[i]);
        AT(text, 0, 8, words[i]);
        AT(text, 0, 1 | S, (int8_t)words[i]);
        AT(text, 0, 4, (uint32_t)words[i]);
    }
    NOWHERE("%eax;", 0);
    NOWHERE("%r16;", 0);
    NOWHERE("%rip;", 0);
    NOWHERE("%;", 0);
    NOWHERE("%rax", 0);
    NOWHERE("%raxx;", 0);
    NOWHERE("rax;", 0);
}

Test(place, immediate) {
    AT("$5;", 0, 4, 5);
    AT("$-5;", 0, 4 | S, -5);
    AT("$-5;", 0, 1, 0xfb);
    AT("$0x1F;", 0, 8, 31);
    AT("$18446744073709551615;", 0, 8, ~0ull);
    NOWHERE("$;", 0);
    NOWHERE("$-;", 0);
    NOWHERE("$name;", 0);
    NOWHERE("$5", 0);
    NOWHERE("$5+4;", 0);
    NOWHERE("$0x;", 0);
}

Test(place, memory) {
    words[0] = (unsigned long)memory;      /* rax */
    words[1] = 2;                          /* rbx */
    words[6] = (unsigned long)memory + 24; /* rbp */
    words[7] = (unsigned long)memory - 40; /* rsp */
    AT("(%rax);", 0, 8, memory[0]);
    AT("(%rax);", 0, 1, 0x88);
    AT("8(%rax);", 0, 4 | S, -11);
    AT("-16(%rbp);", 0, 8, memory[1]);
    AT("40(%rsp,%rbx,8);", 0, 8, memory[2]);
    AT("(%rax,%rbx,8);", 0, 8, memory[2]);
    AT("-2(%rax,%rbx);", 0, 8, memory[0]);
    AT("0x10(%rax);", 0, 8, 3);
    words[2] = (unsigned long)memory / 8; /* rcx */
    AT("8(,%rcx,8);", 0, 8, memory[1]);
    AT("(,%rcx,8);", 0, 8, memory[0]);
    words[3] = 16; /* rdx: no memory there */
    NOWHERE("(%rdx);", 0);
    NOWHERE("();", 0);
    NOWHERE("8();", 0);
    NOWHERE("(%rax;", 0);
    NOWHERE("(%rax)", 0);
    NOWHERE("(%rax)x;", 0);
    NOWHERE("(%rax,);", 0);
    NOWHERE("(%rax,8);", 0);
    NOWHERE("name(%rip);", 0);
    NOWHERE("8+name(%rip);", 0);
    NOWHERE("%fs:16;", 0);
    NOWHERE("name;", 0);
    NOWHERE("4096;", 0);
}

Test(place, in_the_frame) {
    volatile uint64_t local[4] = {5, 6, 7, 8};
    words[7] = (unsigned long)local;
    sys_forbid_peek(); /* needs no kernel */
    AT("8(%rsp);", 0, 8, 6);
    AT("24(%rsp);", 0, 4, 8);
    words[7] = 0; /* no slot's stack: the kernel would be asked */
    NOWHERE("-20(%rsp);", 0);
    words[7] = (unsigned long)memory;
    NOWHERE("8(%rsp);", 0);
}

Test(place, several) {
    words[0] = (unsigned long)memory;
    words[5] = 77;
    AT("%rdi;$3;name(%rip);8(%rax);", 0, 8, 77);
    AT("%rdi;$3;name(%rip);8(%rax);", 1, 8, 3);
    NOWHERE("%rdi;$3;name(%rip);8(%rax);", 2);
    AT("%rdi;$3;name(%rip);8(%rax);", 3, 8, memory[1]);
    NOWHERE("%rdi;$3;name(%rip);8(%rax);", 4);
    NOWHERE("%rdi;", 0xffffffffu);
    NOWHERE("", 0);
    NOWHERE(";", 0);
    AT(";$4;", 1, 8, 4);
    uint64_t value;
    cr_expect_not(value_of_slot(NULL, 0, 8, &value));
}
