// SPDX-License-Identifier: MIT
/*
 * code.c: any bytes are a code section: every program of it that the verifier takes runs to its
 * end, within its stack, on values of every form; a second run on the same values says the same.
 */
#include <stdlib.h>
#include <string.h>
#include "rt/code.h"
#include "rt/run_code.h"
#include "world.h"

enum { PROGRAMS = 16 };

static const char *const places[] = {NULL, "%rax;$5;-20(%rbp);8(%rsp,%rax,4);%r15;", "",
                                     "(;%zz;$;"};

static void run(const struct loom_plan_code *program) {
    static const int object[4] = {1, -2, 3, 4};
    unsigned long words[32] = {(unsigned long)object, ~0ul, 3, (unsigned long)words, 5};
    static struct loom_file file;
    file = (struct loom_file){.size = sizeof file, .global = world_global};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct loom_values values = {places[i], words, 4};
        struct code_scope scope = {i % 2 ? &file : NULL, &values};
        uint64_t one = 0, two = 0;
        bool good = code_run(program, &scope, &one);
        if (good != code_run(program, &scope, &two) || (good && one != two))
            world_fail("a program", "says now this, now that");
    }
    code_run(program, &(struct code_scope){0}, &(uint64_t){0});
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint32_t count = (uint32_t)(size / sizeof(struct loom_plan_code));
    struct loom_plan_code *code = malloc(count ? count * sizeof *code : 1);
    memcpy(code, data, count * sizeof *code);
    for (uint32_t program = 0; program <= count + 1 && program < PROGRAMS; program++)
        if (!code_verify(code, count, program) && program) run(&code[program - 1]);
    free(code);
    return 0;
}
