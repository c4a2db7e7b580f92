// SPDX-License-Identifier: MIT
/* cc_command.c: see cc_command.h. */
#include "cc_command.h"
#include "mem.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 16 }; /* response files inside each other */

/* ---- response files -------------------------------------------------------------------------- */

/* The next word, with quotes and backslashes taken off; NULL at the end. */
static char *next_word(const char **at) {
    const char *c = *at;
    char quote = 0;
    while (*c && strchr(" \t\n\r\f\v", *c)) c++;
    if (!*c) return NULL;
    char *word = mem_grow(NULL, strlen(c) + 1, 1), *end = word;
    for (; *c && (quote || !strchr(" \t\n\r\f\v", *c)); c++) {
        if (*c == '\\' && c[1]) *end++ = *++c;
        else if (quote && *c == quote) quote = 0;
        else if (!quote && (*c == '"' || *c == '\'')) quote = *c;
        else *end++ = *c;
    }
    *end = 0;
    *at = c;
    return word;
}

static bool add_words(struct flags *flags, const char *argument, int depth) {
    struct text text;
    if (argument[0] != '@' || text_load(argument + 1, &text)) {
        flags_add(flags, argument); /* the compiler takes it for a file name, too */
        return true;
    }
    const char *at = text.bytes;
    bool fine = depth < MOST_FILES;
    for (char *word; fine && (word = next_word(&at)); free(word))
        fine = add_words(flags, word, depth + 1);
    text_free(&text);
    return fine;
}

/* ---- arguments ------------------------------------------------------------------------------- */

static bool starts(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static bool is_depends(const char *argument) {
    return starts(argument, "-M") || starts(argument, "-Wp,-M");
}

static bool is_other(const char *argument) {
    static const char *const others[] = {"-E", "-S",   "-M",       "-MM",       "-fsyntax-only",
                                         "-###", "-emit-llvm", "--analyze", "-save-temps"};
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(argument, others[i]) == 0) return true;
    return starts(argument, "--help") || starts(argument, "--version") ||
           starts(argument, "-save-temps=");
}

static bool is_c_file(const char *name, const char *language) {
    size_t length = strlen(name);
    if (language && strcmp(language, "none") != 0) return strcmp(language, "c") == 0;
    return length > 2 && strcmp(name + length - 2, ".c") == 0;
}

static void add_input(struct cc_command *c, int at, const char *language) {
    bool is_c = is_c_file(c->arguments.list[at], language);
    c->inputs = mem_grow(c->inputs, (size_t)c->input_count + 1, sizeof *c->inputs);
    c->inputs[c->input_count++] = (struct cc_input){at, is_c};
    c->c_count += is_c;
}

static void read_option(struct cc_command *c, const char *argument, const char *next) {
    if (strcmp(argument, "-c") == 0 && c->stage != CC_OTHER) c->stage = CC_OBJECT;
    if (is_other(argument)) c->stage = CC_OTHER;
    if (starts(argument, "-o")) c->output = argument[2] ? argument + 2 : next;
    if (starts(argument, "-MD") || starts(argument, "-MMD") || starts(argument, "-Wp,-M"))
        c->depends = true;
    if (starts(argument, "-MF")) c->names_depends = true;
    if (starts(argument, "-MT") || starts(argument, "-MQ")) c->names_target = true;
    /* -Wp,-MD,FILE: the rule's target is made from the input's name */
    if (starts(argument, "-Wp,-MD,") || starts(argument, "-Wp,-MMD,")) c->names_depends = true;
}

bool cc_command_read(struct cc_command *c, int count, char *const *arguments) {
    const char *language = NULL;
    *c = (struct cc_command){.stage = CC_PROGRAM};
    for (int i = 0; i < count; i++)
        if (!add_words(&c->arguments, arguments[i], 0)) return false;
    for (int i = 0; i < c->arguments.count; i++) {
        const char *argument = c->arguments.list[i];
        const char *next = i + 1 < c->arguments.count ? c->arguments.list[i + 1] : NULL;
        if (argument[0] != '-' || !argument[1]) {
            add_input(c, i, language);
            continue;
        }
        read_option(c, argument, next);
        if (starts(argument, "-x")) language = argument[2] ? argument + 2 : next;
        if (flags_take_next(argument)) i++;
    }
    return true;
}

void cc_command_free(struct cc_command *c) {
    flags_free(&c->arguments);
    free(c->inputs);
}

/* ---- other commands -------------------------------------------------------------------------- */

void cc_command_compile(const struct cc_command *c, char *const *replace, struct flags *out) {
    for (int i = 0, input = 0; i < c->arguments.count; i++) {
        const char *argument = c->arguments.list[i];
        bool depends = is_depends(argument);
        if (input < c->input_count && c->inputs[input].at == i) {
            flags_add(out, replace[input] ? replace[input] : argument);
            input++;
            continue;
        }
        if (!depends) flags_add(out, argument);
        if (!flags_take_next(argument) || i + 1 >= c->arguments.count) continue;
        i++;
        if (!depends) flags_add(out, c->arguments.list[i]);
    }
}

/* dir/x.c or dir/x.o, and .d: dir/x.d */
static char *with_end(const char *name, const char *end) {
    const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
    size_t length = dot && dot > (slash ? slash : name) ? (size_t)(dot - name) : strlen(name);
    return mem_format("%.*s%s", (int)length, name, end);
}

void cc_command_depends(const struct cc_command *c, struct flags *out) {
    const char *input = c->arguments.list[c->inputs[0].at], *slash = strrchr(input, '/');
    char *object = c->output ? mem_copy(c->output) : with_end(slash ? slash + 1 : input, ".o");
    char *rule = with_end(object, ".d");
    flags_add(out, "-E");
    for (int i = 0; i < c->arguments.count; i++) {
        const char *argument = c->arguments.list[i];
        bool keep = strcmp(argument, "-c") != 0 && !starts(argument, "-o");
        if (keep) flags_add(out, argument);
        if (!flags_take_next(argument) || i + 1 >= c->arguments.count) continue;
        i++;
        if (keep) flags_add(out, c->arguments.list[i]);
    }
    if (!c->names_depends) flags_add(out, "-MF"), flags_add(out, rule);
    if (!c->names_target) flags_add(out, "-MQ"), flags_add(out, object);
    free(object);
    free(rule);
}
