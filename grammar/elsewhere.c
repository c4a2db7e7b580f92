/* SPDX-License-Identifier: MIT */
/*
 * elsewhere.c: what a file that was rewritten alone could not know, found out from all tables: is
 * a callee part of the program, and does another file take a function's address.
 */
#include <stdlib.h>
#include <string.h>
#include "program.h"

/* The first function with the name that other files can mean, at or behind `from`; or NONE. */
static uint32_t next_global(const struct program *p, uint32_t name, uint32_t from) {
    for (uint32_t f = from; f < p->function_count; f++)
        if (p->functions[f].name == name && !(p->functions[f].attributes & FUNCTION_STATIC))
            return f;
    return NONE;
}

/* Threads start in it: that alone does not make it a callee of calls through pointers. */
static void take_start(struct function *function) {
    if (!(function->attributes & FUNCTION_TAKEN))
        function->attributes |= FUNCTION_TAKEN | FUNCTION_START;
}

/* As loom-rewrite finds the letter h. */
static int is_handler(const struct program *p, const struct function *function) {
    static const char *const types[] = {"void (int)", "void (int, siginfo_t *, void *)",
                                        "void (int, struct siginfo_t *, void *)"};
    for (size_t i = 0; function->type != NONE && i < sizeof types / sizeof *types; i++)
        if (strcmp(p->names.texts[function->type], types[i]) == 0) return 1;
    return 0;
}

static void take_address(const struct program *p, struct function *function, uint32_t type) {
    function->attributes |= FUNCTION_TAKEN;
    if (is_handler(p, function)) function->attributes |= FUNCTION_HANDLER;
    function->attributes &= ~(uint32_t)FUNCTION_START;
    if (function->type != type) function->attributes |= FUNCTION_ANY_TYPE;
}

static void take_addresses(struct program *p, const unsigned char *global, int starts) {
    for (uint32_t i = 0; i < p->foreign_count; i++) {
        const struct foreign *foreign = &p->foreign[i];
        if (foreign->start != starts || !global[foreign->name]) continue;
        uint32_t f = next_global(p, foreign->name, 0);
        for (; f != NONE; f = next_global(p, foreign->name, f + 1))
            if (starts) take_start(&p->functions[f]);
            else take_address(p, &p->functions[f], foreign->type);
    }
}

void program_join(struct program *p) {
    const uint16_t unknown = CALL_BLOCKS | CALL_IDLES | CALL_BACK | CALL_LOCKS | CALL_EXTERNAL;
    unsigned char *global = take(p->names.count + 1, 1);
    for (uint32_t f = 0; f < p->function_count; f++)
        if (!(p->functions[f].attributes & FUNCTION_STATIC)) global[p->functions[f].name] = 1;
    for (uint32_t c = 0; c < p->call_count; c++) {
        struct call *call = &p->calls[c];
        if (call->class & CALL_ELSEWHERE && call->callee != NONE && global[call->callee])
            call->class &= (uint16_t)~unknown;
    }
    take_addresses(p, global, 1);
    take_addresses(p, global, 0);
    free(global);
}
