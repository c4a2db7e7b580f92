// SPDX-License-Identifier: MIT
/*
 * flags.c: see flags.h. An argument is looked up by its longest matching entry; what has no entry
 * is kept, and compdb.c asks clang whether it knows it.
 */
#include "flags.h"
#include "mem.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* How a flag takes its value. */
enum form {
    ALONE, /* the argument is exactly this */
    NEXT,  /* exactly this, and the next argument is its value */
    START, /* starts with this; a value, if any, is in the same argument */
    BOTH,  /* NEXT if exactly this, else START */
};

struct entry {
    const char *text;
    enum form form;
    bool keep;
};

// clang-format off
static const struct entry entries[] = {
    /* the preprocessor and the language */
    {"-D", BOTH, true}, {"-U", BOTH, true}, {"-I", BOTH, true}, {"-x", BOTH, true},
    {"-include", NEXT, true}, {"-imacros", NEXT, true}, {"-isystem", BOTH, true},
    {"-iquote", BOTH, true}, {"-idirafter", BOTH, true}, {"-iprefix", BOTH, true},
    {"-iwithprefix", BOTH, true}, {"-iwithprefixbefore", BOTH, true}, {"-isysroot", BOTH, true},
    {"--sysroot", NEXT, true}, {"-target", NEXT, true}, {"-arch", NEXT, true},
    {"-resource-dir", NEXT, true}, {"-Wp,", START, true},
    /* outputs and stages */
    {"-c", ALONE, false}, {"-S", ALONE, false}, {"-E", ALONE, false}, {"-o", BOTH, false},
    {"-fsyntax-only", ALONE, false}, {"-pipe", ALONE, false}, {"-save-temps", START, false},
    {"-dumpbase", NEXT, false}, {"-dumpdir", NEXT, false}, {"-aux-info", NEXT, false},
    {"-###", ALONE, false}, {"-v", ALONE, false}, {"--", ALONE, false}, {"-", ALONE, false},
    /* dependency files */
    {"-M", ALONE, false}, {"-MM", ALONE, false}, {"-MD", ALONE, false}, {"-MMD", ALONE, false},
    {"-MP", ALONE, false}, {"-MG", ALONE, false}, {"-MV", ALONE, false}, {"-MF", BOTH, false},
    {"-MT", BOTH, false}, {"-MQ", BOTH, false}, {"-MJ", BOTH, false}, {"-Wp,-M", START, false},
    /* warnings: they must not stop the parse */
    {"-W", START, false}, {"-w", ALONE, false}, {"-pedantic", START, false},
    {"--pedantic", START, false},
    /* the assembler, the linker, plug-ins, tuning of one compiler */
    {"-Wa,", START, false}, {"-Wl,", START, false}, {"-Xassembler", NEXT, false},
    {"-Xlinker", NEXT, false}, {"-Xpreprocessor", NEXT, false}, {"-Xclang", NEXT, false},
    {"-mllvm", NEXT, false}, {"-l", BOTH, false}, {"-L", BOTH, false}, {"-B", BOTH, false},
    {"-T", BOTH, false}, {"-z", NEXT, false}, {"-u", NEXT, false}, {"-shared", START, false},
    {"-static", START, false}, {"-rdynamic", ALONE, false}, {"-pie", ALONE, false},
    {"-no-pie", ALONE, false}, {"-s", ALONE, false}, {"-nostdlib", ALONE, false},
    {"-nostartfiles", ALONE, false}, {"-nodefaultlibs", ALONE, false}, {"-r", ALONE, false},
    {"-fplugin", START, false}, {"-specs", START, false}, {"--specs", START, false},
    {"-include-pch", NEXT, false}, {"-wrapper", NEXT, false}, {"-fuse-ld", START, false},
    {"--param", BOTH, false}, {"-fdump-", START, false}, {"-fprofile-", START, false},
    {"-ftest-coverage", ALONE, false}, {"--coverage", ALONE, false}, {"-coverage", ALONE, false},
    {"-fopenmp", START, false}, {"-index-store-path", NEXT, false}, {"--serialize-diagnostics", NEXT, false},
};
// clang-format on

static bool matches(const struct entry *entry, const char *argument) {
    size_t length = strlen(entry->text);
    if (strncmp(argument, entry->text, length) != 0) return false;
    return argument[length] == 0 || entry->form == START || entry->form == BOTH;
}

static const struct entry *find(const char *argument) {
    const struct entry *best = NULL;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        if (matches(&entries[i], argument) &&
            (!best || strlen(entries[i].text) > strlen(best->text)))
            best = &entries[i];
    return best;
}

static bool takes_next(const struct entry *entry, const char *argument) {
    return entry->form == NEXT || (entry->form == BOTH && strcmp(argument, entry->text) == 0);
}

bool flags_take_next(const char *argument) {
    const struct entry *entry = find(argument);
    return entry && takes_next(entry, argument);
}

void flags_add(struct flags *flags, const char *text) {
    if (flags->count + 1 >= flags->room) {
        flags->room = flags->room ? 2 * flags->room : 16;
        flags->list = mem_grow(flags->list, (size_t)flags->room, sizeof *flags->list);
    }
    flags->list[flags->count++] = mem_copy(text);
    flags->list[flags->count] = NULL;
}

void flags_keep(struct flags *flags, int count, const char *const *arguments) {
    for (int i = 0; i < count; i++) {
        const char *argument = arguments[i];
        if (argument[0] != '-') continue; /* an input file */
        const struct entry *entry = find(argument);
        bool keep = !entry || entry->keep;
        if (keep) flags_add(flags, argument);
        if (strncmp(argument, "-fopenmp", 8) == 0 && argument[8] != '-') flags_add(flags, FLAG_OPENMP);
        if (!entry || !takes_next(entry, argument) || i + 1 >= count) continue;
        i++;
        if (keep) flags_add(flags, arguments[i]);
    }
}

void flags_free(struct flags *flags) {
    for (int i = 0; i < flags->count; i++) free(flags->list[i]);
    free(flags->list);
    *flags = (struct flags){0};
}

bool flags_equal(const struct flags *a, const struct flags *b) {
    if (a->count != b->count) return false;
    for (int i = 0; i < a->count; i++)
        if (strcmp(a->list[i], b->list[i]) != 0) return false;
    return true;
}

const char *flags_language(const struct flags *flags) {
    const char *language = NULL;
    for (int i = 0; i < flags->count; i++) {
        if (strncmp(flags->list[i], "-x", 2) != 0) continue;
        if (flags->list[i][2])
            language = flags->list[i] + 2;
        else if (i + 1 < flags->count)
            language = flags->list[i + 1];
    }
    return language;
}

bool flags_testable(const char *flag) {
    return flag[0] == '-' && find(flag) == NULL;
}
