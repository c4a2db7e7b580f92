// SPDX-License-Identifier: MIT
/*
 * cc_command.h: what a compiler's command line asks for, as far as loom-cc must know.
 *
 * Vocabulary
 *   input     an argument that is a file to compile or to link
 *   depends   the command writes a make rule with the files it read, besides what it compiles
 */
#ifndef LOOM_CC_COMMAND_H
#define LOOM_CC_COMMAND_H
#include "flags.h"

enum cc_stage {
    CC_OTHER,  /* preprocesses, prints, asks: nothing is compiled */
    CC_OBJECT, /* -c */
    CC_PROGRAM /* compiles, if it has sources, and links */
};

struct cc_input {
    int at;    /* index in arguments */
    bool is_c; /* to be compiled as C */
};

struct cc_command {
    struct flags arguments; /* without the compiler, response files expanded */
    struct cc_input *inputs;
    int input_count, c_count;
    enum cc_stage stage;
    const char *output; /* of -o; NULL: none */
    bool depends;
    bool names_depends, names_target; /* -MF is there; -MT or -MQ */
};

/* Reads arguments (without the compiler). False: a response file cannot be read. */
bool cc_command_read(struct cc_command *command, int count, char *const *arguments);
void cc_command_free(struct cc_command *command);

/* Adds the arguments that have nothing to do with dependency rules. replace: per input, the file to
 * compile in its place, or NULL. */
void cc_command_compile(const struct cc_command *command, char *const *replace, struct flags *out);

/* Adds the arguments that make the compiler write only the dependency rule, for a command with -c
 * and one input. */
void cc_command_depends(const struct cc_command *command, struct flags *out);

#endif
