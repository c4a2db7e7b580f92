/* SPDX-License-Identifier: MIT */
/*
 * program.h: the slot tables of all files of a process as one program.
 *
 * Vocabulary (rt/table.h has the rest)
 *   node      a CFG node; numbered through all files. Successors are node numbers.
 *   point     the number of a node or call in its file; file and point name it in the process.
 *   left      a function that loom-rewrite left alone: no slots and no pause points.
 *   blind     a function left alone of which not even the nodes are known.
 *   local     a parameter or local variable that a slot of its function passes.
 *   type      the text of rt/table.h; type.h reads it.
 *
 * Rule: everything is an index into one of the arrays, so that analyses keep their results in
 * arrays of their own beside them.
 */
#ifndef LOOM_PROGRAM_H
#define LOOM_PROGRAM_H
#include <stdint.h>
#include "names.h"

#define NONE UINT32_MAX

enum node_kind { NODE_ENTRY, NODE_STMT, NODE_COND, NODE_POLL, NODE_END, NODE_EXIT };
enum { NODE_SLOT = 1, NODE_READ = 2, NODE_JUMP = 4, NODE_MACRO = 8, NODE_IDLE = 16 };

enum {
    FUNCTION_STATIC = 1,
    FUNCTION_TAKEN = 2,
    FUNCTION_HANDLER = 4,
    FUNCTION_CLOSURE = 8,
    FUNCTION_PURE = 16,
    FUNCTION_VARIABLE_FRAME = 32,
    FUNCTION_TAIL = 64,
    FUNCTION_SETJMP = 128,
    FUNCTION_TWIN = 256,
    FUNCTION_BOUNDARY = 8192, /* makes a thread INSIDE that calls it from OUTSIDE */
    FUNCTION_ANY_TYPE = 512,  /* attribute u: its address was cast to another function type */
    FUNCTION_LEFT = 1024,     /* an `x` line: loom-rewrite left it alone */
    FUNCTION_BLIND = 2048,    /* left alone, without nodes */
    FUNCTION_LISTED = 4096,   /* blind, but its calls are listed */
    FUNCTION_START = 16384,   /* o: threads start in it, and no call through a pointer means it */
    FUNCTION_SHORTCUT = 32768 /* f: calls of class s go past its test */
};

enum call_how { CALL_DIRECT, CALL_INDIRECT, CALL_THREAD, CALL_ATTRIBUTE };
enum {
    CALL_BLOCKS = 1,
    CALL_IDLES = 2,
    CALL_BACK = 4,
    CALL_LOCKS = 8,
    CALL_ENDS = 16,
    CALL_EXTERNAL = 32,
    CALL_QUICK = 64, /* q: a closure callee runs fast from here */
    CALL_READ = 128, /* r: a read follows */
    CALL_MUST = 256, /* m: made whenever its node is executed */
    CALL_SHORTCUT = 1024, /* s: from a fast run into the callee's fast copy, past its test */
    CALL_ELSEWHERE = 512  /* w: external only if no file of the program has the callee */
};

struct program_file {
    const char *path;
    uint32_t index; /* in the process; unloaded modules leave gaps */
    uint64_t hash;
    uint32_t points, flags; /* as the process registered them */
    uint32_t first_function, function_count;
    uint32_t first_layout, layout_count;
    uint32_t first_constant, constant_count;
    uint32_t first_global, global_count;
};

struct layout { /* a struct or union */
    uint32_t id, name;
    uint64_t size; /* 0: incomplete */
    uint32_t first_member, member_count;
    uint8_t is_union;
};

struct member {
    uint32_t name;
    uint64_t offset;
    const char *type;
    uint8_t bit, width; /* of a bit-field; width 0: none */
};

struct constant { /* an enumerator */
    uint32_t name;
    int64_t value;
};

struct global {
    uint32_t name, index; /* index: of struct loom_file.global */
    const char *type;
};

struct local {
    uint32_t id, name;
    const char *type;
};

struct function {
    uint32_t name, file, flag, type; /* type: a name, or NONE */
    uint32_t line, column, end_line;
    uint32_t attributes;
    uint32_t first_node, node_count;
    uint32_t first_call, call_count;
    uint32_t first_local, local_count;
    const char *reason; /* of FUNCTION_LEFT */
};

struct node {
    uint32_t function, point;
    uint32_t line, column, end_line, end_column;
    uint32_t first_next, next_count;
    uint32_t first_call, call_count;
    uint32_t first_value, value_count; /* what its slot passes, in this order */
    uint16_t kind, attributes;
};

struct call {
    uint32_t node;   /* NONE in blind functions */
    uint32_t point;  /* or NONE */
    uint32_t callee; /* a name: of a function, or of a type if indirect; NONE: unknown */
    uint16_t how, class;
    uint32_t function;
};

/* A function whose address is taken in a file that does not know where it is defined. */
struct foreign {
    uint32_t name, type; /* type: a name */
    int start;           /* only to start threads in it */
};

struct program {
    struct names names;
    struct arena arena;
    struct program_file *files;
    struct function *functions;
    struct node *nodes;
    struct call *calls;
    uint32_t *next; /* successors */
    struct layout *layouts;
    struct member *members;
    struct constant *constants;
    struct global *globals;
    struct local *locals;
    uint32_t *values; /* locals */
    struct foreign *foreign;
    uint32_t foreign_count;
    uint32_t file_count, function_count, node_count, call_count, next_count;
    uint32_t layout_count, member_count, constant_count, global_count, local_count, value_count;
};

static inline const char *function_name(const struct program *program, uint32_t function) {
    return program->names.texts[program->functions[function].name];
}
static inline const struct program_file *file_of(const struct program *program, uint32_t function) {
    return &program->files[program->functions[function].file];
}

/* Adds a file and its table; its index in the process is its number here, unless the caller sets
 * another. 0, or -EINVAL with *why set to a text in the program's arena. */
int program_add(struct program *program, const char *path, uint64_t hash, uint32_t points,
                uint32_t flags, const char *table, size_t size, const char **why);
/* When all files are there: settles what files leave to each other (letter w and `at` lines). */
void program_join(struct program *program);
void program_free(struct program *program);

/* Undoes %XX in place. */
void unescape(char *text);

/* The file with this index in the process, or NONE. */
uint32_t file_number(const struct program *program, long long index);

/* The node or call of a file's point; both NONE if there is none. */
void find_point(const struct program *program, uint32_t file, uint32_t point, uint32_t *node,
                uint32_t *call);

#endif
